// SPDX-License-Identifier: BSL-1.0
// What one poll may give and how long it waits; records by partition; fairness; looking into batches
// elsewhere.
#include "component/consumer/consumer_fixture.hpp"

#include <kasio/partition_stream.hpp>
#include <kasio/producer.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/thread_pool.hpp>

#include <map>
#include <thread>

using namespace kasio_test;
using kind = partition_event::kind;

namespace {

polled poll_within(reader& with, poll_limits limits) {
    polled result;
    with.in.async_poll(limits, result.handler());
    REQUIRE(run_until(with.io, [&] { return result.times == 1; }));
    return result;
}

/// Reads what the partitions hold, each in order from the beginning.
void read_in_order(reader& with, std::map<int, int> wanted) {
    std::map<int, int> next;
    while (next != wanted) {
        const auto result = with.poll();
        REQUIRE_FALSE(result.error);
        REQUIRE(result.records.events().empty());
        for (const auto& record : result.records) {
            REQUIRE(record.value() == std::to_string(next[record.partition()]++));
        }
    }
}

/// Batches of so many records each, by a producer's own hand.
void fill_compressed(testing::broker& broker, const std::string& topic, int partition, int batches,
                     compression codec) {
    asio::io_context io;
    cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
    producer_options options;
    options.compression = codec;
    producer out{kafka, options};
    int sent = 0;
    for (int at = 0; at < batches * 100; ++at) {
        const auto value = std::to_string(at);
        producer_record record;
        record.topic = topic;
        record.partition = partition;
        record.value = value;
        out.async_send(record, [&sent](const error_code& error, const delivery&) {
            REQUIRE_FALSE(error);
            ++sent;
        });
        // Each hundred in a batch of its own.
        if (at % 100 == 99) REQUIRE(run_until(io, [&] { return sent == at + 1; }));
    }
}

} // namespace

TEST_CASE("a poll may say how many records it takes, and for how long it waits") {
    testing::broker broker;
    broker.create_topic("t", 1);
    fill(broker, "t", 0, 30);
    auto options = from_start();
    options.max_poll_records = 20;
    reader with{broker, options};
    with.in.assign({"t", 0});
    // Nothing is there yet, and nobody waits for it.
    CHECK(poll_within(with, {.max_records = 3, .max_wait = 0ms}).records.empty());
    CHECK(with.poll().records.size() == 20);
    CHECK(poll_within(with, {.max_records = 3}).records.size() == 3);
    CHECK(with.in.position({"t", 0}) == 23);
    const auto rest = poll_within(with, {.max_records = 500, .max_wait = 10s});
    CHECK(rest.records.size() == 7);
    const auto start = std::chrono::steady_clock::now();
    const auto nothing = poll_within(with, {.max_wait = 60ms});
    CHECK_FALSE(nothing.error);
    CHECK(nothing.records.empty());
    CHECK(nothing.records.events().empty());
    CHECK(std::chrono::steady_clock::now() - start >= 60ms);
    CHECK(poll_within(with, {.max_wait = -5ms}).records.empty());
    fill(broker, "t", 0, 1, 1, 30);
    CHECK(with.values(1) == numbers(30, 1));
}

TEST_CASE("a time that has passed for one poll is not that of the next") {
    testing::broker broker;
    broker.create_topic("t", 1);
    reader with{broker};
    with.in.assign({"t", 0});
    asio::cancellation_signal signal;
    polled cancelled;
    with.in.async_poll({.max_wait = 100ms}, asio::bind_cancellation_slot(signal.slot(), cancelled.handler()));
    with.io.run_for(10ms);
    signal.emit(asio::cancellation_type::total);
    REQUIRE(run_until(with.io, [&] { return cancelled.times == 1; }));
    CHECK(cancelled.error == asio::error::operation_aborted);
    polled patient;
    with.in.async_poll(patient.handler());
    CHECK_FALSE(run_until(
        with.io, [&] { return patient.times == 1; }, 200ms));
    fill(broker, "t", 0, 1);
    REQUIRE(run_until(with.io, [&] { return patient.times == 1; }));
    CHECK(patient.records.size() == 1);
}

TEST_CASE("records come by partition too, with where to go on behind them") {
    testing::broker broker;
    broker.create_topic("t", 3);
    fill(broker, "t", 0, 40, 7);
    fill(broker, "t", 2, 20, 20);
    std::vector<producer_record> aborted(2);
    broker.append_transaction("t", 2, aborted, testing::transaction_outcome::aborted);
    reader with{broker};
    with.in.assign_topic("t");
    std::map<int, std::int64_t> next;
    while (next[0] < 40 || next[2] < 23) {
        const auto result = with.poll();
        REQUIRE_FALSE(result.error);
        std::size_t records = 0;
        auto flat = result.records.begin();
        for (const auto& part : result.records.partitions()) {
            CHECK(part.topic() == "t");
            REQUIRE(part.size() > 0);
            std::size_t seen = 0;
            for (const auto& record : part) {
                REQUIRE(record.partition() == part.partition());
                REQUIRE(record.offset() == next[part.partition()]++);
                REQUIRE(record.offset() == flat->offset());
                ++flat;
                ++seen;
            }
            CHECK(seen == part.size());
            records += seen;
            CHECK(part.next_offset() >= next[part.partition()]);
            CHECK(part.next_epoch() == broker.leader_epoch("t", part.partition()));
            CHECK(with.in.position({"t", part.partition()}) == part.next_offset());
            next[part.partition()] = part.next_offset();
        }
        CHECK(records == result.records.size());
        CHECK(flat == result.records.end());
    }
    CHECK(next == std::map<int, std::int64_t>{{0, 40}, {2, 23}});
    const auto none = fetched_records{}.partitions();
    CHECK(none.begin() == none.end());
}

TEST_CASE("a partition with much to read does not starve those with little") {
    testing::broker broker;
    broker.create_topic("t", 9);
    const std::string large(10'000, 'x');
    for (int i = 0; i < 300; ++i) broker.append("t", 0, {.value = large});
    for (int i = 1; i < 9; ++i) broker.append("t", i, {.value = "small"});
    auto options = from_start();
    options.fetch_max_bytes = 100'000;
    options.partition_fetch_bytes = 100'000;
    reader with{broker, options};
    with.in.assign_topic("t");
    std::map<int, int> read;
    while (read.size() < 9) {
        const auto result = with.poll();
        REQUIRE_FALSE(result.error);
        for (const auto& record : result.records) ++read[record.partition()];
    }
    // An answer or two of the full one, and then what the others have.
    CHECK(read[0] <= 40);
    // The same when all of it has been fetched: a poll takes from each in turn.
    options.fetch_max_bytes = 50'000'000;
    options.partition_fetch_bytes = 1'000'000;
    options.max_poll_records = 5;
    reader again{broker, options};
    again.in.assign_topic("t");
    read.clear();
    int polls = 0;
    for (; read.size() < 9; ++polls) {
        const auto result = again.poll();
        for (const auto& record : result.records) ++read[record.partition()];
    }
    CHECK(polls <= 4);
}

TEST_CASE("after a stall what has arrived counts before any time-out, and nothing is fetched anew", "[R5]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    auto options = from_start();
    options.fetch_max_wait = 300ms;
    reader with{broker, options};
    with.in.assign({"t", 0});
    polled before;
    with.in.async_poll({.max_wait = 100ms}, before.handler());
    REQUIRE(run_until(with.io, [&] { return before.times == 1; }));
    REQUIRE(broker.request_count(api::fetch) >= 1);
    const auto connections = broker.accepted_count();
    const auto fetches = broker.request_count(api::fetch);
    polled after;
    with.in.async_poll(after.handler());
    with.io.run_for(5ms);
    fill(broker, "t", 0, 10);
    // Longer than a fetch may take: 300 ms to wait and 500 ms for the request.
    std::this_thread::sleep_for(1200ms);
    REQUIRE(run_until(with.io, [&] { return after.times == 1; }));
    REQUIRE_FALSE(after.error);
    CHECK(after.records.size() == 10);
    CHECK(after.records.events().empty());
    CHECK(broker.accepted_count() == connections);
    CHECK(broker.request_count(api::fetch) <= fetches + 2);
}

TEST_CASE("batches are looked into where the options say, and nowhere else") {
    testing::broker broker;
    broker.create_topic("t", 2);
    fill(broker, "t", 0, 100);
    fill(broker, "t", 1, 50);
    asio::io_context elsewhere;
    auto options = from_start();
    options.decompression_executor = elsewhere.get_executor();
    reader with{broker, options};
    with.in.assign_topic("t");
    polled first;
    with.in.async_poll(first.handler());
    CHECK_FALSE(run_until(
        with.io, [&] { return first.times == 1; }, 150ms));
    // The position is left while a job is under way: what it brings is dropped.
    with.in.seek({"t", 0}, start_position::at(35));
    with.io.run_for(50ms);
    std::map<int, std::int64_t> next{{0, 35}, {1, 0}};
    for (;;) {
        elsewhere.restart();
        elsewhere.run();
        if (!run_until(
                with.io, [&] { return first.times == 1; }, 20ms))
            continue;
        REQUIRE_FALSE(first.error);
        for (const auto& record : first.records) REQUIRE(record.offset() == next[record.partition()]++);
        if (next == std::map<int, std::int64_t>{{0, 100}, {1, 50}}) break;
        first = {};
        with.in.async_poll(first.handler());
    }
    CHECK(with.in.position({"t", 0}) == 100);
}

TEST_CASE("many threads that look into batches change nothing of what comes out", "[F1][F3]") {
    asio::thread_pool pool{3};
    for (const auto codec : {compression::none, compression::lz4, compression::gzip}) {
        CAPTURE(static_cast<int>(codec));
        testing::broker broker;
        broker.create_topic("t", 3);
        for (int i = 0; i < 3; ++i) fill_compressed(broker, "t", i, 8, codec);
        auto options = from_start();
        options.decompression_executor = pool.get_executor();
        options.max_poll_records = 150;
        reader with{broker, options};
        with.in.assign_topic("t");
        read_in_order(with, {{0, 800}, {1, 800}, {2, 800}});
        // A batch that cannot be read is told as without.
        broker.create_topic("bad", 1);
        fill(broker, "bad", 0, 30);
        broker.corrupt("bad", 0, 15);
        with.in.assign({{{"t", 1}, {}}, {{"bad", 0}, {}}});
        std::int64_t reached = 0;
        for (bool told = false; !told || reached < 10;) {
            const auto result = with.poll();
            REQUIRE_FALSE(result.error);
            reached += static_cast<std::int64_t>(result.records.size());
            for (const auto& event : result.records.events()) {
                told = true;
                CHECK(event.error == errc::corrupt_batch);
                CHECK(event.offset == 10);
                with.in.seek(event.partition, start_position::at(event.next));
            }
        }
        while (reached < 20) reached += static_cast<std::int64_t>(with.poll().records.size());
        // A stream gets its own.
        with.in.seek({"t", 1}, start_position::beginning());
        auto stream = with.in.partition_stream({"t", 1});
        std::size_t count = 0;
        while (count < 800) {
            polled result;
            stream.async_next(result.handler());
            REQUIRE(run_until(with.io, [&] { return result.times == 1; }));
            for (const auto& record : result.records) REQUIRE(record.value() == std::to_string(count++));
        }
    }
}

TEST_CASE("looking into batches elsewhere keeps to the budget, and says when it can never go on", "[R2]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    fill_compressed(broker, "t", 0, 60, compression::lz4);
    asio::thread_pool pool{2};
    auto options = from_start();
    options.decompression_executor = pool.get_executor();
    options.buffer_memory = 20'000;
    options.partition_fetch_bytes = 5'000;
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
        REQUIRE(held.size() < 60);
    }
    CHECK(records > 0);
    CHECK(records < 6000);
    held.clear();
    while (records < 6000) {
        const auto result = with.poll();
        REQUIRE_FALSE(result.error);
        records += result.records.size();
    }
}
