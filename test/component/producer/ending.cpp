// SPDX-License-Identifier: BSL-1.0
// Close, cancellation, destruction, budget: everything that waits ends, once and in time.
#include "support/catch.hpp"
#include "support/run.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/producer.hpp>
#include <kasio/testing/broker.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <optional>

namespace asio = boost::asio;
using namespace kasio;
using namespace std::chrono_literals;
using kasio_test::drain;
using kasio_test::run;
using kasio_test::run_until;
using testing::api;

namespace {

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

cluster_options quick(const std::string& servers) {
    return {.bootstrap_servers = servers,
            .connect_timeout = 500ms,
            .request_timeout = 500ms,
            .default_timeout = 2s,
            .reconnect_backoff = 5ms,
            .retry_backoff = 5ms};
}

/// An outcome, counted.
struct outcome {
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

/// Where a broker can fall silent or be missing while a send is on its way.
const std::vector<std::pair<const char*, std::function<void(testing::broker&)>>> stages{
    {"refusing connections", [](testing::broker& broker) { broker.kill_node(1); }},
    {"silent from the start", [](testing::broker& broker) { broker.pause_node(1); }},
    {"silent at ApiVersions", [](testing::broker& broker) { broker.drop_next(api::api_versions, 1000); }},
    {"silent at Metadata", [](testing::broker& broker) { broker.drop_next(api::metadata, 1000); }},
    {"silent at InitProducerId", [](testing::broker& broker) { broker.drop_next(api::init_producer_id, 1000); }},
    {"silent at Produce", [](testing::broker& broker) { broker.drop_next(api::produce, 1000); }},
    {"answering Produce with a retriable error",
     [](testing::broker& broker) { broker.fail_next(api::produce, broker_errc::not_enough_replicas, 100'000); }},
};

} // namespace

TEST_CASE("close delivers what filled a batch while its topic was not known yet", "[L1]") {
    // Each record is a batch of its own: sealed in the very turn in which the partitions become known.
    testing::broker broker;
    asio::io_context io;
    cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
    producer_options options;
    options.batch_size = 1'000;
    std::size_t delivered = 0;
    options.on_delivery = [&delivered](const delivery_report& report) {
        CHECK_FALSE(report.error);
        delivered += report.deliveries.size();
    };
    producer out{kafka, options};
    const std::string large(2'000, 'x');
    CHECK_FALSE(out.try_send({.topic = "unheard", .value = large}));
    CHECK_FALSE(out.try_send({.topic = "unheard", .value = large}));
    std::optional<error_code> closed;
    out.async_close(10s, [&](error_code error) {
        closed = error;
        CHECK(delivered == 2);
        kafka.async_close([](error_code) {});
    });
    io.run();
    CHECK(closed == error_code{});
    CHECK(delivered == 2);
}

TEST_CASE("a close ends by its deadline whatever the broker does, and each send ends once", "[L1]") {
    for (const auto& [name, fault] : stages) {
        CAPTURE(name);
        testing::broker broker;
        broker.create_topic("t", 1);
        fault(broker);
        asio::io_context io;
        cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
        producer out{kafka};
        outcome sent;
        out.async_send({.topic = "t", .value = "x"}, sent.handler());
        std::optional<error_code> closed;
        std::optional<error_code> again;
        asio::steady_timer later{io, 50ms};
        const auto start = std::chrono::steady_clock::now();
        later.async_wait([&](error_code) {
            out.async_close(200ms, [&](error_code error) { closed = error; });
            out.async_close(10s, [&](error_code error) { again = error; });
        });
        REQUIRE(run_until(io, [&] { return closed && again && sent.times == 1; }, 5s));
        CHECK(std::chrono::steady_clock::now() - start < 1500ms);
        CHECK(closed == errc::request_timed_out);
        CHECK(again == closed);
        CHECK(sent.error == errc::closed);
        CHECK(sent.what.fate != fate::delivered);
        outcome late;
        out.async_send({.topic = "t", .value = "y"}, late.handler());
        CHECK(out.try_send({.topic = "t", .value = "z"}) == errc::closed);
        REQUIRE(run_until(io, [&] { return late.times == 1; }, 1s));
        CHECK(late.error == errc::closed);
        std::optional<error_code> ended;
        kafka.async_close(200ms, [&](error_code error) { ended = error; });
        REQUIRE(run_until(io, [&] { return ended.has_value(); }, 2s));
        CHECK(drain(io));
        CHECK(sent.times == 1);
    }
}

TEST_CASE("closing the cluster ends the sends of its producers", "[L1]") {
    for (const auto& [name, fault] : stages) {
        CAPTURE(name);
        testing::broker broker;
        broker.create_topic("t", 1);
        fault(broker);
        asio::io_context io;
        cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
        producer out{kafka};
        outcome sent;
        out.async_send({.topic = "t", .value = "x"}, sent.handler());
        asio::steady_timer later{io, 30ms};
        std::optional<error_code> closed;
        later.async_wait([&](error_code) { kafka.async_close(200ms, [&](error_code error) { closed = error; }); });
        REQUIRE(run_until(io, [&] { return closed && sent.times == 1; }, 5s));
        CHECK(sent.error == errc::closed);
        CHECK(drain(io));
    }
}

TEST_CASE("destroying the handles ends what waits with operation_aborted, through the executor", "[L3]") {
    for (const auto& [name, fault] : stages) {
        CAPTURE(name);
        testing::broker broker;
        broker.create_topic("t", 1);
        fault(broker);
        asio::io_context io;
        outcome sent;
        std::optional<error_code> flushed;
        {
            cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
            producer out{kafka};
            out.async_send({.topic = "t", .value = "x"}, sent.handler());
            out.async_flush([&](error_code error) { flushed = error; });
            io.run_for(30ms);
            CHECK(sent.times == 0);
        }
        CHECK(sent.times == 0);
        CHECK(drain(io));
        CHECK(sent.times == 1);
        CHECK(sent.error == asio::error::operation_aborted);
        CHECK(flushed == asio::error::operation_aborted);
    }
}

TEST_CASE("handlers are destroyed unrun when the context goes first", "[L4]") {
    for (const auto& [name, fault] : stages) {
        CAPTURE(name);
        testing::broker broker;
        broker.create_topic("t", 1);
        fault(broker);
        auto alive = std::make_shared<int>(1);
        {
            std::optional<cluster> kafka;
            std::optional<producer> out;
            {
                asio::io_context io;
                kafka.emplace(io.get_executor(), quick(broker.bootstrap_servers()));
                out.emplace(*kafka);
                out->async_send({.topic = "t", .value = "x"}, [alive](error_code, const delivery&) { FAIL(); });
                io.run_for(30ms);
            }
            CHECK(alive.use_count() == 1);
        }
        CHECK(alive.use_count() == 1);
    }
}

namespace {

asio::awaitable<void> own_everything(std::string servers, std::shared_ptr<int> alive) {
    const auto executor = co_await asio::this_coro::executor;
    cluster kafka{executor, quick(servers)};
    producer out{kafka};
    co_await out.async_send({.topic = "t", .value = "x"});
    (void)alive;
    FAIL("the send cannot end");
}

} // namespace

TEST_CASE("a coroutine that owns the producer it waits for is destroyed with its context", "[L4]") {
    for (const auto& [name, fault] : stages) {
        CAPTURE(name);
        testing::broker broker;
        broker.create_topic("t", 1);
        fault(broker);
        auto alive = std::make_shared<int>(1);
        {
            asio::io_context io;
            asio::co_spawn(io, own_everything(broker.bootstrap_servers(), alive), [](std::exception_ptr) {});
            io.run_for(30ms);
            CHECK(alive.use_count() == 2);
        }
        CHECK(alive.use_count() == 1);
    }
}

TEST_CASE("a stopped context that runs again goes on where it was", "[L4]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    asio::io_context io;
    cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
    producer out{kafka};
    outcome sent;
    out.async_send({.topic = "t", .value = "x"}, sent.handler());
    io.run_one();
    io.stop();
    REQUIRE(run_until(io, [&] { return sent.times == 1; }, 5s));
    CHECK_FALSE(sent.error);
}

TEST_CASE("a send is cancelled once, at every step, and says what is certain", "[L2]") {
    for (const auto& [name, fault] : stages) {
        for (const auto type : {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                                asio::cancellation_type::total}) {
            CAPTURE(name);
            testing::broker broker;
            broker.create_topic("t", 1);
            fault(broker);
            asio::io_context io;
            cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
            producer out{kafka};
            outcome sent;
            asio::cancellation_signal signal;
            out.async_send({.topic = "t", .value = "x"}, asio::bind_cancellation_slot(signal.slot(), sent.handler()));
            io.run_for(20ms);
            REQUIRE(sent.times == 0);
            signal.emit(type);
            REQUIRE(run_until(io, [&] { return sent.times == 1; }, 1s));
            CHECK(sent.error == asio::error::operation_aborted);
            CHECK(sent.what.fate != fate::delivered);
            signal.emit(type);
            io.restart();
            io.run_for(5ms);
            CHECK(sent.times == 1);
        }
    }
}

TEST_CASE("a cancellation that comes after the delivery changes nothing", "[L2]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    asio::io_context io;
    cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
    producer out{kafka};
    outcome sent;
    asio::cancellation_signal signal;
    out.async_send({.topic = "t", .value = "x"}, asio::bind_cancellation_slot(signal.slot(), sent.handler()));
    REQUIRE(run_until(io, [&] { return sent.times == 1; }, 5s));
    CHECK_FALSE(sent.error);
    signal.emit(asio::cancellation_type::total);
    io.restart();
    io.run_for(10ms);
    CHECK(sent.times == 1);
}

TEST_CASE("a handler may throw, send, close and destroy the producer", "[L5]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    asio::io_context io;
    cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
    std::optional<producer> out{std::in_place, kafka};
    int ended = 0;
    std::optional<error_code> closed;
    out->async_send({.topic = "t", .value = "1"}, [&](error_code, const delivery&) {
        ++ended;
        out->async_send({.topic = "t", .value = "3"}, [&](error_code error, const delivery&) {
            ++ended;
            CHECK_FALSE(error);
            out->async_close([&](error_code error2) {
                closed = error2;
                out.reset();
            });
        });
        throw std::runtime_error{"thrown by a handler"};
    });
    out->async_send({.topic = "t", .value = "2"}, [&](error_code error, const delivery&) {
        ++ended;
        CHECK_FALSE(error);
    });
    int thrown = 0;
    const auto limit = std::chrono::steady_clock::now() + 5s;
    while (!(closed && ended == 3) && std::chrono::steady_clock::now() < limit) {
        try {
            io.restart();
            io.run_one_for(50ms);
        } catch (const std::runtime_error&) {
            ++thrown;
        }
    }
    CHECK(ended == 3);
    CHECK(closed == error_code{});
    CHECK(thrown == 1);
    CHECK_FALSE(out.has_value());
    CHECK(broker.records("t", 0).size() == 3);
}

namespace {

asio::awaitable<void> fill_the_budget(testing::broker& broker) {
    const auto executor = co_await asio::this_coro::executor;
    cluster kafka{executor, quick(broker.bootstrap_servers())};
    producer out{kafka, {.linger = 0ms, .buffer_memory = 64 * 1024, .max_block = 300ms}};
    co_await out.async_send({.topic = "t", .partition = 0, .value = "first"});
    broker.pause_node(1);
    const std::string value(1000, 'v');
    std::size_t accepted = 0;
    error_code last;
    while (!(last = out.try_send({.topic = "t", .partition = 0, .value = value}))) ++accepted;
    CHECK(last == errc::would_block);
    CHECK(accepted > 30);
    CHECK(accepted < 80);
    // One that waits for room in vain.
    const auto [error, what] = co_await out.async_send({.topic = "t", .partition = 0, .value = value}, as_tuple);
    CHECK(error == errc::budget_exceeded);
    CHECK(what.fate == fate::not_sent);
    broker.resume_node(1);
    co_await out.async_wait_writable();
    const auto where = co_await out.async_send({.topic = "t", .partition = 0, .value = "last"});
    CHECK(where.offset == static_cast<std::int64_t>(accepted) + 1);
    co_await out.async_close();
}

} // namespace

TEST_CASE("a full budget makes callers wait their turn, up to a limit, and loses nothing", "[R1]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    asio::io_context io;
    run(io, fill_the_budget(broker));
    CHECK(broker.records("t", 0).back().value == "last");
}

TEST_CASE("senders that wait for room are served in their order", "[R1]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    asio::io_context io;
    cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
    producer out{kafka, {.linger = 0ms, .buffer_memory = 8 * 1024}};
    const std::string filler(1000, 'v');
    int ended = 0;
    for (int i = 0; i < 100; ++i) {
        const auto value = std::to_string(i) + filler;
        out.async_send({.topic = "t", .partition = 0, .value = value}, [&](error_code error, const delivery& what) {
            CHECK_FALSE(error);
            CHECK(what.offset == ended);
            ++ended;
        });
    }
    REQUIRE(run_until(io, [&] { return ended == 100; }, 10s));
    const auto stored = broker.records("t", 0);
    for (int i = 0; i < 100; ++i) CHECK(stored[static_cast<std::size_t>(i)].value == std::to_string(i) + filler);
}

TEST_CASE("options that cannot be are refused with their name") {
    asio::io_context io;
    cluster kafka{io.get_executor()};
    CHECK_THROWS_AS((producer{kafka, {.batch_size = 0}}), boost::system::system_error);
    CHECK_THROWS_AS((producer{kafka, {.max_in_flight = 0}}), boost::system::system_error);
    CHECK_THROWS_AS((producer{kafka, {.acks = acks::leader, .idempotence = true}}), boost::system::system_error);
    CHECK_THROWS_AS((producer{kafka, {.idempotence = true, .max_in_flight = 6}}), boost::system::system_error);
}
