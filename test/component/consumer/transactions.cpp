// SPDX-License-Identifier: BSL-1.0
// Transactions in the log: what read_committed hides, where it stops, and what it still passes.
#include "component/consumer/consumer_fixture.hpp"

#include <algorithm>

using namespace kasio_test;
using outcome = kasio::testing::transaction_outcome;

namespace {

/// Appends one batch of a transaction with numbered values.
std::int64_t transact(testing::broker& broker, int first, int count, outcome how, std::int64_t producer = -1,
                      const std::string& topic = "t") {
    const auto values = numbers(first, count);
    std::vector<producer_record> records(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) records[i].value = values[i];
    return broker.append_transaction(topic, 0, records, how, producer);
}

consumer_options reading(isolation_level level) {
    auto options = from_start();
    options.isolation_level = level;
    return options;
}

std::vector<std::string> joined(std::initializer_list<std::vector<std::string>> parts) {
    std::vector<std::string> all;
    for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

/// All that both levels see of partition 0, each up to `end` values.
void check_both(testing::broker& broker, const std::vector<std::string>& committed,
                const std::vector<std::string>& uncommitted) {
    reader strict{broker, reading(isolation_level::read_committed)};
    strict.in.assign({"t", 0});
    CHECK(strict.values(committed.size()) == committed);
    reader lax{broker, reading(isolation_level::read_uncommitted)};
    lax.in.assign({"t", 0});
    CHECK(lax.values(uncommitted.size()) == uncommitted);
}

} // namespace

TEST_CASE("committed records are handed out, aborted ones are not, and uncommitted readers see all", "[F9]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    fill(broker, "t", 0, 3);
    transact(broker, 3, 3, outcome::committed);
    transact(broker, 6, 3, outcome::aborted);
    fill(broker, "t", 0, 3, 3, 9);
    check_both(broker, joined({numbers(0, 6), numbers(9, 3)}), numbers(0, 12));
}

TEST_CASE("transactions that interleave are told apart by their producers", "[F9]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    const auto a = transact(broker, 0, 2, outcome::open);
    const auto b = transact(broker, 2, 2, outcome::open);
    transact(broker, 4, 2, outcome::open, a);
    fill(broker, "t", 0, 2, 2, 6);
    transact(broker, 8, 2, outcome::aborted, b);
    transact(broker, 10, 2, outcome::committed, a);
    check_both(broker, joined({numbers(0, 2), numbers(4, 4), numbers(10, 2)}), numbers(0, 12));
}

TEST_CASE("a producer that aborts again and again and commits in between is read right", "[F9]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    std::vector<std::string> committed;
    std::int64_t producer = -1;
    for (int round = 0; round < 20; ++round) {
        const bool keeps = round % 3 == 1;
        producer = transact(broker, round * 5, 5, keeps ? outcome::committed : outcome::aborted, producer);
        if (keeps) committed = joined({committed, numbers(round * 5, 5)});
        // Markers that end nothing, of this producer and of one nobody has heard of.
        if (round % 4 == 0) broker.append_marker("t", 0, producer, outcome::aborted);
        if (round % 5 == 0) broker.append_marker("t", 0, 424242, outcome::aborted);
    }
    // Outside of transactions, by the same producer id or by none, nothing is hidden.
    fill(broker, "t", 0, 5, 5, 100);
    committed = joined({committed, numbers(100, 5)});
    check_both(broker, committed, numbers(0, 105));
    // From every offset: in the middle of aborted batches, at markers, between.
    for (std::int64_t from = 0; from < broker.end_offset("t", 0) - 6; ++from) {
        CAPTURE(from);
        std::vector<std::string> expected;
        for (const auto& record : broker.records("t", 0)) {
            const bool wanted =
                std::find(committed.begin(), committed.end(), *record.value) != committed.end();
            if (record.offset >= from && wanted) expected.push_back(*record.value);
        }
        auto options = reading(isolation_level::read_committed);
        options.partition_fetch_bytes = 300;
        reader with{broker, options};
        with.in.assign({"t", 0}, start_position::at(from));
        CHECK(with.values(expected.size()) == expected);
    }
}

TEST_CASE("the position passes markers, aborted batches and batches that compaction emptied", "[F10]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    reader with{broker, reading(isolation_level::read_committed)};
    with.in.assign({"t", 0});
    SECTION("nothing but aborted records and a marker") { transact(broker, 0, 5, outcome::aborted); }
    SECTION("nothing but a marker") { transact(broker, 0, 0, outcome::committed); }
    SECTION("a batch without records") {
        transact(broker, 0, 3, outcome::committed);
        broker.compact("t", 0, {0, 1, 2});
        CHECK(broker.records("t", 0).empty());
    }
    const auto end = broker.end_offset("t", 0);
    REQUIRE(end > 0);
    polled more;
    with.in.async_poll(more.handler());
    REQUIRE(run_until(with.io, [&] { return with.in.position({"t", 0}) == end; }));
    CHECK(more.times == 0);
    broker.append("t", 0, {.value = "after"});
    REQUIRE(run_until(with.io, [&] { return more.times == 1; }));
    REQUIRE(more.records.size() == 1);
    CHECK(more.records.begin()->offset() == end);
}

TEST_CASE("what follows in one answer behind records that are hidden is handed out", "[F10]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    for (int round = 0; round < 30; ++round) {
        transact(broker, 1000, 10, outcome::aborted);
        fill(broker, "t", 0, 1, 1, round);
    }
    reader with{broker, reading(isolation_level::read_committed)};
    with.in.assign({"t", 0});
    CHECK(with.values(30) == numbers(0, 30));
}

TEST_CASE("gaps that compaction left are passed, and reading may start inside them", "[F10]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    fill(broker, "t", 0, 60, 10);
    // A batch with gaps, one without its first and last record, one that is gone as a whole.
    broker.compact("t", 0, {2, 3, 7, 10, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29});
    std::vector<std::int64_t> left;
    for (const auto& record : broker.records("t", 0)) left.push_back(record.offset);
    REQUIRE(left.size() == 45);
    for (const std::int64_t from : {0, 2, 3, 4, 8, 10, 19, 20, 25, 29, 30, 59}) {
        CAPTURE(from);
        reader with{broker};
        with.in.assign({"t", 0}, start_position::at(from));
        const auto expected = std::count_if(left.begin(), left.end(), [&](auto at) { return at >= from; });
        std::vector<std::int64_t> got;
        while (got.size() < static_cast<std::size_t>(expected)) {
            const auto result = with.poll();
            REQUIRE(result.records.events().empty());
            for (const auto& record : result.records) got.push_back(record.offset());
        }
        CHECK(std::equal(got.begin(), got.end(), left.end() - expected, left.end()));
        CHECK(with.in.position({"t", 0}) == 60);
    }
}

TEST_CASE("behind an open transaction a committed reader waits without spinning, and goes on when it ends",
          "[F11]") {
    for (const auto end : {outcome::committed, outcome::aborted}) {
        CAPTURE(end == outcome::committed);
        testing::broker broker;
        broker.create_topic("t", 1);
        fill(broker, "t", 0, 5);
        const auto hanging = transact(broker, 5, 5, outcome::open);
        fill(broker, "t", 0, 5, 5, 10);
        CHECK(broker.last_stable_offset("t", 0) == 5);
        auto options = reading(isolation_level::read_committed);
        options.report_end = true;
        reader with{broker, options};
        with.in.assign({"t", 0});
        // The end that a committed reader can reach is that of what is stable.
        std::vector<std::string> stable;
        std::vector<partition_event> ends;
        while (stable.size() < 5 || ends.empty()) {
            const auto result = with.poll();
            for (const auto& record : result.records) stable.push_back(record.value().to_string());
            for (const auto& event : result.records.events()) ends.push_back(event);
        }
        CHECK(stable == numbers(0, 5));
        REQUIRE(ends.size() == 1);
        CHECK(ends.front().what == partition_event::kind::end_of_partition);
        CHECK(ends.front().offset == 5);
        polled waiting;
        with.in.async_poll(waiting.handler());
        with.io.run_for(50ms);
        broker.clear_requests();
        with.io.run_for(400ms);
        CHECK(waiting.times == 0);
        CHECK(broker.request_count(api::fetch) <= 12);
        // The lag is none; that something lies behind it can be seen.
        CHECK(with.in.lag({"t", 0}) == 0);
        CHECK(with.in.metrics().held_back == 10);
        broker.append_marker("t", 0, hanging, end);
        std::vector<std::string> rest;
        const std::size_t count = end == outcome::committed ? 10 : 5;
        REQUIRE(run_until(with.io, [&] { return waiting.times == 1; }));
        for (const auto& record : waiting.records) rest.push_back(record.value().to_string());
        while (rest.size() < count) {
            for (const auto& record : with.poll().records) rest.push_back(record.value().to_string());
        }
        CHECK(rest == (end == outcome::committed ? numbers(5, 10) : numbers(10, 5)));
        CHECK(with.in.metrics().held_back == 0);
        // To the uncommitted one it is all there from the beginning.
        reader lax{broker, reading(isolation_level::read_uncommitted)};
        lax.in.assign({"t", 0});
        CHECK(lax.values(15) == numbers(0, 15));
    }
}

TEST_CASE("the end of a log for a committed reader is where the first open transaction starts", "[F11]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    fill(broker, "t", 0, 5);
    transact(broker, 5, 5, outcome::open);
    reader strict{broker, reading(isolation_level::read_committed)};
    strict.in.assign({"t", 0}, start_position::before_end(2));
    CHECK(strict.values(2) == numbers(3, 2));
    reader lax{broker, reading(isolation_level::read_uncommitted)};
    lax.in.assign({"t", 0}, start_position::before_end(2));
    CHECK(lax.values(2) == numbers(8, 2));
}

TEST_CASE("records of magic 0, 1 and 2 in one log are read as one", "[F14]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    int next = 0;
    for (const auto codec : {compression::none, compression::gzip, compression::snappy, compression::lz4}) {
        for (const int magic : {0, 1, 0}) {
            if (magic == 0 && codec == compression::lz4) continue;
            const auto values = numbers(next, 7);
            std::vector<producer_record> records(values.size());
            for (std::size_t i = 0; i < values.size(); ++i) {
                records[i].value = values[i];
                records[i].key = "k";
                records[i].timestamp = timestamp{5000ms + std::chrono::milliseconds{i}};
            }
            broker.append_legacy("t", 0, records, magic, codec);
            next += 7;
            fill(broker, "t", 0, 3, 3, next);
            next += 3;
        }
    }
    CHECK(broker.records("t", 0).size() == static_cast<std::size_t>(next));
    for (std::int64_t from = 0; from < next; from += 3) {
        CAPTURE(from);
        auto options = from_start();
        options.partition_fetch_bytes = from % 2 == 0 ? 1'000'000 : 100;
        reader with{broker, options};
        with.in.assign({"t", 0}, start_position::at(from));
        auto at = from;
        while (at < next) {
            const auto result = with.poll();
            REQUIRE(result.records.events().empty());
            for (const auto& record : result.records) {
                REQUIRE(record.offset() == at);
                REQUIRE(record.value() == std::to_string(at));
                ++at;
            }
        }
    }
}
