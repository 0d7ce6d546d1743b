// SPDX-License-Identifier: BSL-1.0
// The peer of produce_kasio: the same records, settings and a delivery report each.
#include "measure.hpp"

#include <librdkafka/rdkafka.h>

#include <cstring>

namespace {

struct run_state {
    long delivered = 0;
    long failed = 0;
};

void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
    auto& state = *static_cast<run_state*>(opaque);
    ++(message->err ? state.failed : state.delivered);
}

void set(rd_kafka_conf_t* conf, const char* name, const std::string& value) {
    char error[256];
    if (rd_kafka_conf_set(conf, name, value.c_str(), error, sizeof error) != RD_KAFKA_CONF_OK) {
        std::printf("%s\n", error);
        std::exit(1);
    }
}

} // namespace

int main() {
    const bench::settings with;
    run_state state;
    auto* conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", with.broker);
    set(conf, "acks", with.acks);
    set(conf, "linger.ms", std::to_string(with.in_flight == 1 ? 0 : with.linger_ms));
    set(conf, "batch.size", std::to_string(with.batch_size));
    if (with.acks == "all") set(conf, "enable.idempotence", with.idempotent ? "true" : "false");
    set(conf, "batch.num.messages", "1000000");
    set(conf, "queue.buffering.max.messages", "10000000");
    set(conf, "compression.codec", with.compression);
    rd_kafka_conf_set_opaque(conf, &state);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    char error[256];
    auto* producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    if (producer == nullptr) return 1;
    auto* topic = rd_kafka_topic_new(producer, with.topic.c_str(), nullptr);
    std::string value(with.value_size, 'v');
    char key[8] = {};
    const auto send = [&] {
        while (rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, value.data(), value.size(),
                                key, sizeof key, nullptr) != 0) {
            rd_kafka_poll(producer, 10);
        }
    };
    send();
    rd_kafka_flush(producer, 10'000);
    state = {};
    bench::latencies times;
    const bench::measurement measured;
    for (long number = 0; number < with.messages; ++number) {
        std::memcpy(key, &number, sizeof key);
        const auto start = std::chrono::steady_clock::now();
        send();
        if (with.in_flight == 1) {
            while (state.delivered + state.failed <= number) rd_kafka_poll(producer, 100);
            times.add(std::chrono::steady_clock::now() - start);
        } else if (number % 256 == 0) {
            rd_kafka_poll(producer, 0);
        }
    }
    rd_kafka_flush(producer, 60'000);
    measured.print("produce_librdkafka", with.messages, with.value_size + 8);
    times.print();
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(producer);
    return state.delivered == with.messages ? 0 : 1;
}
