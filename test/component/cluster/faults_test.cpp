// SPDX-License-Identifier: BSL-1.0
// Metadata that is odd or stale, and brokers that fall silent.
#include "asking.hpp"

#include "support/raw_peer.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/producer.hpp>
#include <kasio/testing/broker.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <optional>

namespace asio = boost::asio;
using namespace kasio;
using namespace kasio_test;
using namespace std::chrono_literals;
using testing::api;

namespace {

/// A send, counted.
struct sending {
    int times = 0;
    error_code error;
    delivery what;
    auto handler() {
        return [this](error_code code, const delivery& where) {
            ++times;
            error = code;
            what = where;
        };
    }
};

} // namespace

TEST_CASE("metadata without brokers or partitions never makes a record delivered, only late", "[M1]") {
    const std::pair<const char*, std::function<void(testing::broker&)>> faults[] = {
        {"no brokers", [](testing::broker& broker) { broker.hide_brokers(6); }},
        {"no partitions", [](testing::broker& broker) { broker.hide_partitions("t", 6); }},
    };
    for (const auto& [name, fault] : faults) {
        CAPTURE(name);
        testing::broker broker;
        broker.create_topic("t", 1);
        fault(broker);
        asio::io_context io;
        cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
        producer out{kafka};
        sending sent;
        out.async_send({.topic = "t", .value = "x"}, sent.handler());
        REQUIRE(run_until(io, [&] { return broker.request_count(api::metadata) >= 6; }, 5s));
        CHECK(sent.times == 0);
        REQUIRE(run_until(io, [&] { return sent.times == 1; }, 5s));
        CHECK_FALSE(sent.error);
        CHECK(sent.what.fate == fate::delivered);
        CHECK(sent.what.offset == 0);
        CHECK(broker.records("t", 0).size() == 1);
        CHECK(broker.request_count(api::metadata) >= 7);
    }
}

TEST_CASE("metadata that never has a broker ends in a time-out, and is asked for with waits between", "[M1]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    broker.hide_brokers(100'000);
    asio::io_context io;
    cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
    producer out{kafka, {.max_block = 500ms}};
    sending sent;
    out.async_send({.topic = "t", .value = "x"}, sent.handler());
    REQUIRE(run_until(io, [&] { return sent.times == 1; }, 5s));
    CHECK(sent.error);
    CHECK(sent.what.fate == fate::not_sent);
    CHECK(broker.records("t", 0).empty());
    CHECK(broker.request_count(api::metadata) < 50);
    CHECK(kafka.last_failure().code == errc::metadata_unavailable);
    const auto got = ask(io, kafka);
    CHECK(got.error == errc::metadata_unavailable);
    CHECK(broker.request_count(api::metadata) < 100);
}

TEST_CASE("a question waits until some answer names a broker", "[M1]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    broker.hide_brokers(3);
    asio::io_context io;
    cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
    const auto got = ask(io, kafka);
    CHECK_FALSE(got.error);
    CHECK(got.what.brokers.size() == 1);
    CHECK(broker.request_count(api::metadata) == 4);
}

namespace {

asio::awaitable<void> send_through(testing::broker& broker, std::function<void(int)> at_each) {
    const auto executor = co_await asio::this_coro::executor;
    auto options = quick(broker.bootstrap_servers());
    options.metadata_max_age = 10ms;
    cluster kafka{executor, options};
    producer out{kafka, {.linger = 0ms}};
    for (int i = 0; i < 100; ++i) {
        at_each(i);
        const auto value = std::to_string(i);
        const auto where = co_await out.async_send({.topic = "t", .partition = i % 2, .value = value});
        CHECK(where.fate == fate::delivered);
        asio::steady_timer pause{executor, 2ms}; // metadata goes on meanwhile
        co_await pause.async_wait(asio::use_awaitable);
    }
    co_await out.async_close();
    co_await kafka.async_close();
}

void check_order(const testing::broker& broker) {
    for (int partition = 0; partition < 2; ++partition) {
        const auto stored = broker.records("t", partition);
        REQUIRE(stored.size() == 50);
        for (std::size_t i = 0; i < 50; ++i) {
            REQUIRE(stored[i].value == std::to_string(2 * static_cast<int>(i) + partition));
        }
    }
}

} // namespace

TEST_CASE("records flow in order while metadata is stale, or lacks the topic for a moment", "[M2]") {
    const std::pair<const char*, std::function<void(testing::broker&, int)>> faults[] = {
        {"topic hidden", [](testing::broker& broker, int) { broker.hide_topic("t", 2); }},
        {"partitions hidden", [](testing::broker& broker, int) { broker.hide_partitions("t", 2); }},
        {"brokers hidden", [](testing::broker& broker, int) { broker.hide_brokers(2); }},
        {"stale leader",
         [](testing::broker& broker, int i) {
             const auto old = broker.leader("t", 0);
             const auto epoch = broker.leader_epoch("t", 0);
             if (i % 20 == 0) broker.move_leader("t", 0, old % 3 + 1);
             broker.show_leader("t", 0, old, epoch, 2);
         }},
        {"no leader",
         [](testing::broker& broker, int) {
             broker.show_partition_error("t", 1, broker_errc::leader_not_available, 2);
         }},
    };
    for (const auto& [name, fault] : faults) {
        CAPTURE(name);
        testing::broker broker{{.nodes = 3}};
        broker.create_topic("t", 2);
        asio::io_context io;
        run(io, send_through(broker, [&, &change = fault](int i) {
                if (i > 0 && i % 10 == 0) change(broker, i);
            }));
        check_order(broker);
        CHECK(broker.request_count(api::metadata) >= 5);
    }
}

TEST_CASE("a node that advertises an address where nobody answers holds no question up", "[M5]") {
    const black_hole silent;
    const refusing_port refusing;
    for (const auto port : {silent.port(), refusing.port()}) {
        testing::broker broker{{.nodes = 3}};
        broker.create_topic("t", 1);
        for (int node = 1; node <= 3; ++node) {
            if (node != broker.leader("t", 0)) broker.set_advertised_address(node, "127.0.0.1", port);
        }
        asio::io_context io;
        auto options = quick(broker.bootstrap_servers());
        options.default_timeout = 5s;
        cluster kafka{io.get_executor(), options};
        producer out{kafka}; // so that nodes are known by their advertised addresses
        for (int i = 0; i < 4; ++i) {
            sending sent;
            out.async_send({.topic = "t", .value = "x"}, sent.handler());
            const auto taken = time_of([&] { CHECK_FALSE(ask(io, kafka, "t").error); });
            CHECK(taken < 1500ms);
            REQUIRE(run_until(io, [&] { return sent.times == 1; }, 5s));
            CHECK_FALSE(sent.error);
            broker.close_connections(); // somebody has to be found anew
        }
    }
}

TEST_CASE("a node that falls silent is left for another one after the request's time-out", "[M5]") {
    testing::broker broker{{.nodes = 3}};
    asio::io_context io;
    auto options = quick(broker.bootstrap_servers());
    options.default_timeout = 5s;
    cluster kafka{io.get_executor(), options};
    REQUIRE_FALSE(ask(io, kafka).error);
    const auto first = broker.requests(api::metadata).at(0).node;
    broker.pause_node(first);
    const auto taken = time_of([&] { CHECK_FALSE(ask(io, kafka).error); });
    CHECK(taken >= 250ms);
    CHECK(taken < 1500ms);
    CHECK(broker.requests(api::metadata).back().node != first);
}

TEST_CASE("metadata is still refreshed when the node that was asked falls silent", "[M5]") {
    testing::broker broker{{.nodes = 3}};
    broker.create_topic("t", 1);
    asio::io_context io;
    auto options = quick(broker.bootstrap_servers());
    options.metadata_max_age = 50ms;
    cluster kafka{io.get_executor(), options};
    producer out{kafka};
    sending sent;
    out.async_send({.topic = "t", .value = "x"}, sent.handler());
    REQUIRE(run_until(io, [&] { return sent.times == 1; }, 5s));
    REQUIRE_FALSE(sent.error);
    const auto asked_node = broker.requests(api::metadata).back().node;
    broker.pause_node(asked_node);
    broker.clear_requests();
    const auto elsewhere = [&] {
        for (int node = 1; node <= 3; ++node) {
            if (node != asked_node && broker.request_count(api::metadata, node) >= 2) return true;
        }
        return false;
    };
    CHECK(run_until(io, elsewhere, 5s));
}
