// SPDX-License-Identifier: BSL-1.0
// Where reading starts, what a poll gives, and what seek, pause and assign do to it.
#include "component/consumer/consumer_fixture.hpp"

#include <kasio/producer.hpp>

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <map>
#include <set>

using namespace kasio_test;

namespace {

struct start_case {
    const char* name;
    start_position from;
    int first;
};

} // namespace

TEST_CASE("reading starts where the assignment says") {
    testing::broker broker;
    broker.create_topic("t", 1);
    for (int at = 0; at < 100; ++at) {
        const auto value = std::to_string(at);
        broker.append("t", 0,
                      {.value = value, .timestamp = timestamp{std::chrono::milliseconds{1000 + at * 10}}});
    }
    broker.delete_records("t", 0, 5);
    const std::vector<start_case> cases{
        {"policy", {}, 5},
        {"beginning", start_position::beginning(), 5},
        {"offset", start_position::at(42), 42},
        {"time between two records", start_position::at_time(timestamp{1255ms}), 26},
        {"time of a record", start_position::at_time(timestamp{1250ms}), 25},
        {"time before all", start_position::at_time(timestamp{-5ms}), 5},
        {"ten before the end", start_position::before_end(10), 90},
        {"more before the end than there are", start_position::before_end(1000), 5},
    };
    for (const auto& each : cases) {
        CAPTURE(each.name);
        reader with{broker};
        with.in.assign({"t", 0}, each.from);
        CHECK(with.values(static_cast<std::size_t>(100 - each.first)) ==
              numbers(each.first, 100 - each.first));
        CHECK(with.in.position({"t", 0}) == 100);
    }
}

TEST_CASE("reading from the end gives what comes after the look-up only") {
    const std::vector<std::pair<const char*, start_position>> ends{
        {"end", start_position::end()},
        {"none before the end", start_position::before_end(0)},
        {"a time after all", start_position::at_time(timestamp{std::chrono::hours{24 * 365 * 300}})}};
    for (const auto& [name, from] : ends) {
        CAPTURE(name);
        testing::broker broker;
        broker.create_topic("t", 1);
        fill(broker, "t", 0, 20);
        reader with{broker};
        with.in.assign({"t", 0}, from);
        CHECK_FALSE(with.in.position({"t", 0}).has_value());
        polled result;
        with.in.async_poll(result.handler());
        REQUIRE(run_until(with.io, [&] { return with.in.position({"t", 0}) == 20; }));
        CHECK(result.times == 0);
        fill(broker, "t", 0, 1, 1, 20);
        REQUIRE(run_until(with.io, [&] { return result.times == 1; }));
        REQUIRE(result.records.size() == 1);
        CHECK(result.records.begin()->value() == "20");
        CHECK(result.records.begin()->offset() == 20);
    }
}

TEST_CASE("a record comes out as it was produced: key, value, headers, time; null apart from empty") {
    testing::broker broker;
    broker.create_topic("t", 1);
    const std::vector<header> headers{{"a", "1"}, {"a", nullptr}, {"", ""}};
    broker.append("t", 0, {.key = "k", .value = "v", .headers = headers, .timestamp = timestamp{123456ms}});
    broker.append("t", 0, {.key = nullptr, .value = nullptr});
    broker.append("t", 0, {.key = "", .value = ""});
    reader with{broker};
    with.in.assign({"t", 0});
    const auto result = with.poll();
    std::vector<owned_record> all;
    for (const auto& record : result.records) all.push_back(record.to_owned());
    REQUIRE(all.size() == 3);
    CHECK(all[0].topic == "t");
    CHECK(all[0].partition == 0);
    CHECK(all[0].offset == 0);
    CHECK(all[0].key == "k");
    CHECK(all[0].value == "v");
    CHECK(all[0].timestamp == timestamp{123456ms});
    CHECK(all[0].timestamp_type == timestamp_type::create_time);
    CHECK(all[0].leader_epoch == broker.leader_epoch("t", 0));
    REQUIRE(all[0].headers.size() == 3);
    CHECK(all[0].headers[0] == std::pair<std::string, std::optional<std::string>>{"a", "1"});
    CHECK(all[0].headers[1] == std::pair<std::string, std::optional<std::string>>{"a", std::nullopt});
    CHECK(all[0].headers[2] == std::pair<std::string, std::optional<std::string>>{"", ""});
    CHECK_FALSE(all[1].key.has_value());
    CHECK_FALSE(all[1].value.has_value());
    CHECK(all[2].key == "");
    CHECK(all[2].value == "");
}

namespace {

asio::awaitable<void> produce_with(testing::broker& broker, compression codec) {
    cluster kafka{co_await asio::this_coro::executor, quick(broker.bootstrap_servers())};
    producer out{kafka, {.linger = 5ms, .compression = codec}};
    std::vector<std::string> values;
    for (int i = 0; i < 2000; ++i) values.push_back("value-" + std::to_string(i));
    std::vector<producer_record> records;
    for (const auto& value : values)
        records.push_back({.topic = "t", .partition = 0, .key = value, .value = value});
    const auto results = co_await out.async_send_many(records);
    for (const auto& each : results) REQUIRE_FALSE(each.error);
    co_await out.async_close();
}

} // namespace

TEST_CASE("every codec is read") {
    for (const auto codec :
         {compression::none, compression::gzip, compression::snappy, compression::lz4, compression::zstd}) {
        if (!is_available(codec)) continue;
        CAPTURE(static_cast<int>(codec));
        testing::broker broker;
        broker.create_topic("t", 1);
        asio::io_context io;
        run(io, produce_with(broker, codec));
        reader with{broker};
        with.in.assign({"t", 0});
        int next = 0;
        while (next < 2000) {
            const auto result = with.poll();
            REQUIRE_FALSE(result.error);
            for (const auto& record : result.records) {
                REQUIRE(record.offset() == next);
                REQUIRE(record.value() == "value-" + std::to_string(next));
                REQUIRE(record.key() == record.value());
                ++next;
            }
        }
    }
}

TEST_CASE("log append time holds for all records of a batch") {
    testing::broker broker{{.log_append_time = true}};
    broker.create_topic("t", 1);
    asio::io_context io;
    run(io, produce_with(broker, compression::none));
    reader with{broker};
    with.in.assign({"t", 0});
    const auto result = with.poll();
    REQUIRE(result.records.size() > 0);
    const auto now =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    const auto stored = broker.records("t", 0);
    for (const auto& record : result.records) {
        REQUIRE(record.timestamp_type() == timestamp_type::log_append_time);
        REQUIRE(now - record.timestamp() < 1min);
        REQUIRE(record.timestamp().time_since_epoch().count() ==
                stored[static_cast<std::size_t>(record.offset())].timestamp);
    }
}

TEST_CASE("a poll gives at most as many records as the option says, also inside a batch") {
    testing::broker broker;
    broker.create_topic("t", 2);
    fill(broker, "t", 0, 100, 17);
    fill(broker, "t", 1, 50, 50);
    auto options = from_start();
    options.max_poll_records = 7;
    reader with{broker, options};
    with.in.assign_topic("t");
    std::map<int, int> next;
    for (int total = 0; total < 150;) {
        const auto result = with.poll();
        REQUIRE_FALSE(result.error);
        CHECK(result.records.size() <= 7);
        CHECK(result.records.size() > 0);
        for (const auto& record : result.records) {
            REQUIRE(record.offset() == next[record.partition()]);
            REQUIRE(record.value() == std::to_string(next[record.partition()]++));
            ++total;
        }
        for (const auto& [partition, offset] : next) CHECK(with.in.position({"t", partition}) == offset);
    }
    CHECK(with.in.assigned().size() == 2);
}

TEST_CASE("a batch larger than what may be fetched comes whole", "[F2]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    const std::string large(300'000, 'x');
    for (int i = 0; i < 3; ++i) broker.append("t", 0, {.value = large});
    auto options = from_start();
    options.fetch_max_bytes = 1000;
    options.partition_fetch_bytes = 1000;
    reader with{broker, options};
    with.in.assign({"t", 0});
    const auto got = with.values(3);
    for (const auto& each : got) CHECK(each == large);
}

TEST_CASE("seek moves on at once, back and forth, also while a fetch is under way", "[F13]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    fill(broker, "t", 0, 100);
    reader with{broker};
    CHECK(with.in.seek({"t", 0}, start_position::at(1)) == errc::partition_not_assigned);
    with.in.assign({"t", 0});
    CHECK(with.in.seek({"t", 0}, start_position::at(-1)) == errc::invalid_argument);
    CHECK(with.values(100) == numbers(0, 100));
    CHECK_FALSE(with.in.seek({"t", 0}, start_position::at(95)));
    CHECK(with.in.position({"t", 0}) == 95);
    CHECK(with.values(5) == numbers(95, 5));
    CHECK_FALSE(with.in.seek({"t", 0}, start_position::before_end(3)));
    CHECK(with.values(3) == numbers(97, 3));

    // A slow answer for the old position comes after the seek. A fetch at the end may be on its way to the
    // broker.
    with.in.seek({"t", 0}, start_position::at(10));
    broker.delay_next(api::fetch, 150ms, 2);
    broker.clear_requests();
    polled result;
    with.in.async_poll(result.handler());
    REQUIRE(run_until(with.io, [&] { return broker.request_count(api::fetch) > 0; }));
    CHECK(result.times == 0);
    with.in.seek({"t", 0}, start_position::at(50));
    REQUIRE(run_until(with.io, [&] { return result.times == 1; }));
    REQUIRE(result.records.size() > 0);
    CHECK(result.records.begin()->offset() == 50);
}

TEST_CASE("what was fetched before a pause is kept for resume, and not handed out meanwhile", "[F13]") {
    testing::broker broker;
    broker.create_topic("t", 2);
    fill(broker, "t", 0, 100);
    auto options = from_start();
    options.max_poll_records = 10;
    reader with{broker, options};
    with.in.assign({{{"t", 0}, {}}, {{"t", 1}, {}}});
    CHECK(with.values(10) == numbers(0, 10));
    CHECK_FALSE(with.in.pause({"t", 0}));
    polled result;
    with.in.async_poll(result.handler());
    CHECK_FALSE(run_until(
        with.io, [&] { return result.times == 1; }, 200ms));
    broker.append("t", 1, {.value = "other"});
    REQUIRE(run_until(with.io, [&] { return result.times == 1; }));
    REQUIRE(result.records.size() == 1);
    CHECK(result.records.begin()->value() == "other");
    CHECK(with.in.position({"t", 0}) == 10);
    with.in.pause({"t", 1});
    run_until(
        with.io, [] { return false; }, 150ms); // the last fetch under way comes back
    broker.clear_requests();
    with.in.resume({"t", 0});
    CHECK(with.values(90) == numbers(10, 90));
    for (const auto& request : broker.requests(api::fetch)) {
        for (const auto& target : request.targets) CHECK(target.partition == 0);
    }
    CHECK(with.in.pause({"t", 7}) == errc::partition_not_assigned);
    CHECK(with.in.resume({"u", 0}) == errc::partition_not_assigned);
}

TEST_CASE("a new assignment keeps the partitions that stay") {
    testing::broker broker;
    broker.create_topic("t", 3);
    for (int partition = 0; partition < 3; ++partition) fill(broker, "t", partition, 20);
    reader with{broker};
    with.in.assign({{{"t", 0}, {}}, {{"t", 1}, {}}, {{"t", 1}, start_position::end()}});
    CHECK(with.in.assigned().size() == 2);
    with.values(40);
    with.in.assign({{{"t", 1}, {}}, {{"t", 2}, start_position::at(15)}});
    CHECK(with.in.position({"t", 1}) == 20);
    CHECK_FALSE(with.in.position({"t", 0}).has_value());
    CHECK(with.values(5) == numbers(15, 5));
    with.in.assign({{{"t", 1}, start_position::at(18)}});
    CHECK(with.values(2) == numbers(18, 2));
    CHECK_THROWS_AS(with.in.assign({"t", -1}), boost::system::system_error);
    CHECK_THROWS_AS(with.in.assign({"t", 0}, start_position::at(-2)), boost::system::system_error);
}

TEST_CASE("the end of a partition is told once at each place, when asked for") {
    testing::broker broker;
    broker.create_topic("t", 2);
    fill(broker, "t", 0, 25);
    auto options = from_start();
    options.report_end = true;
    options.max_poll_records = 10;
    reader with{broker, options};
    with.in.assign_topic("t");
    std::map<int, std::vector<std::int64_t>> ends;
    std::size_t records = 0;
    const auto collect = [&](std::size_t wanted_records, std::size_t wanted_ends) {
        while (records < wanted_records || ends[0].size() + ends[1].size() < wanted_ends) {
            const auto result = with.poll();
            REQUIRE_FALSE(result.error);
            records += result.records.size();
            for (const auto& event : result.records.events()) {
                CHECK(event.what == partition_event::kind::end_of_partition);
                ends[event.partition.partition].push_back(event.offset);
            }
        }
    };
    collect(25, 2);
    CHECK(ends[0] == std::vector<std::int64_t>{25});
    CHECK(ends[1] == std::vector<std::int64_t>{0});
    fill(broker, "t", 0, 5, 5, 25);
    collect(30, 3);
    CHECK(ends[0] == std::vector<std::int64_t>{25, 30});
    polled more;
    with.in.async_poll(more.handler());
    CHECK_FALSE(run_until(
        with.io, [&] { return more.times == 1; }, 300ms));
}

TEST_CASE("a topic that comes later is read from when it is there") {
    testing::broker broker;
    reader with{broker};
    with.in.assign_topic("late");
    polled result;
    with.in.async_poll(result.handler());
    CHECK_FALSE(run_until(
        with.io, [&] { return result.times == 1; }, 100ms));
    broker.create_topic("late", 3);
    broker.append("late", 2, {.value = "x"});
    REQUIRE(run_until(with.io, [&] { return result.times == 1; }));
    REQUIRE(result.records.size() == 1);
    CHECK(result.records.begin()->partition() == 2);
    CHECK(with.in.assigned().size() == 3);
}

TEST_CASE("two consumers on one cluster do not wait for each other's fetches") {
    testing::broker broker;
    broker.create_topic("busy", 1);
    broker.create_topic("idle", 1);
    fill(broker, "busy", 0, 1000, 1);
    auto options = from_start();
    options.fetch_max_wait = 2s;
    options.max_poll_records = 100;
    reader with{broker, options};
    consumer other{with.kafka, options};
    other.assign({"idle", 0});
    polled idle;
    other.async_poll(idle.handler());
    REQUIRE(run_until(with.io, [&] { return broker.request_count(api::fetch) > 0; }));
    const auto start = std::chrono::steady_clock::now();
    with.in.assign({"busy", 0});
    CHECK(with.values(1000) == numbers(0, 1000));
    CHECK(std::chrono::steady_clock::now() - start < 1s);
    CHECK(idle.times == 0);
    broker.append("idle", 0, {.value = "x"});
    REQUIRE(run_until(with.io, [&] { return idle.times == 1; }));
}
