// SPDX-License-Identifier: BSL-1.0
// The peer of consume_kasio: the same topic, a message a call as its users poll, or with BENCH_MODE=batch a thousand
// a call from its queue, which is the cheapest that it has.
#include "measure.hpp"

#include <librdkafka/rdkafka.h>

namespace {

void set(rd_kafka_conf_t* conf, const char* name, const std::string& value) {
    char error[256];
    if (rd_kafka_conf_set(conf, name, value.c_str(), error, sizeof error) != RD_KAFKA_CONF_OK) std::exit(1);
}

/// True when it is a record.
bool count(rd_kafka_message_t* message, std::size_t& bytes) {
    const bool is_record = !message->err;
    if (is_record) bytes += message->key_len + message->len;
    rd_kafka_message_destroy(message);
    return is_record;
}

} // namespace

int main() {
    const bench::settings with;
    auto* conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", with.broker);
    set(conf, "group.id", "bench");
    set(conf, "check.crcs", "true");
    char error[256];
    auto* consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
    if (consumer == nullptr) return 1;
    const rd_kafka_metadata_t* metadata = nullptr;
    auto* topic = rd_kafka_topic_new(consumer, with.topic.c_str(), nullptr);
    if (rd_kafka_metadata(consumer, 0, topic, &metadata, 10'000) != RD_KAFKA_RESP_ERR_NO_ERROR) return 1;
    auto* assignment = rd_kafka_topic_partition_list_new(8);
    for (int number = 0; number < metadata->topics[0].partition_cnt; ++number) {
        rd_kafka_topic_partition_list_add(assignment, with.topic.c_str(), number)->offset = RD_KAFKA_OFFSET_BEGINNING;
    }
    const bool in_batches = with.mode == "batch";
    auto* queue = rd_kafka_queue_get_consumer(consumer);
    long read = 0;
    std::size_t bytes = 0;
    const bench::measurement measured;
    rd_kafka_assign(consumer, assignment);
    std::vector<rd_kafka_message_t*> messages(1000);
    while (read < with.messages) {
        if (!in_batches) {
            auto* message = rd_kafka_consumer_poll(consumer, 1000);
            if (message != nullptr) read += count(message, bytes) ? 1 : 0;
            continue;
        }
        const auto got = rd_kafka_consume_batch_queue(queue, 1000, messages.data(), messages.size());
        for (ssize_t each = 0; each < got; ++each)
            read += count(messages[static_cast<std::size_t>(each)], bytes) ? 1 : 0;
    }
    measured.print("consume_librdkafka", read, bytes / static_cast<std::size_t>(read));
    std::fflush(stdout);
    std::quick_exit(0); // closing the consumer is not what is measured
}
