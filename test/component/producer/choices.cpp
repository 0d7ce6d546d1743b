// SPDX-License-Identifier: BSL-1.0
// What a producer's options choose, what its metrics tell, and what is withdrawn in time.
#include "support/catch.hpp"
#include "support/run.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/producer.hpp>
#include <kasio/testing/broker.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <deque>
#include <numeric>
#include <random>
#include <set>

namespace asio = boost::asio;
using namespace kasio;
using namespace std::chrono_literals;
using kasio_test::run;
using kasio_test::run_until;
using testing::api;

namespace {

cluster_options servers(const testing::broker& broker) {
    return {.bootstrap_servers = broker.bootstrap_servers(), .reconnect_backoff = 5ms, .retry_backoff = 5ms};
}

asio::awaitable<void> send_each(testing::broker& broker, producer_options options,
                                std::vector<producer_record> records, std::vector<delivery>& where,
                                producer_metrics* seen = nullptr) {
    const auto executor = co_await asio::this_coro::executor;
    cluster kafka{executor, servers(broker)};
    producer out{kafka, std::move(options)};
    const auto results = co_await out.async_send_many(records);
    for (const auto& each : results) {
        REQUIRE_FALSE(each.error);
        where.push_back(each.delivery);
    }
    co_await out.async_flush();
    if (seen != nullptr) *seen = out.metrics();
    co_await out.async_close();
}

std::vector<delivery> sent_with(producer_options options, const std::vector<producer_record>& records,
                                producer_metrics* seen = nullptr, int partitions = 4) {
    testing::broker broker;
    broker.create_topic("t", partitions);
    asio::io_context io;
    std::vector<delivery> where;
    run(io, send_each(broker, std::move(options), records, where, seen));
    return where;
}

} // namespace

TEST_CASE("round robin goes through the partitions whatever the key") {
    producer_options options;
    options.partitioning = partitioning::round_robin;
    const std::vector<producer_record> records(40, {.topic = "t", .key = "same", .value = "x"});
    std::vector<int> seen(4, 0);
    for (const auto& each : sent_with(options, records)) ++seen[static_cast<std::size_t>(each.partition)];
    CHECK(seen == std::vector<int>{10, 10, 10, 10});
}

TEST_CASE("librdkafka's default puts keys where librdkafka does") {
    producer_options options;
    options.partitioning = partitioning::consistent_random;
    const std::vector<producer_record> records{{.topic = "t", .key = "a", .value = "1"},
                                               {.topic = "t", .key = "42", .value = "2"}};
    const auto where = sent_with(options, records, nullptr, 7);
    CHECK(where[0].partition == 4);
    CHECK(where[1].partition == 3);
}

TEST_CASE("a user's function decides, unless the record does; below zero it leaves the choice") {
    producer_options options;
    options.partitioner = [](const partition_question& asked) {
        if (asked.topic != "t" || asked.partitions != 4) return 0;
        if (asked.key.is_null()) return -1;
        return asked.value == bytes_view{"last"} ? asked.partitions - 1 : 1;
    };
    const std::vector<producer_record> records{{.topic = "t", .key = "k", .value = "last"},
                                               {.topic = "t", .key = "k", .value = "other"},
                                               {.topic = "t", .partition = 2, .key = "k", .value = "last"},
                                               {.topic = "t", .value = "whatever"}};
    const auto where = sent_with(options, records);
    CHECK(where[0].partition == 3);
    CHECK(where[1].partition == 1);
    CHECK(where[2].partition == 2);
    CHECK(where[3].partition >= 0);
}

namespace {

asio::awaitable<void> grow(testing::broker& broker, std::vector<delivery>& before,
                           std::vector<delivery>& after) {
    const auto executor = co_await asio::this_coro::executor;
    auto with = servers(broker);
    with.metadata_max_age = 50ms;
    cluster kafka{executor, std::move(with)};
    producer out{kafka, {.linger = 0ms}};
    for (int i = 0; i < 20; ++i) {
        const auto value = std::to_string(i);
        const auto what = co_await out.async_send({.topic = "t", .key = "order-000017", .value = value});
        before.push_back(what);
    }
    broker.add_partitions("t", 100);
    // By name it waits until the partition is known.
    co_await out.async_send({.topic = "t", .partition = 99, .value = "grown"});
    for (int i = 20; i < 40; ++i) {
        const auto value = std::to_string(i);
        const auto what = co_await out.async_send({.topic = "t", .key = "order-000017", .value = value});
        after.push_back(what);
    }
    co_await out.async_close();
}

} // namespace

TEST_CASE("a topic that grows moves keys as Java's producer does; within each partition their order holds") {
    testing::broker broker;
    broker.create_topic("t", 7);
    asio::io_context io;
    std::vector<delivery> before;
    std::vector<delivery> after;
    run(io, grow(broker, before, after));
    for (const auto& each : before) CHECK(each.partition == 1);
    for (const auto& each : after) CHECK(each.partition == 15);
    int next = 0;
    for (const int partition : {1, 15}) {
        for (const auto& each : broker.records("t", partition)) CHECK(each.value == std::to_string(next++));
    }
    CHECK(next == 40);
}

TEST_CASE("what does not get smaller goes plain, what does goes compressed") {
    std::mt19937 random{1};
    std::string noise(5000, '\0');
    for (auto& each : noise) each = static_cast<char>(random());
    const std::string text(5000, 'a');
    for (const auto codec : {compression::gzip, compression::lz4}) {
        producer_options options;
        options.compression = codec;
        producer_metrics seen;
        sent_with(options, {{.topic = "t", .partition = 0, .value = noise}}, &seen);
        CHECK(seen.batches_incompressible == 1);
        CHECK(seen.compression_ratio() == 1.0);
        sent_with(options, {{.topic = "t", .partition = 0, .value = text}}, &seen);
        CHECK(seen.batches_incompressible == 0);
        CHECK(seen.compression_ratio() < 0.1);
    }
}

TEST_CASE("batches compressed on another executor arrive once and in order") {
    asio::thread_pool pool{3};
    testing::broker broker;
    broker.create_topic("t", 2);
    producer_options options;
    options.compression = compression::lz4;
    options.compression_executor = pool.get_executor();
    options.batch_size = 2000;
    std::deque<std::string> values;
    std::vector<producer_record> records;
    for (int i = 0; i < 2000; ++i) {
        values.push_back(std::to_string(i) + " some text that is the same in each record");
        records.push_back({.topic = "t", .partition = i % 2, .value = values.back()});
    }
    asio::io_context io;
    std::vector<delivery> where;
    producer_metrics seen;
    run(io, send_each(broker, options, records, where, &seen));
    CHECK(seen.compression_ratio() < 0.7);
    for (int partition = 0; partition < 2; ++partition) {
        const auto stored = broker.records("t", partition);
        REQUIRE(stored.size() == 1000);
        for (std::size_t at = 0; at < 1000; ++at)
            REQUIRE(std::stoi(*stored[at].value) == static_cast<int>(at) * 2 + partition);
    }
    pool.join();
}

TEST_CASE("metrics count what happened, and a batch wakes the producer once, not each of its records") {
    producer_options options;
    options.linger = 20ms;
    options.acks = acks::leader;
    const std::vector<producer_record> records(
        10'000, {.topic = "t", .partition = 0, .value = "twenty bytes of text"});
    producer_metrics seen;
    sent_with(options, records, &seen);
    CHECK(seen.records_delivered == 10'000);
    CHECK(seen.records_not_sent == 0);
    CHECK(seen.records_unknown == 0);
    CHECK(seen.batches >= 1);
    CHECK(seen.batches < 20);
    CHECK(seen.requests == seen.batches);
    CHECK(seen.retries == 0);
    CHECK(seen.broker_errors == 0);
    CHECK(seen.wakes <= 2 * seen.batches + 3);
    CHECK(seen.batch_records.sum == 10'000);
    CHECK(seen.request_latency.count == seen.requests);
    CHECK(seen.queue_time.count == seen.batches);
    CHECK(seen.batch_bytes == seen.batch_bytes_sent);
    CHECK(seen.buffer_used == 0);
    CHECK(seen.buffer_limit == 33'554'432);
    CHECK(seen.senders_waiting == 0);
}

TEST_CASE("a large batch that finds no more room goes as it is, and is not copied over and over to grow",
          "[R1]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    asio::io_context io;
    cluster kafka{io.get_executor(), servers(broker)};
    producer_options options;
    options.buffer_memory = 400'000;
    options.linger = 10s;
    std::size_t delivered = 0;
    options.on_delivery = [&delivered](const delivery_report& report) {
        if (!report.error) delivered += report.deliveries.size();
    };
    producer out{kafka, options};
    const auto flush = [&] {
        bool flushed = false;
        out.async_flush([&flushed](error_code) { flushed = true; });
        REQUIRE(run_until(io, [&flushed] { return flushed; }));
    };
    REQUIRE_FALSE(out.try_send({.topic = "t", .value = "first"}));
    flush(); // the partition is known now
    const std::string value(1000, 'x');
    std::size_t taken = 1;
    while (!out.try_send({.topic = "t", .value = value})) ++taken;
    flush();
    CHECK(delivered == taken);
    // The first doubled up to 256 KiB; what was left went to others.
    CHECK(taken > 350);
    CHECK(out.metrics().batches >= 1 + 2);
    CHECK(out.metrics().buffer_used == 0);
}

TEST_CASE("a record cancelled before its batch leaves is withdrawn, and the log never sees it", "[P13][L2]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    asio::io_context io;
    cluster kafka{io.get_executor(), servers(broker)};
    producer out{kafka, {.linger = 10s}};
    std::optional<delivery> warm;
    out.async_send({.topic = "t", .partition = 0, .value = "warm"},
                   [&](error_code, const delivery& what) { warm = what; });
    out.async_flush([](error_code) {});
    REQUIRE(run_until(io, [&] { return warm.has_value(); }));
    struct outcome {
        int times = 0;
        error_code error;
        delivery what;
    };
    std::vector<outcome> outcomes(10);
    std::vector<asio::cancellation_signal> signals(10);
    for (std::size_t at = 0; at < 10; ++at) {
        const auto value = std::to_string(at);
        auto handler = [&outcomes, at](error_code error, const delivery& what) {
            ++outcomes[at].times;
            outcomes[at].error = error;
            outcomes[at].what = what;
        };
        out.async_send({.topic = "t", .partition = 0, .value = value},
                       asio::bind_cancellation_slot(signals[at].slot(), std::move(handler)));
    }
    for (const std::size_t at : {0U, 4U, 9U}) signals[at].emit(asio::cancellation_type::total);
    REQUIRE(run_until(io, [&] { return outcomes[0].times + outcomes[4].times + outcomes[9].times == 3; }));
    bool flushed = false;
    out.async_flush([&flushed](error_code) { flushed = true; });
    REQUIRE(run_until(io, [&] { return flushed; }));
    std::int64_t next = 1;
    for (std::size_t at = 0; at < 10; ++at) {
        CAPTURE(at);
        CHECK(outcomes[at].times == 1);
        if (at == 0 || at == 4 || at == 9) {
            CHECK(outcomes[at].error == asio::error::operation_aborted);
            CHECK(outcomes[at].what.fate == fate::not_sent);
        } else {
            CHECK(outcomes[at].what.offset == next++);
        }
    }
    CHECK(broker.records("t", 0).size() == 8);
    CHECK(out.metrics().records_withdrawn == 3);
}

TEST_CASE("a long outage with nobody to read its outcomes holds the budget and no more", "[R1][R3]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    asio::io_context io;
    cluster kafka{io.get_executor(), servers(broker)};
    std::size_t reported = 0;
    std::size_t reports = 0;
    producer_options options;
    options.buffer_memory = 200'000;
    options.delivery_timeout = 300ms;
    options.max_block = 100ms;
    options.on_delivery = [&](const delivery_report& report) {
        reported += report.deliveries.size();
        ++reports;
    };
    producer out{kafka, options};
    std::size_t sent = 0;
    // Once connected, the broker stops.
    REQUIRE_FALSE(out.try_send({.topic = "t", .partition = 0, .value = "warm"}));
    ++sent;
    REQUIRE(run_until(io, [&] { return reported == 1; }));
    broker.pause_node(1);
    const std::string value(100, 'x');
    std::size_t refused = 0;
    const auto until = std::chrono::steady_clock::now() + 1s;
    while (std::chrono::steady_clock::now() < until) {
        for (int i = 0; i < 1000; ++i) {
            const auto error = out.try_send({.topic = "t", .partition = 0, .value = value});
            if (!error) ++sent;
            else if (error == errc::would_block) ++refused;
            REQUIRE((!error || error == errc::would_block));
        }
        REQUIRE(out.metrics().buffer_used <= 200'000);
        io.restart();
        io.run_for(5ms);
    }
    CHECK(refused > 0);
    CHECK(sent > 2000);
    REQUIRE(run_until(io, [&] { return reported == sent; }));
    CHECK(reports < sent / 10);
    broker.resume_node(1);
    CHECK(out.metrics().buffer_used == 0);
}
