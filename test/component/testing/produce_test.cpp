// SPDX-License-Identifier: BSL-1.0
#include "component/testing/raw_client.hpp"
#include "component/testing/requests.hpp"
#include "support/catch.hpp"

#include "base/big_endian.hpp"
#include "base/crc32c.hpp"

using namespace kasio;
using namespace kasio::testing;

namespace {

/// The batch with another identity of its producer, and the checksum made right again.
std::string with_sequence(std::string batch, std::int64_t producer, std::int16_t epoch,
                          std::int32_t sequence) {
    store_big(&batch[43], producer);
    store_big(&batch[51], epoch);
    store_big(&batch[53], sequence);
    store_big(&batch[17], crc32c(std::as_bytes(std::span{batch}).subspan(21)));
    return batch;
}

} // namespace

TEST_CASE("produced records lie in the log with their offsets, in every version") {
    broker cluster;
    cluster.create_topic("t");
    raw_client client{cluster.port(1)};
    const std::string batch = batch_of(3);
    for (std::int16_t version = 3; version <= 13; ++version) {
        auto request = produce("t", 0, batch);
        if (version >= 13) request.topic_data[0].topic_id = cluster.topic_id("t");
        const auto response = client.ask(request, version);
        INFO("version " << version);
        CHECK(only(response).error_code == 0);
        CHECK(only(response).base_offset == 3 * (version - 3));
    }
    const auto records = cluster.records("t", 0);
    REQUIRE(records.size() == 33);
    for (std::size_t i = 0; i < records.size(); ++i) {
        CHECK(records[i].offset == static_cast<std::int64_t>(i));
        CHECK(records[i].key == "key");
        CHECK(records[i].value == "value " + std::to_string(i % 3));
    }
}

TEST_CASE("acks=0 is not answered, and the connection goes on") {
    broker cluster;
    cluster.create_topic("t");
    raw_client client{cluster.port(1)};
    const std::string batch = batch_of(2);
    client.send(produce("t", 0, batch, 0), 9);
    CHECK(only(client.ask(produce("t", 0, batch), 9)).base_offset == 2);
    CHECK(cluster.end_offset("t", 0) == 4);
}

TEST_CASE("a failure with acks=0 closes the connection, since there is no answer to tell it by") {
    broker cluster;
    raw_client client{cluster.port(1)};
    client.send(produce("nowhere", 0, batch_of(1), 0), 9);
    CHECK(client.receive_frame() == raw_client::ending::closed);
}

TEST_CASE("Produce refuses with Kafka's codes") {
    broker cluster{{.nodes = 2, .max_message_bytes = 2000}};
    cluster.create_topic("t", 2);
    raw_client client{cluster.port(1)};
    const auto code = [&](const std::string& topic, int partition, const std::string& batch,
                          std::int16_t version = 9, std::int16_t acks = -1) {
        return only(client.ask(produce(topic, partition, batch, acks), version)).error_code;
    };
    const std::string good = batch_of(1);
    CHECK(code("other", 0, good) == number(broker_errc::unknown_topic_or_partition));
    CHECK(code("t", 7, good) == number(broker_errc::unknown_topic_or_partition));
    CHECK(code("t", 1, good) == number(broker_errc::not_leader_or_follower));
    CHECK(code("t", 0, good, 9, 2) == number(broker_errc::invalid_required_acks));
    CHECK(code("t", 0, batch_of(1, std::string(3000, 'x'))) == number(broker_errc::message_too_large));
    CHECK(code("t", 0, good + good) == number(broker_errc::invalid_record));
    std::string bad = good;
    bad.back() ^= 1;
    CHECK(code("t", 0, bad) == number(broker_errc::corrupt_message));
    CHECK(code("t", 0, good.substr(0, 40)) == number(broker_errc::corrupt_message));
    bad = good;
    bad[16] = 1;
    CHECK(code("t", 0, bad) == number(broker_errc::invalid_record));
    std::string zstd = good;
    zstd[22] = 4;
    store_big(&zstd[17], crc32c(std::as_bytes(std::span{zstd}).subspan(21)));
    CHECK(code("t", 0, zstd, 6) == number(broker_errc::unsupported_compression_type));
    auto by_id = produce("t", 0, good);
    by_id.topic_data[0].topic_id.bytes[0] = 1;
    CHECK(only(client.ask(by_id, 13)).error_code == number(broker_errc::unknown_topic_id));
    CHECK(cluster.end_offset("t", 0) == 0);
}

TEST_CASE("a node that does not lead names the leader and its address from version 10 on") {
    broker cluster{{.nodes = 3}};
    cluster.create_topic("t", 2);
    cluster.move_leader("t", 1, 3);
    raw_client client{cluster.port(1)};
    const std::string batch = batch_of(1);
    const auto response = client.ask(produce("t", 1, batch), 10);
    CHECK(only(response).error_code == number(broker_errc::not_leader_or_follower));
    CHECK(only(response).current_leader.leader_id == 3);
    CHECK(only(response).current_leader.leader_epoch == 1);
    REQUIRE(response.node_endpoints.size() == 1);
    CHECK(response.node_endpoints[0].node_id == 3);
    CHECK(response.node_endpoints[0].port == cluster.port(3));
    CHECK(only(client.ask(produce("t", 1, batch), 9)).current_leader.leader_id == -1);
}

TEST_CASE("an idempotent batch that is sent twice lies in the log once, with one offset") {
    broker cluster;
    cluster.create_topic("t");
    raw_client client{cluster.port(1)};
    const std::string first = with_sequence(batch_of(3), 1000, 0, 0);
    const std::string second = with_sequence(batch_of(2), 1000, 0, 3);
    CHECK(only(client.ask(produce("t", 0, first), 9)).base_offset == 0);
    CHECK(only(client.ask(produce("t", 0, second), 9)).base_offset == 3);
    CHECK(only(client.ask(produce("t", 0, first), 9)).base_offset == 0);
    CHECK(cluster.end_offset("t", 0) == 5);
    const auto gap = with_sequence(batch_of(1), 1000, 0, 9);
    CHECK(only(client.ask(produce("t", 0, gap), 9)).error_code ==
          number(broker_errc::out_of_order_sequence_number));
    CHECK(cluster.records("t", 0)[4].sequence == 4);
}

TEST_CASE("with log append time the cluster stamps the records and says when") {
    broker cluster{{.log_append_time = true}};
    cluster.create_topic("t");
    raw_client client{cluster.port(1)};
    const std::string batch = batch_of(1);
    const auto response = client.ask(produce("t", 0, batch), 9);
    CHECK(only(response).log_append_time_ms > 1'600'000'000'000);
    CHECK(cluster.records("t", 0).at(0).timestamp == only(response).log_append_time_ms);
}
