// SPDX-License-Identifier: BSL-1.0
#include "component/testing/raw_client.hpp"
#include "component/testing/requests.hpp"
#include "support/catch.hpp"

#include "base/big_endian.hpp"

#include <chrono>
#include <thread>

using namespace kasio;
using namespace kasio::testing;

namespace {

std::int64_t base_offset_of(bytes_view records) { return load_big<std::int64_t>(records.data()); }

} // namespace

TEST_CASE("Fetch gives the stored batches, in every version") {
    broker cluster;
    cluster.create_topic("t");
    const std::string batch = batch_of(3);
    cluster.append_batch("t", 0, batch);
    cluster.append_batch("t", 0, batch);
    raw_client client{cluster.port(1)};
    for (std::int16_t version = 4; version <= 18; ++version) {
        INFO("version " << version);
        auto request = fetch("t", 0, 3);
        request.topics[0].topic_id = cluster.topic_id("t");
        const auto response = client.ask(request, version);
        CHECK(response.session_id == 0);
        CHECK(only(response).error_code == 0);
        CHECK(only(response).high_watermark == 6);
        CHECK(only(response).last_stable_offset == 6);
        CHECK(only(response).records.size() == batch.size());
        CHECK(base_offset_of(only(response).records) == 3);
        CHECK(only(response).records.view().substr(16) == batch.substr(16));
    }
}

TEST_CASE("Fetch keeps to its limits but gives one batch at least") {
    broker cluster;
    cluster.create_topic("t", 2);
    const std::string batch = batch_of(10);
    for (int partition = 0; partition < 2; ++partition)
        for (int i = 0; i < 5; ++i) cluster.append_batch("t", partition, batch);
    raw_client client{cluster.port(1)};
    auto request = fetch("t", 0, 0);
    request.topics[0].partitions[0].partition_max_bytes = static_cast<std::int32_t>(batch.size() * 5 / 2);
    CHECK(only(client.ask(request, 12)).records.size() == 2 * batch.size());
    request.topics[0].partitions[0].partition_max_bytes = 1;
    CHECK(only(client.ask(request, 12)).records.size() == batch.size());
    request = fetch("t", 0, 0);
    request.max_bytes = 1;
    request.topics[0].partitions.push_back(request.topics[0].partitions[0]);
    request.topics[0].partitions[1].partition = 1;
    const auto response = client.ask(request, 12);
    CHECK(only(response).records.size() == batch.size());
    CHECK(response.responses[0].partitions[1].records.empty());
    CHECK(response.responses[0].partitions[1].error_code == 0);
}

TEST_CASE("Fetch waits for records and is answered as soon as they come") {
    broker cluster;
    cluster.create_topic("t");
    raw_client client{cluster.port(1)};
    client.send(fetch("t", 0, 0, 4000), 12);
    REQUIRE(cluster.wait_for_requests(api::fetch, 1, std::chrono::seconds{2}));
    const auto start = std::chrono::steady_clock::now();
    cluster.append("t", 0, {.value = "hello"});
    const auto response = client.receive<protocol::fetch_response>(12);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{2});
    CHECK(only(response).high_watermark == 1);
    CHECK_FALSE(only(response).records.empty());
}

TEST_CASE("Fetch with nothing to give is answered when its time is up") {
    broker cluster;
    cluster.create_topic("t");
    raw_client client{cluster.port(1)};
    const auto start = std::chrono::steady_clock::now();
    const auto response = client.ask(fetch("t", 0, 0, 50), 12);
    CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds{50});
    CHECK(only(response).error_code == 0);
    CHECK(only(response).records.empty());
    CHECK_FALSE(only(response).records.is_null());
}

TEST_CASE("a waiting fetch is answered when its leader moves away") {
    broker cluster{{.nodes = 2}};
    cluster.create_topic("t");
    raw_client client{cluster.port(1)};
    auto request = fetch("t", 0, 0, 4000);
    request.topics[0].topic_id = cluster.topic_id("t");
    client.send(request, 16);
    REQUIRE(cluster.wait_for_requests(api::fetch, 1, std::chrono::seconds{2}));
    cluster.move_leader("t", 0, 2);
    const auto response = client.receive<protocol::fetch_response>(16);
    CHECK(only(response).error_code == number(broker_errc::not_leader_or_follower));
    CHECK(only(response).current_leader.leader_id == 2);
    CHECK(only(response).current_leader.leader_epoch == 1);
    REQUIRE(response.node_endpoints.size() == 1);
    CHECK(response.node_endpoints[0].port == cluster.port(2));
}

TEST_CASE("Fetch refuses with Kafka's codes") {
    broker cluster{{.nodes = 2}};
    cluster.create_topic("t", 2);
    cluster.append("t", 0, {.value = "a"});
    cluster.append("t", 0, {.value = "b"});
    cluster.delete_records("t", 0, 1);
    cluster.move_leader("t", 0, 1);
    raw_client client{cluster.port(1)};
    const auto code = [&](const std::string& topic, int partition, std::int64_t offset, int epoch = -1) {
        auto request = fetch(topic, partition, offset);
        request.topics[0].partitions[0].current_leader_epoch = epoch;
        return only(client.ask(request, 12)).error_code;
    };
    CHECK(code("other", 0, 0) == number(broker_errc::unknown_topic_or_partition));
    CHECK(code("t", 1, 0) == number(broker_errc::not_leader_or_follower));
    CHECK(code("t", 0, 0) == number(broker_errc::offset_out_of_range));
    CHECK(code("t", 0, 3) == number(broker_errc::offset_out_of_range));
    CHECK(code("t", 0, 1) == 0);
    CHECK(code("t", 0, 2) == 0);
    CHECK(code("t", 0, 1, 0) == number(broker_errc::fenced_leader_epoch));
    CHECK(code("t", 0, 1, 1) == 0);
    CHECK(code("t", 0, 1, 2) == number(broker_errc::unknown_leader_epoch));
    auto session = fetch("t", 0, 1);
    session.session_id = 99;
    session.session_epoch = 1;
    CHECK(client.ask(session, 12).error_code == number(broker_errc::fetch_session_id_not_found));
}

TEST_CASE("raw bytes and corrupt batches are served as they are") {
    broker cluster;
    cluster.create_topic("t");
    CHECK(cluster.append("t", 0, {.value = "good"}) == 0);
    CHECK(cluster.append_raw("t", 0, "no batch at all", 5) == 1);
    CHECK(cluster.end_offset("t", 0) == 6);
    raw_client client{cluster.port(1)};
    CHECK(only(client.ask(fetch("t", 0, 3), 12)).records.view() == "no batch at all");
    CHECK_THROWS_AS(cluster.records("t", 0), std::runtime_error);
    const auto before = client.ask(fetch("t", 0, 0), 12);
    const std::string intact{only(before).records.view().substr(0, 20)};
    const char last = *(only(before).records.end() - sizeof "no batch at all");
    cluster.corrupt("t", 0, 0);
    const auto after = client.ask(fetch("t", 0, 0), 12);
    CHECK(only(after).records.view().substr(0, 20) == intact);
    CHECK(*(only(after).records.end() - sizeof "no batch at all") == (last ^ 1));
}

TEST_CASE("a log that is cut has a new epoch and goes on at the cut") {
    broker cluster;
    cluster.create_topic("t");
    for (int i = 0; i < 4; ++i) cluster.append("t", 0, {.value = "old"});
    cluster.truncate("t", 0, 2);
    CHECK(cluster.end_offset("t", 0) == 2);
    CHECK(cluster.leader_epoch("t", 0) == 1);
    CHECK(cluster.append("t", 0, {.value = "new"}) == 2);
    CHECK(cluster.records("t", 0).at(2).leader_epoch == 1);
}
