// SPDX-License-Identifier: BSL-1.0
// Records arrive as they were sent, and their deliveries say where.
#include "support/catch.hpp"
#include "support/run.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/hash.hpp>
#include <kasio/producer.hpp>
#include <kasio/testing/broker.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <future>
#include <map>
#include <thread>

namespace asio = boost::asio;
using namespace kasio;
using namespace std::chrono_literals;
using kasio_test::run;

namespace {

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

asio::awaitable<void> send_every_shape(testing::broker& broker) {
    const auto executor = co_await asio::this_coro::executor;
    cluster kafka{executor, {.bootstrap_servers = broker.bootstrap_servers()}};
    producer out{kafka};
    const std::vector<header> headers{{"trace", "abc"}, {"trace", nullptr}, {"empty", ""}};
    const auto time = timestamp{1'700'000'000'123ms};
    const auto first = co_await out.async_send(
        {.topic = "shapes", .partition = 0, .key = "k", .value = "v", .headers = headers, .timestamp = time});
    CHECK(first.partition == 0);
    CHECK(first.offset == 0);
    CHECK(first.fate == fate::delivered);
    CHECK(first.timestamp == time);
    const auto second = co_await out.async_send({.topic = "shapes", .partition = 0});
    CHECK(second.offset == 1);
    const auto third = co_await out.async_send({.topic = "shapes", .partition = 0, .key = "", .value = ""});
    CHECK(third.offset == 2);
    co_await out.async_close();
    co_await kafka.async_close();
}

} // namespace

TEST_CASE("a record arrives with key, value, headers and timestamp, null apart from empty") {
    testing::broker broker;
    broker.create_topic("shapes", 1);
    asio::io_context io;
    run(io, send_every_shape(broker));
    const auto stored = broker.records("shapes", 0);
    REQUIRE(stored.size() == 3);
    CHECK(stored[0].key == "k");
    CHECK(stored[0].value == "v");
    CHECK(stored[0].timestamp == 1'700'000'000'123);
    REQUIRE(stored[0].headers.size() == 3);
    CHECK(stored[0].headers[0].second == "abc");
    CHECK_FALSE(stored[0].headers[1].second.has_value());
    CHECK(stored[0].headers[2].second == "");
    CHECK_FALSE(stored[1].key.has_value());
    CHECK_FALSE(stored[1].value.has_value());
    CHECK(stored[2].key == "");
    CHECK(stored[2].value == "");
}

namespace {

asio::awaitable<void> send_keyed(testing::broker& broker) {
    const auto executor = co_await asio::this_coro::executor;
    cluster kafka{executor, {.bootstrap_servers = broker.bootstrap_servers()}};
    producer out{kafka};
    for (int i = 0; i < 50; ++i) {
        const auto key = "key-" + std::to_string(i);
        const auto where = co_await out.async_send({.topic = "keyed", .key = key, .value = "v"});
        CHECK(where.partition == (murmur2(key) & 0x7fffffff) % 7);
    }
}

} // namespace

TEST_CASE("a keyed record goes to the partition that the Java client would choose") {
    testing::broker broker{{.nodes = 3}};
    broker.create_topic("keyed", 7);
    asio::io_context io;
    run(io, send_keyed(broker));
}

namespace {

asio::awaitable<void> send_many_to(testing::broker& broker, compression codec, acks level) {
    const auto executor = co_await asio::this_coro::executor;
    cluster kafka{executor, {.bootstrap_servers = broker.bootstrap_servers()}};
    producer out{kafka, {.acks = level, .batch_size = 16'384, .compression = codec}};
    std::vector<std::string> values;
    for (int i = 0; i < 5000; ++i) values.push_back("value-" + std::to_string(i));
    std::vector<producer_record> records;
    for (const auto& value : values) records.push_back({.topic = "many", .key = value, .value = value});
    const auto results = co_await out.async_send_many(records);
    REQUIRE(results.size() == 5000);
    for (const auto& each : results) {
        REQUIRE_FALSE(each.error);
        CHECK(each.delivery.fate == fate::delivered);
        CHECK((each.delivery.offset >= 0) == (level != acks::none));
    }
    co_await out.async_close();
}

void check_all_arrived(testing::broker& broker, int partitions) {
    std::size_t total = 0;
    for (int partition = 0; partition < partitions; ++partition) {
        int last = -1;
        for (const auto& record : broker.records("many", partition)) {
            const auto number = std::stoi(record.value->substr(6));
            CHECK(number > last);
            last = number;
            CHECK(record.key == record.value);
            ++total;
        }
    }
    CHECK(total == 5000);
}

} // namespace

TEST_CASE("many records arrive once and in order, with every codec") {
    for (const auto codec : {compression::none, compression::gzip, compression::snappy, compression::lz4,
                             compression::zstd}) {
        if (!is_available(codec)) continue;
        CAPTURE(static_cast<int>(codec));
        testing::broker broker{{.nodes = 3}};
        broker.create_topic("many", 6);
        asio::io_context io;
        run(io, send_many_to(broker, codec, acks::all));
        check_all_arrived(broker, 6);
    }
}

TEST_CASE("acks none counts what was written as delivered, without an answer", "[P14]") {
    testing::broker broker;
    broker.create_topic("many", 2);
    asio::io_context io;
    run(io, send_many_to(broker, compression::none, acks::none));
    // The last bytes may still be on their way when the producer has closed.
    for (int i = 0; i < 500 && broker.end_offset("many", 0) + broker.end_offset("many", 1) < 5000; ++i) {
        std::this_thread::sleep_for(10ms);
    }
    check_all_arrived(broker, 2);
}

TEST_CASE("acks leader delivers") {
    testing::broker broker;
    broker.create_topic("many", 2);
    asio::io_context io;
    run(io, send_many_to(broker, compression::none, acks::leader));
    check_all_arrived(broker, 2);
}

TEST_CASE("a topic that does not exist is created by its first record, where the broker allows it") {
    testing::broker broker;
    asio::io_context io;
    run(io, send_many_to(broker, compression::none, acks::all));
    CHECK(broker.has_topic("many"));
    check_all_arrived(broker, broker.partition_count("many"));
}

TEST_CASE("a future and a callback get the delivery too") {
    testing::broker broker;
    broker.create_topic("tokens", 1);
    asio::io_context io;
    auto work = asio::make_work_guard(io);
    std::thread runner{[&io] { io.run(); }};
    {
        cluster kafka{io.get_executor(), {.bootstrap_servers = broker.bootstrap_servers()}};
        producer out{kafka};
        CHECK(out.async_send({.topic = "tokens", .value = "a"}, asio::use_future).get().offset == 0);
        std::promise<delivery> got;
        out.async_send({.topic = "tokens", .value = "b"}, [&got](error_code error, const delivery& what) {
            CHECK_FALSE(error);
            got.set_value(what);
        });
        CHECK(got.get_future().get().offset == 1);
        out.async_close(asio::use_future).get();
        kafka.async_close(asio::use_future).get();
    }
    work.reset();
    runner.join();
}

namespace {

asio::awaitable<void> try_and_flush(testing::broker& broker, std::map<std::int64_t, int>& seen, std::size_t& calls) {
    const auto executor = co_await asio::this_coro::executor;
    cluster kafka{executor, {.bootstrap_servers = broker.bootstrap_servers()}};
    producer_options options;
    options.linger = 200ms;
    options.on_delivery = [&](const delivery_report& report) {
        ++calls;
        CHECK_FALSE(report.error);
        CHECK(report.topic == "fast");
        for (const auto& each : report.deliveries) ++seen[each.offset];
    };
    producer out{kafka, options};
    for (int i = 0; i < 1000; ++i) {
        CHECK_FALSE(out.try_send({.topic = "fast", .partition = 0, .value = std::to_string(i)}));
    }
    co_await out.async_flush();
    CHECK(seen.size() == 1000);
    co_await out.async_close();
}

} // namespace

TEST_CASE("try_send reports each outcome once, a call a batch, and a flush does not wait for the linger") {
    testing::broker broker;
    broker.create_topic("fast", 1);
    std::map<std::int64_t, int> seen;
    std::size_t calls = 0;
    asio::io_context io;
    run(io, try_and_flush(broker, seen, calls));
    CHECK(seen.begin()->first == 0);
    CHECK(seen.rbegin()->first == 999);
    for (const auto& [offset, times] : seen) CHECK(times == 1);
    CHECK(calls <= 4);
    const auto stored = broker.records("fast", 0);
    for (std::size_t i = 0; i < stored.size(); ++i) CHECK(stored[i].value == std::to_string(i));
}

namespace {

asio::awaitable<void> send_lingering(testing::broker& broker) {
    const auto executor = co_await asio::this_coro::executor;
    cluster kafka{executor, {.bootstrap_servers = broker.bootstrap_servers()}};
    producer out{kafka, {.linger = 50ms}};
    co_await out.async_send({.topic = "linger", .partition = 0, .value = "first"});
    broker.clear_requests();
    std::size_t ended = 0;
    for (int i = 0; i < 100; ++i) {
        out.async_send({.topic = "linger", .partition = 0, .value = "x"},
                       [&ended](error_code error, const delivery&) {
                           CHECK_FALSE(error);
                           ++ended;
                       });
    }
    co_await out.async_send({.topic = "linger", .partition = 0, .value = "last"});
    CHECK(ended == 100);
    CHECK(broker.request_count(testing::api::produce) == 1);
}

} // namespace

TEST_CASE("records sent within the linger go out in one request") {
    testing::broker broker;
    broker.create_topic("linger", 1);
    asio::io_context io;
    run(io, send_lingering(broker));
}
