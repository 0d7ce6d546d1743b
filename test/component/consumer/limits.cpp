// SPDX-License-Identifier: BSL-1.0
// What is missing, what is too much, and what is old: told in time, waited for, read the same.
#include "component/consumer/consumer_fixture.hpp"

#include <thread>

using namespace kasio_test;
using kind = partition_event::kind;

TEST_CASE("many small results held by the caller count as what they are", "[R2]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    auto options = from_start();
    options.buffer_memory = 1'000'000;
    options.partition_fetch_bytes = 10'000;
    reader with{broker, options};
    with.in.assign({"t", 0});
    // Each in an answer of its own: a few hundred bytes in a receive buffer of many thousand.
    std::vector<fetched_records> held;
    for (int i = 0; i < 500; ++i) {
        fill(broker, "t", 0, 1, 1, i);
        auto result = with.poll();
        REQUIRE_FALSE(result.error);
        REQUIRE(result.records.size() == 1);
        held.push_back(std::move(result.records));
    }
    for (int i = 0; i < 500; ++i)
        CHECK(held[static_cast<std::size_t>(i)].begin()->value() == std::to_string(i));
}

TEST_CASE("a topic that is not there is told after the time-out, and read when it comes") {
    testing::broker broker;
    reader with{broker};
    with.in.assign({"absent", 0});
    const auto start = std::chrono::steady_clock::now();
    const auto told = with.event();
    CHECK(std::chrono::steady_clock::now() - start > 1500ms);
    CHECK(told.what == kind::error);
    CHECK(told.error == broker_errc::unknown_topic_or_partition);
    CHECK(told.partition == topic_partition{"absent", 0});
    broker.create_topic("absent", 1);
    broker.append("absent", 0, {.value = "here"});
    CHECK(with.values(1) == std::vector<std::string>{"here"});

    reader topic{broker};
    topic.in.assign_topic("nowhere");
    const auto whole = topic.event();
    CHECK(whole.error == broker_errc::unknown_topic_or_partition);
    CHECK(whole.partition == topic_partition{"nowhere", -1});
}

TEST_CASE("a partition that the topic does not have is told after the time-out") {
    testing::broker broker;
    broker.create_topic("t", 1);
    reader with{broker};
    with.in.assign({"t", 5});
    CHECK(with.event().error == errc::unknown_partition);
}

TEST_CASE("a cluster that cannot be reached is told with its cause", "[C1]") {
    testing::broker broker;
    broker.kill_node(1);
    reader with{broker};
    with.in.assign({"t", 0});
    const auto told = with.event();
    CHECK(told.what == kind::error);
    CHECK(told.error == errc::broker_unreachable);
}

TEST_CASE("a poll that its caller starves says so, and goes on when memory is let go", "[R2]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    const std::string value(1000, 'x');
    for (int i = 0; i < 200; ++i) broker.append("t", 0, {.value = value});
    auto options = from_start();
    options.buffer_memory = 50'000;
    options.partition_fetch_bytes = 10'000;
    reader with{broker, options};
    with.in.assign({"t", 0});
    std::vector<fetched_records> held;
    std::size_t records = 0;
    for (;;) {
        auto result = with.poll();
        if (result.error) {
            CHECK(result.error == errc::budget_exceeded);
            break;
        }
        records += result.records.size();
        held.push_back(std::move(result.records));
        REQUIRE(held.size() < 20);
    }
    CHECK(records >= 20);
    CHECK(records < 60);
    CHECK(with.poll().error == errc::budget_exceeded);
    // Let go on another thread while a poll waits for what is on its way.
    held.erase(held.begin(), held.begin() + 2);
    std::thread{[&held] { held.clear(); }}.join();
    while (records < 200) {
        const auto result = with.poll();
        REQUIRE_FALSE(result.error);
        records += result.records.size();
    }
    CHECK(records == 200);
}

TEST_CASE("what paused partitions hold gives way to those that are read", "[R2]") {
    testing::broker broker;
    broker.create_topic("t", 2);
    const std::string value(1000, 'x');
    for (int i = 0; i < 100; ++i) {
        broker.append("t", 0, {.value = value});
        broker.append("t", 1, {.value = value});
    }
    auto options = from_start();
    options.buffer_memory = 20'000;
    options.partition_fetch_bytes = 18'000;
    options.max_poll_records = 1;
    reader with{broker, options};
    with.in.assign({"t", 0});
    with.values(1);
    with.in.pause({"t", 0});
    with.in.assign({{{"t", 0}, {}}, {{"t", 1}, {}}});
    with.values(100);
    CHECK(with.in.position({"t", 0}) == 1);
    with.in.resume({"t", 0});
    with.in.pause({"t", 1});
    with.values(99);
    CHECK(with.in.position({"t", 0}) == 100);
}

TEST_CASE("a broker that asks for quiet is left alone") {
    testing::broker broker;
    broker.create_topic("t", 1);
    fill(broker, "t", 0, 10);
    reader with{broker};
    broker.throttle_next(api::fetch, 300ms);
    with.in.assign({"t", 0});
    CHECK(with.values(10) == numbers(0, 10));
    CHECK(broker.request_count(api::fetch) == 1);
    polled more;
    with.in.async_poll(more.handler());
    CHECK_FALSE(run_until(
        with.io, [&] { return more.times == 1; }, 200ms));
    CHECK(broker.request_count(api::fetch) == 1);
    broker.append("t", 0, {.value = "late"});
    REQUIRE(run_until(with.io, [&] { return more.times == 1; }));
}

TEST_CASE("old and new versions of Fetch and ListOffsets read the same") {
    for (const std::int16_t version : {4, 5, 7, 9, 11, 12, 13, 15, 16, 17}) {
        CAPTURE(version);
        testing::broker broker;
        broker.create_topic("t", 1);
        fill(broker, "t", 0, 30);
        broker.set_versions(api::fetch, 4, version);
        broker.set_versions(api::list_offsets, 1, static_cast<std::int16_t>(std::min<int>(version - 2, 11)));
        reader with{broker};
        with.in.assign({"t", 0}, start_position::before_end(20));
        CHECK(with.values(20) == numbers(10, 20));
        CHECK(broker.requests(api::fetch).front().version == version);
    }
    // Nothing in common.
    testing::broker old;
    old.create_topic("t", 1);
    old.set_versions(api::fetch, 0, 3);
    reader behind{old};
    behind.in.assign({"t", 0});
    CHECK(behind.event().error == errc::unsupported_version);
    // Topic ids are not known without Metadata 10: then Fetch stays with names.
    testing::broker broker;
    broker.create_topic("t", 1);
    fill(broker, "t", 0, 30);
    broker.set_versions(api::metadata, 0, 9);
    reader with{broker};
    with.in.assign({"t", 0});
    CHECK(with.values(30) == numbers(0, 30));
    CHECK(broker.requests(api::fetch).front().version == 12);
}
