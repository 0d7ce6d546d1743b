// SPDX-License-Identifier: BSL-1.0
// Fetch sessions, replicas nearer than the leader, and logs that lose their end.
#include "component/consumer/consumer_fixture.hpp"

#include <algorithm>

using namespace kasio_test;
using kind = partition_event::kind;

namespace {

constexpr int many = 40;
constexpr auto epochs = api::offset_for_leader_epoch;

std::vector<assignment> all_of(const std::string& topic, int partitions) {
    std::vector<assignment> all;
    for (int i = 0; i < partitions; ++i) all.emplace_back(topic_partition{topic, i});
    return all;
}

/// A consumer that tells where it is.
struct racked_reader {
    asio::io_context io;
    cluster kafka;
    consumer in;

    racked_reader(testing::broker& broker, const consumer_options& options)
        : kafka{io.get_executor(), racked(broker)}, in{kafka, options} {}
    static cluster_options racked(testing::broker& broker) {
        auto options = quick(broker.bootstrap_servers());
        options.client_rack = "here";
        return options;
    }
    std::vector<std::string> values(std::size_t count) {
        std::vector<std::string> all;
        while (all.size() < count) {
            polled result;
            in.async_poll(result.handler());
            REQUIRE(run_until(io, [&] { return result.times == 1; }));
            REQUIRE_FALSE(result.error);
            CHECK(result.records.events().empty());
            for (const auto& record : result.records) all.push_back(record.value().to_string());
        }
        return all;
    }
};

} // namespace

TEST_CASE("within a session a request names only the partitions that moved on") {
    testing::broker broker;
    broker.create_topic("t", many);
    for (int i = 0; i < many; ++i) fill(broker, "t", i, 1);
    reader with{broker};
    with.in.assign(all_of("t", many));
    with.values(many);
    // At the end everywhere: the first request that finds nothing names all, those behind it nothing.
    polled waiting;
    with.in.async_poll(waiting.handler());
    with.io.run_for(400ms);
    broker.clear_requests();
    fill(broker, "t", 17, 1);
    REQUIRE(run_until(with.io, [&] { return waiting.times == 1; }));
    CHECK(waiting.records.size() == 1);
    with.in.async_poll(waiting.handler());
    with.io.run_for(400ms);
    const auto asked = broker.requests(api::fetch);
    REQUIRE(asked.size() >= 3);
    std::size_t named = 0;
    for (const auto& each : asked) named += each.targets.size();
    CHECK(named == 1);
    const auto smallest =
        std::min_element(asked.begin(), asked.end(), [](auto& a, auto& b) { return a.size < b.size; });
    CHECK(smallest->size < 100);
}

TEST_CASE("a broker without room for sessions, or one that forgets them, is read all the same", "[F8]") {
    testing::broker broker;
    broker.create_topic("t", 3);
    for (int i = 0; i < 3; ++i) fill(broker, "t", i, 10);
    reader with{broker};
    with.in.assign(all_of("t", 3));
    with.values(30);
    for (const std::size_t limit : {0, 1, 0, 1000}) {
        broker.set_fetch_session_limit(limit);
        for (int i = 0; i < 3; ++i) fill(broker, "t", i, 10, 3, 10);
        auto got = with.values(30);
        std::sort(got.begin(), got.end());
        std::vector<std::string> expected;
        for (const auto& value : numbers(10, 10)) expected.insert(expected.end(), 3, value);
        CHECK(got == expected);
    }
}

TEST_CASE("codes of sessions cost nothing but another request", "[F8]") {
    for (const auto code : {broker_errc::fetch_session_id_not_found, broker_errc::invalid_fetch_session_epoch,
                            broker_errc::fetch_session_topic_id_error}) {
        for (const int times : {1, 4}) {
            CAPTURE(code, times);
            testing::broker broker;
            broker.create_topic("t", 2);
            reader with{broker};
            with.in.assign(all_of("t", 2));
            fill(broker, "t", 0, 5);
            CHECK(with.values(5) == numbers(0, 5));
            broker.fail_next(api::fetch, code, times);
            fill(broker, "t", 0, 5, 5, 5);
            CHECK(with.values(5) == numbers(5, 5));
        }
    }
}

TEST_CASE("a nearer replica that the leader names is read from", "[F12]") {
    testing::broker broker{{.nodes = 3}};
    broker.create_topic("t", 1);
    broker.set_preferred_replica("t", 0, 2);
    fill(broker, "t", 0, 20);
    racked_reader with{broker, from_start()};
    with.in.assign({"t", 0});
    CHECK(with.values(20) == numbers(0, 20));
    CHECK(broker.request_count(api::fetch, 1) == 1);
    CHECK(broker.request_count(api::fetch, 2) >= 1);
}

TEST_CASE("a nearer replica that cannot serve is left for the leader, and nothing is skipped", "[F12]") {
    const std::vector<std::pair<const char*, std::function<void(testing::broker&)>>> faults{
        {"lags behind", [](auto& b) { b.fail_next(api::fetch, broker_errc::offset_out_of_range, 3, 2); }},
        {"left", [](auto& b) { b.fail_next(api::fetch, broker_errc::not_leader_or_follower, 3, 2); }},
        {"unknown code", [](auto& b) { b.fail_next(api::fetch, static_cast<broker_errc>(999), 3, 2); }},
        {"killed", [](auto& b) { b.kill_node(2); }},
        {"cut", [](auto& b) { b.close_next(api::fetch, 2, 2); }},
    };
    for (const auto& [name, fault] : faults) {
        CAPTURE(name);
        testing::broker broker{{.nodes = 3}};
        broker.create_topic("t", 1);
        broker.set_preferred_replica("t", 0, 2);
        racked_reader with{broker, from_start()};
        with.in.assign({"t", 0});
        fill(broker, "t", 0, 10);
        CHECK(with.values(10) == numbers(0, 10));
        fault(broker);
        fill(broker, "t", 0, 10, 10, 10);
        CHECK(with.values(10) == numbers(10, 10));
        CHECK(with.in.position({"t", 0}) == 20);
    }
}

// From Fetch 12 on the answer tells of it; before, the leader is asked (Kafka 2.3 to 2.6).
const std::vector<std::int16_t> fetch_versions{11, 18};

TEST_CASE("a log that lost its end sets the reader back to it, as an event tells", "[F7]") {
    for (const auto version : fetch_versions) {
        CAPTURE(version);
        testing::broker broker;
        broker.set_versions(api::fetch, 4, version);
        broker.create_topic("t", 2);
        fill(broker, "t", 0, 20);
        reader with{broker};
        with.in.assign(all_of("t", 2));
        CHECK(with.values(20) == numbers(0, 20));
        broker.truncate("t", 0, 10);
        fill(broker, "t", 0, 30, 10, 100);
        const auto told = with.event();
        CHECK(told.what == kind::truncated);
        CHECK(told.partition == topic_partition{"t", 0});
        CHECK(told.previous == 20);
        CHECK(told.offset == 10);
        CHECK(with.values(30) == numbers(100, 30));
        // The other partition was not touched.
        fill(broker, "t", 1, 1);
        CHECK(with.values(1) == numbers(0, 1));
        CHECK((broker.request_count(epochs) > 0) == (version < 12));
    }
}

TEST_CASE("without a policy a log that lost its end stops the reader until it seeks", "[F7]") {
    for (const auto version : fetch_versions) {
        CAPTURE(version);
        testing::broker broker;
        broker.set_versions(api::fetch, 4, version);
        broker.create_topic("t", 1);
        fill(broker, "t", 0, 20);
        auto options = from_start();
        options.offset_reset = offset_reset::none;
        reader with{broker, options};
        with.in.assign({"t", 0}, start_position::beginning());
        CHECK(with.values(20) == numbers(0, 20));
        broker.truncate("t", 0, 10);
        fill(broker, "t", 0, 5, 5, 100);
        const auto told = with.event();
        CHECK(told.what == kind::error);
        CHECK(told.error == errc::log_truncated);
        CHECK(told.offset == 20);
        CHECK(told.next == 10);
        with.in.seek({"t", 0}, start_position::at(told.next));
        CHECK(with.values(5) == numbers(100, 5));
    }
}

TEST_CASE("what was fetched and is gone before it was handed out is never handed out", "[F7]") {
    for (const auto version : fetch_versions) {
        CAPTURE(version);
        testing::broker broker;
        broker.set_versions(api::fetch, 4, version);
        broker.create_topic("t", 1);
        fill(broker, "t", 0, 30);
        auto options = from_start();
        options.max_poll_records = 5;
        reader with{broker, options};
        with.in.assign({"t", 0});
        CHECK(with.values(5) == numbers(0, 5));
        // All of it has been fetched, and the next fetch waits at its end.
        with.io.run_for(100ms);
        broker.truncate("t", 0, 20);
        fill(broker, "t", 0, 10, 10, 100);
        with.io.run_for(300ms);
        auto expected = numbers(5, 15);
        for (const auto& value : numbers(100, 10)) expected.push_back(value);
        CHECK(with.values(25) == expected);
    }
}

TEST_CASE("a leader that cannot say where an epoch ends is asked again, and nothing is reset by that",
          "[F7]") {
    const std::vector<std::pair<const char*, std::function<void(testing::broker&)>>> faults{
        {"nothing", [](auto&) {}},
        {"not leader", [](auto& b) { b.fail_next(epochs, broker_errc::not_leader_or_follower, 3); }},
        {"unknown code", [](auto& b) { b.fail_next(epochs, static_cast<broker_errc>(999), 3); }},
        {"cut", [](auto& b) { b.close_next(epochs, 2); }},
        {"silent", [](auto& b) { b.drop_next(epochs, 1); }},
    };
    for (const auto& [name, fault] : faults) {
        CAPTURE(name);
        testing::broker broker{{.nodes = 2}};
        broker.set_versions(api::fetch, 4, 11);
        broker.create_topic("t", 1);
        fill(broker, "t", 0, 20);
        reader with{broker};
        with.in.assign({"t", 0});
        CHECK(with.values(20) == numbers(0, 20));
        fault(broker);
        broker.move_leader("t", 0, broker.leader("t", 0) == 1 ? 2 : 1);
        fill(broker, "t", 0, 10, 10, 20);
        CHECK(with.values(10) == numbers(20, 10));
        CHECK(with.in.metrics().offset_resets == 0);
        CHECK(with.in.metrics().truncations == 0);
        const auto asked = broker.request_count(epochs);
        CHECK(asked >= 1);
        CHECK(asked < 12);
        // Once for each new leader, not for each fetch.
        fill(broker, "t", 0, 10, 1, 30);
        CHECK(with.values(10) == numbers(30, 10));
        CHECK(broker.request_count(epochs) == asked);
    }
}

TEST_CASE("a leader that knows nothing of what was read sets the reader by the policy", "[F7]") {
    testing::broker broker;
    broker.set_versions(api::fetch, 4, 11);
    broker.create_topic("t", 1);
    fill(broker, "t", 0, 20);
    reader with{broker};
    with.in.assign({"t", 0});
    CHECK(with.values(20) == numbers(0, 20));
    // Not a batch of that epoch is left, which is no loss of what was acknowledged.
    broker.delete_records("t", 0, 20);
    broker.move_leader("t", 0, 1);
    const auto told = with.event();
    CHECK(told.what == kind::offset_reset);
    CHECK(told.previous == 20);
    CHECK(told.offset == 20);
    fill(broker, "t", 0, 5, 5, 20);
    CHECK(with.values(5) == numbers(20, 5));
}

TEST_CASE("an answer that names the new leader is followed at once, without metadata", "[M2]") {
    testing::broker broker{{.nodes = 3}};
    broker.create_topic("t", 1);
    fill(broker, "t", 0, 10);
    reader with{broker};
    with.in.assign({"t", 0});
    CHECK(with.values(10) == numbers(0, 10));
    // Metadata is of no help: only the answer itself tells (KIP-951).
    broker.on_request([](const testing::request_record& request) -> std::optional<testing::request_action> {
        if (request.api != api::metadata) return std::nullopt;
        testing::request_action lost;
        lost.drop = true;
        return lost;
    });
    const int next = broker.leader("t", 0) == 3 ? 2 : 3;
    broker.move_leader("t", 0, next);
    fill(broker, "t", 0, 10, 10, 10);
    CHECK(with.values(10) == numbers(10, 10));
    CHECK(broker.requests(api::fetch).back().node == next);
}

TEST_CASE("a topic that was made anew is read by the policy, not from where the old one was left", "[M4]") {
    for (const bool larger : {false, true}) {
        CAPTURE(larger);
        testing::broker broker;
        broker.create_topic("t", 1);
        fill(broker, "t", 0, 20);
        reader with{broker};
        auto strict_options = from_start();
        strict_options.offset_reset = offset_reset::none;
        reader strict{broker, strict_options};
        with.in.assign({"t", 0});
        strict.in.assign({"t", 0}, start_position::beginning());
        CHECK(with.values(20) == numbers(0, 20));
        CHECK(strict.values(20) == numbers(0, 20));
        broker.delete_topic("t");
        broker.create_topic("t", 1);
        fill(broker, "t", 0, larger ? 30 : 5, 10, 500);
        const auto told = with.event();
        CHECK(told.what == kind::offset_reset);
        CHECK(told.previous == 20);
        CHECK(told.offset == 0);
        CHECK(with.values(larger ? 30 : 5) == numbers(500, larger ? 30 : 5));
        const auto stopped = strict.event();
        CHECK(stopped.what == kind::error);
        CHECK(stopped.offset == 20);
    }
}
