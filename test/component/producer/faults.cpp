// SPDX-License-Identifier: BSL-1.0
// Brokers that fail, move, throttle and fall silent while records are on their way.
#include "quick.hpp"
#include "support/catch.hpp"
#include "support/memory_growth.hpp"
#include "support/run.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/producer.hpp>
#include <kasio/testing/broker.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace asio = boost::asio;
using namespace kasio;
using namespace std::chrono_literals;
using kasio_test::quick;
using kasio_test::run;
using testing::api;

namespace {

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

/// Sends `count` numbered records to partition 0 and checks that each is acknowledged.
asio::awaitable<void> send_numbered(cluster& kafka, producer& out, std::string_view topic, int count) {
    std::vector<std::string> values;
    for (int i = 0; i < count; ++i) values.push_back(std::to_string(i));
    std::vector<producer_record> records;
    for (const auto& value : values) records.push_back({.topic = topic, .partition = 0, .value = value});
    const auto results = co_await out.async_send_many(records);
    for (const auto& each : results) {
        INFO(each.error.message() << " / " << kafka.last_failure().text);
        REQUIRE_FALSE(each.error);
        REQUIRE(each.delivery.fate == fate::delivered);
    }
}

void check_numbered(const testing::broker& broker, std::string_view topic, int count) {
    const auto stored = broker.records(topic, 0);
    REQUIRE(stored.size() == static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) REQUIRE(stored[static_cast<std::size_t>(i)].value == std::to_string(i));
}

asio::awaitable<void> survive(testing::broker& broker, std::function<void()> fault) {
    const auto executor = co_await asio::this_coro::executor;
    cluster kafka{executor, quick(broker)};
    producer out{kafka, {.linger = 1ms, .batch_size = 512}};
    co_await send_numbered(kafka, out, "warm", 1);
    fault();
    co_await send_numbered(kafka, out, "t", 500);
    co_await out.async_close();
    co_await kafka.async_close();
}

void check_survives(int nodes, const std::function<void(testing::broker&)>& fault) {
    testing::broker broker{{.nodes = nodes}};
    broker.create_topic("warm", 1);
    broker.create_topic("t", 1);
    asio::io_context io;
    run(io, survive(broker, [&] { fault(broker); }));
    check_numbered(broker, "t", 500);
}

} // namespace

TEST_CASE("a batch refused by a node that leads no more goes to the new leader, once and in order", "[P1]") {
    for (const auto error : {broker_errc::not_leader_or_follower, broker_errc::fenced_leader_epoch}) {
        CAPTURE(static_cast<int>(error));
        check_survives(3, [error](testing::broker& broker) { broker.fail_next(api::produce, error, 3); });
    }
    // The true case: the leader has moved, and its answer names the new one (Produce 10) or does not (9).
    for (const std::int16_t version : {std::int16_t{12}, std::int16_t{9}}) {
        CAPTURE(version);
        testing::broker broker{{.nodes = 3}};
        broker.set_versions(api::produce, 3, version);
        broker.create_topic("warm", 1);
        broker.create_topic("t", 1);
        asio::io_context io;
        run(io, survive(broker, [&broker] { broker.move_leader("t", 0, broker.leader("t", 0) % 3 + 1); }));
        check_numbered(broker, "t", 500);
    }
}

TEST_CASE("a leader hint is followed without a look at the metadata", "[P1]") {
    testing::broker broker{{.nodes = 3}};
    broker.create_topic("warm", 1);
    broker.create_topic("t", 1);
    asio::io_context io;
    // Metadata stays on the old leader for a while: only the hint tells the new one.
    run(io, survive(broker, [&broker] {
            const auto old = broker.leader("t", 0);
            const auto epoch = broker.leader_epoch("t", 0);
            broker.move_leader("t", 0, old % 3 + 1);
            broker.show_leader("t", 0, old, epoch, 1000);
        }));
    check_numbered(broker, "t", 500);
}

TEST_CASE("retriable answers lead to the same batch again, and to one copy", "[P2]") {
    for (const auto error : {broker_errc::not_enough_replicas, broker_errc::request_timed_out,
                             broker_errc::not_enough_replicas_after_append, broker_errc::kafka_storage_error,
                             broker_errc::leader_not_available, broker_errc::corrupt_message}) {
        CAPTURE(static_cast<int>(error));
        check_survives(1, [error](testing::broker& broker) { broker.fail_next(api::produce, error, 2); });
    }
}

TEST_CASE("a connection cut at each byte of a request, or of its answer, costs no record and doubles none",
          "[P8]") {
    for (std::size_t bytes = 1; bytes < 200; bytes += 13) {
        CAPTURE(bytes);
        check_survives(1,
                       [bytes](testing::broker& broker) { broker.cut_next_request(api::produce, bytes, 2); });
    }
    for (std::size_t bytes = 0; bytes < 60; bytes += 7) {
        CAPTURE(bytes);
        check_survives(1, [bytes](testing::broker& broker) {
            broker.next(api::produce, {.cut_answer_after = bytes}, 2);
        });
    }
}

namespace {

asio::awaitable<void> lose_an_answer(testing::broker& broker) {
    const auto executor = co_await asio::this_coro::executor;
    cluster kafka{executor, quick(broker)};
    producer out{kafka};
    co_await send_numbered(kafka, out, "t", 1);
    broker.next(api::produce, {.cut_answer_after = 0});
    const auto where = co_await out.async_send({.topic = "t", .partition = 0, .value = "1"});
    CHECK(where.offset == 1); // of the first append, which the broker remembers
}

} // namespace

TEST_CASE("a batch whose answer was lost after the append is found in the log, at its first offset", "[P8]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    asio::io_context io;
    run(io, lose_an_answer(broker));
    check_numbered(broker, "t", 2);
}

TEST_CASE("a leader killed while records flow costs no record", "[P8]") {
    testing::broker broker{{.nodes = 3}};
    broker.create_topic("warm", 1);
    broker.create_topic("t", 1);
    asio::io_context io;
    run(io, survive(broker, [&broker] { broker.kill_node(broker.leader("t", 0)); }));
    check_numbered(broker, "t", 500);
}

namespace {

/// Much more than its memory may hold, which the log stores as next to nothing.
asio::awaitable<void> flow_past_a_standstill(testing::broker& broker) {
    const auto executor = co_await asio::this_coro::executor;
    auto options = quick(broker);
    options.request_timeout = 30s;
    cluster kafka{executor, options};
    producer out{kafka, {.buffer_memory = 8 << 20, .compression = compression::lz4}};
    co_await send_numbered(kafka, out, "t", 1);
    broker.pause_node(broker.leader("t", 1));
    bool stuck = true;
    out.async_send({.topic = "t", .partition = 1, .value = "x"}, [&stuck](error_code error, const delivery&) {
        CHECK_FALSE(error);
        stuck = false;
    });
    const memory_growth growth;
    const std::string value(1000, 'v');
    const producer_record record{.topic = "t", .partition = 0, .value = value};
    for (int sent = 0; sent < 200'000;) {
        const auto error = out.try_send(record);
        if (error == errc::would_block) co_await out.async_wait_writable();
        else if (error) throw boost::system::system_error{error};
        else ++sent;
    }
    CHECK(stuck);
    CHECK(growth.bytes() < 32 << 20);
    broker.resume_node(broker.leader("t", 1));
    co_await out.async_close();
    CHECK_FALSE(stuck);
}

} // namespace

TEST_CASE("batches that have ended give their memory back while an older one still waits", "[R1]") {
    testing::broker broker{{.nodes = 2}};
    broker.create_topic("t", 2);
    asio::io_context io;
    run(io, flow_past_a_standstill(broker));
    CHECK(broker.end_offset("t", 0) == 200'001);
    CHECK(broker.end_offset("t", 1) == 1);
}

namespace {

asio::awaitable<void> stay_quiet(testing::broker& broker) {
    const auto executor = co_await asio::this_coro::executor;
    cluster kafka{executor, quick(broker)};
    producer out{kafka, {.linger = 0ms}};
    co_await send_numbered(kafka, out, "t", 1);
    co_await out.async_send({.topic = "other", .partition = 0, .value = "x"});
    broker.throttle_next(api::produce, 400ms, 1, broker.leader("t", 0));
    co_await out.async_send({.topic = "t", .partition = 0, .value = "1"});
    const auto start = std::chrono::steady_clock::now();
    // Another node runs meanwhile.
    co_await out.async_send({.topic = "other", .partition = 0, .value = "y"});
    CHECK(std::chrono::steady_clock::now() - start < 300ms);
    co_await out.async_send({.topic = "t", .partition = 0, .value = "2"});
    CHECK(std::chrono::steady_clock::now() - start >= 350ms);
}

asio::awaitable<void> expire_while_quiet(testing::broker& broker) {
    const auto executor = co_await asio::this_coro::executor;
    cluster kafka{executor, quick(broker)};
    producer out{kafka, {.linger = 0ms, .delivery_timeout = 300ms}};
    broker.throttle_next(api::produce, 1h);
    co_await send_numbered(kafka, out, "t", 1);
    const auto start = std::chrono::steady_clock::now();
    const auto [error, what] =
        co_await out.async_send({.topic = "t", .partition = 0, .value = "late"}, as_tuple);
    CHECK(error == errc::message_timed_out);
    CHECK(what.fate == fate::not_sent);
    CHECK(std::chrono::steady_clock::now() - start < 2s);
    co_await out.async_close();
}

} // namespace

TEST_CASE("a throttled line stays quiet for that long while other nodes run", "[P9]") {
    testing::broker broker{{.nodes = 2}};
    broker.create_topic("t", 1);
    broker.create_topic("other", 1);
    broker.move_leader("t", 0, 1);
    broker.move_leader("other", 0, 2);
    asio::io_context io;
    run(io, stay_quiet(broker));
}

TEST_CASE("delivery time-outs come on time on a line that has to be quiet for an hour", "[P9]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    asio::io_context io;
    run(io, expire_while_quiet(broker));
    CHECK(broker.records("t", 0).size() == 1);
}

namespace {

asio::awaitable<void> expire_unanswered(testing::broker& broker) {
    const auto executor = co_await asio::this_coro::executor;
    cluster kafka{executor, quick(broker)};
    producer out{kafka, {.linger = 0ms, .delivery_timeout = 400ms}};
    co_await send_numbered(kafka, out, "t", 1);
    broker.drop_answer_next(api::produce, 1000);
    const auto [error, what] =
        co_await out.async_send({.topic = "t", .partition = 0, .value = "1"}, as_tuple);
    CHECK(error == errc::message_timed_out);
    CHECK(what.fate == fate::unknown);
    broker.clear_faults();
    broker.close_connections();
    // The producer goes on, under another epoch.
    const auto where = co_await out.async_send({.topic = "t", .partition = 0, .value = "2"});
    CHECK(where.fate == fate::delivered);
    co_await out.async_close();
}

} // namespace

TEST_CASE("a record in flight at its time-out says that its fate is unknown, and the producer goes on",
          "[P7]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    asio::io_context io;
    run(io, expire_unanswered(broker));
    const auto stored = broker.records("t", 0);
    REQUIRE(stored.size() == 3);
    CHECK(stored[2].value == "2");
}

namespace {

asio::awaitable<void> meet_refusals(testing::broker& broker) {
    const auto executor = co_await asio::this_coro::executor;
    cluster kafka{executor, quick(broker)};
    producer out{kafka, {.max_block = 300ms}};
    const std::string large(2'000'000, 'x');
    auto [error, what] = co_await out.async_send({.topic = "t", .value = large}, as_tuple);
    CHECK(error == errc::record_too_large);
    CHECK(what.fate == fate::not_sent);
    CHECK(out.try_send({.topic = "t", .value = large}) == errc::record_too_large);

    std::tie(error, what) = co_await out.async_send({.topic = "t", .partition = 7, .value = "x"}, as_tuple);
    CHECK(error == errc::unknown_partition);
    CHECK(what.fate == fate::not_sent);

    std::tie(error, what) = co_await out.async_send({.topic = "nowhere", .value = "x"}, as_tuple);
    CHECK(error == broker_errc::unknown_topic_or_partition);
    CHECK(what.fate == fate::not_sent);

    broker.fail_next(api::produce, broker_errc::topic_authorization_failed);
    std::tie(error, what) = co_await out.async_send({.topic = "t", .partition = 0, .value = "x"}, as_tuple);
    CHECK(error == broker_errc::topic_authorization_failed);
    CHECK(what.fate == fate::not_sent);
    co_await send_numbered(kafka, out, "t", 1);
}

} // namespace

TEST_CASE("what cannot be delivered ends at once with its own error, and the next record goes through") {
    testing::broker broker{{.auto_create_topics = false}};
    broker.create_topic("t", 1);
    asio::io_context io;
    run(io, meet_refusals(broker));
}

namespace {

asio::awaitable<void> answer_badly(testing::broker& broker) {
    const auto executor = co_await asio::this_coro::executor;
    cluster kafka{executor, quick(broker)};
    producer out{kafka};
    co_await send_numbered(kafka, out, "warm", 1);
    // The answer's first topic loses its only partition: what it leaves out is asked for again.
    broker.next(api::produce, {.edit_answer = [](std::string& frame) { frame.resize(frame.size() / 2); }});
    co_await send_numbered(kafka, out, "t", 1);
}

} // namespace

TEST_CASE("an answer that is cut short is no delivery: the batch is sent again and lands once", "[P12]") {
    testing::broker broker;
    broker.create_topic("warm", 1);
    broker.create_topic("t", 1);
    asio::io_context io;
    run(io, answer_badly(broker));
    check_numbered(broker, "t", 1);
}
