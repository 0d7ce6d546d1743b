// SPDX-License-Identifier: BSL-1.0
#include "component/testing/raw_client.hpp"
#include "component/testing/requests.hpp"
#include "support/catch.hpp"

#include <chrono>
#include <thread>

using namespace kasio;
using namespace kasio::testing;
using namespace std::chrono_literals;
using ending = raw_client::ending;

namespace {

template <class Condition>
bool comes_true(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + 5s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(1ms);
    }
    return true;
}

} // namespace

TEST_CASE("a killed node refuses connections, and its partitions move with a new epoch") {
    broker cluster{{.nodes = 3}};
    cluster.create_topic("t", 3);
    cluster.append("t", 0, {.value = "kept"});
    raw_client victim{cluster.port(1)};
    static_cast<void>(victim.ask(metadata("t"), 9));
    cluster.kill_node(1);
    CHECK(victim.receive_frame() == ending::closed);
    CHECK_THROWS_AS(raw_client{cluster.port(1)}, std::runtime_error);
    REQUIRE(comes_true([&] { return cluster.leader("t", 0) == 2; }));
    CHECK(cluster.leader_epoch("t", 0) == 1);
    CHECK(cluster.leader_epoch("t", 1) == 0);
    raw_client client{cluster.port(2)};
    const auto response = client.ask(metadata("t"), 9);
    CHECK(response.brokers.size() == 2);
    CHECK(response.controller_id == 2);
    CHECK(only(response).partitions[0].isr_nodes.size() == 2);
    CHECK(only(response).partitions[0].offline_replicas == std::vector<std::int32_t>{1});
    CHECK_FALSE(only(client.ask(fetch("t", 0, 0), 12)).records.empty());
}

TEST_CASE("a revived node is back on its port and in the metadata") {
    broker cluster{{.nodes = 2, .replication_factor = 1}};
    cluster.create_topic("t", 2);
    const auto port = cluster.port(1);
    for (int round = 0; round < 3; ++round) {
        cluster.kill_node(1);
        REQUIRE(comes_true([&] { return cluster.leader("t", 0) == -1; }));
        raw_client other{cluster.port(2)};
        CHECK(only(other.ask(metadata("t"), 9)).partitions[0].error_code ==
              number(broker_errc::leader_not_available));
        cluster.revive_node(1);
        CHECK(cluster.port(1) == port);
        REQUIRE(comes_true([&] { return cluster.leader("t", 0) == 1; }));
        raw_client client{port};
        CHECK(client.ask(metadata("t"), 9).brokers.size() == 2);
    }
    CHECK(cluster.leader_epoch("t", 0) == 6);
}

TEST_CASE("a paused node takes connections and bytes but says nothing until it resumes") {
    broker cluster;
    cluster.create_topic("t");
    raw_client client{cluster.port(1), 50ms};
    static_cast<void>(client.ask(metadata("t"), 9));
    cluster.pause_node(1);
    client.send(produce("t", 0, batch_of(1)), 9);
    CHECK(client.receive_frame() == ending::silent);
    CHECK(cluster.end_offset("t", 0) == 0);
    raw_client other{cluster.port(1), 2s};
    other.send(metadata("t"), 9);
    cluster.resume_node(1);
    CHECK(other.receive_frame() == ending::answered);
    REQUIRE(comes_true([&] { return cluster.end_offset("t", 0) == 1; }));
    CHECK(client.receive_frame() == ending::answered);
}

TEST_CASE("a delay or a wait that ends during a pause is acted on after it") {
    broker cluster;
    cluster.create_topic("t");
    raw_client delayed{cluster.port(1), 2s};
    cluster.delay_next(api::metadata, 5ms);
    delayed.send(metadata("t"), 9);
    raw_client waiting{cluster.port(1), 2s};
    waiting.send(fetch("t", 0, 0, 5), 12);
    REQUIRE(cluster.wait_for_requests(api::any, 2, 2s));
    cluster.pause_node(1);
    std::this_thread::sleep_for(20ms);
    cluster.resume_node(1);
    CHECK(delayed.receive_frame() == ending::answered);
    CHECK(waiting.receive_frame() == ending::answered);
}

TEST_CASE("all connections of a node can be closed while it goes on listening") {
    broker cluster;
    raw_client client{cluster.port(1)};
    static_cast<void>(client.ask(metadata("t"), 9));
    cluster.close_connections();
    CHECK(client.receive_frame() == ending::closed);
    raw_client again{cluster.port(1)};
    CHECK(again.ask(metadata("t"), 9).brokers.size() == 1);
}

TEST_CASE("a cluster ends at once, whatever waits in it") {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 20; ++i) {
        broker cluster{{.nodes = 3}};
        cluster.create_topic("t");
        raw_client waiting{cluster.port(1)};
        waiting.send(fetch("t", 0, 0, 30'000), 12);
        cluster.delay_next(api::metadata, 1h);
        raw_client delayed{cluster.port(2)};
        delayed.send(metadata("t"), 9);
        REQUIRE(cluster.wait_for_requests(api::any, 2, 2s));
        cluster.kill_node(3);
    }
    CHECK(std::chrono::steady_clock::now() - start < 2s);
}

TEST_CASE("ports can be chosen, and one that is taken throws") {
    broker first;
    const auto port = first.port(1);
    CHECK(first.bootstrap_servers() == "127.0.0.1:" + std::to_string(port));
    CHECK_THROWS_AS((broker{{.ports = {port}}}), std::exception);
    CHECK_THROWS_AS(first.kill_node(2), std::invalid_argument);
    CHECK_THROWS_AS(first.end_offset("t", 0), std::invalid_argument);
}
