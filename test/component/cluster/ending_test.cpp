// SPDX-License-Identifier: BSL-1.0
// Close, cancellation, destruction: every question ends, once and in time.
#include "asking.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/producer.hpp>
#include <kasio/testing/broker.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>

namespace asio = boost::asio;
using namespace kasio;
using namespace kasio_test;
using namespace std::chrono_literals;
using testing::api;

namespace {

/// Where a question can hang.
const std::vector<std::pair<const char*, std::function<void(testing::broker&)>>> stages{
    {"refusing connections", [](testing::broker& broker) { broker.kill_node(1); }},
    {"silent from the start", [](testing::broker& broker) { broker.pause_node(1); }},
    {"silent at ApiVersions", [](testing::broker& broker) { broker.drop_next(api::api_versions, 1000); }},
    {"silent at Metadata", [](testing::broker& broker) { broker.drop_next(api::metadata, 1000); }},
    {"hanging up at Metadata", [](testing::broker& broker) { broker.close_next(api::metadata, 100'000); }},
    {"without brokers", [](testing::broker& broker) { broker.hide_brokers(100'000); }},
};

/// Moments after the start of a question, by how many handlers have run.
constexpr int moments[] = {0, 1, 2, 3, 5, 8, 13, 1000};

/// Runs up to so many handlers, but no longer than it takes for a question to hang.
void go_on(asio::io_context& io, int handlers) {
    const auto end = std::chrono::steady_clock::now() + 30ms;
    io.restart();
    while (handlers-- > 0 && io.run_one_until(end) != 0) {
    }
}

} // namespace

TEST_CASE("a close ends what waits, whatever the broker does, and a second close joins it", "[L1]") {
    for (const auto& [name, fault] : stages) {
        for (const int moment : moments) {
            CAPTURE(name, moment);
            testing::broker broker;
            fault(broker);
            asio::io_context io;
            cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
            asked got;
            kafka.async_metadata("", got.handler());
            go_on(io, moment);
            std::optional<error_code> closed;
            std::optional<error_code> again;
            asked late;
            const auto taken = time_of([&] {
                kafka.async_close(1s, [&](error_code error) { closed = error; });
                kafka.async_close(1s, [&](error_code error) { again = error; });
                kafka.async_metadata("", late.handler());
                REQUIRE(run_until(io, [&] { return closed && again && got.times != 0 && late.times != 0; }, 5s));
            });
            CHECK(taken < 500ms);
            CHECK(closed == error_code{});
            CHECK(again == error_code{});
            CHECK(got.error == errc::closed);
            CHECK(late.error == errc::closed);
            CHECK(drain(io));
            CHECK(got.times == 1);
            CHECK(late.times == 1);
        }
    }
}

TEST_CASE("what is asked after a close is closed", "[L1]") {
    testing::broker broker;
    asio::io_context io;
    cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
    REQUIRE_FALSE(ask(io, kafka).error);
    for (int twice = 0; twice < 2; ++twice) {
        std::optional<error_code> closed;
        kafka.async_close([&](error_code error) { closed = error; });
        CHECK_FALSE(closed.has_value());
        REQUIRE(run_until(io, [&] { return closed.has_value(); }, 1s));
        CHECK(closed == error_code{});
        CHECK(ask(io, kafka).error == errc::closed);
    }
    CHECK(drain(io));
    CHECK(broker.request_count(api::metadata) == 1);
}

TEST_CASE("a question can be cancelled once, at every step, by every type", "[L2]") {
    for (const auto& [name, fault] : stages) {
        for (const auto type : {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                                asio::cancellation_type::total}) {
            for (const int moment : moments) {
                CAPTURE(name, moment, static_cast<unsigned>(type));
                testing::broker broker;
                fault(broker);
                asio::io_context io;
                cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
                asked got;
                asio::cancellation_signal signal;
                kafka.async_metadata("", asio::bind_cancellation_slot(signal.slot(), got.handler()));
                go_on(io, moment);
                REQUIRE(got.times == 0);
                signal.emit(type);
                CHECK(got.times == 0); // never inside
                REQUIRE(run_until(io, [&] { return got.times == 1; }, 1s));
                CHECK(got.error == asio::error::operation_aborted);
                signal.emit(type);
                go_on(io, 5);
                CHECK(got.times == 1);
            }
        }
    }
}

TEST_CASE("a cancelled question keeps nothing busy", "[L2]") {
    testing::broker broker;
    broker.kill_node(1);
    asio::io_context io;
    auto options = quick(broker.bootstrap_servers());
    options.default_timeout = 1h;
    cluster kafka{io.get_executor(), options};
    asked got;
    asio::cancellation_signal signal;
    kafka.async_metadata("", asio::bind_cancellation_slot(signal.slot(), got.handler()));
    go_on(io, 1000);
    signal.emit(asio::cancellation_type::total);
    CHECK(drain(io, 3s));
    CHECK(got.times == 1);
}

TEST_CASE("a cancelled question disturbs no other one", "[L2]") {
    testing::broker broker;
    broker.delay_next(api::metadata, 50ms);
    asio::io_context io;
    cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
    asked first;
    asked second;
    asio::cancellation_signal signal;
    kafka.async_metadata("", asio::bind_cancellation_slot(signal.slot(), first.handler()));
    kafka.async_metadata("", second.handler());
    go_on(io, 1000);
    signal.emit(asio::cancellation_type::total);
    REQUIRE(run_until(io, [&] { return first.times == 1 && second.times == 1; }, 2s));
    CHECK(first.error == asio::error::operation_aborted);
    CHECK_FALSE(second.error);
    CHECK_FALSE(ask(io, kafka).error);
    CHECK(broker.accepted_count() == 1);
}

TEST_CASE("a cancellation that comes after the answer changes nothing", "[L2]") {
    testing::broker broker;
    asio::io_context io;
    cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
    asked got;
    asio::cancellation_signal signal;
    kafka.async_metadata("", asio::bind_cancellation_slot(signal.slot(), got.handler()));
    REQUIRE(run_until(io, [&] { return got.times == 1; }, 2s));
    CHECK_FALSE(got.error);
    signal.emit(asio::cancellation_type::total);
    go_on(io, 5);
    CHECK(got.times == 1);
}

TEST_CASE("destroying the handle ends what waits with operation_aborted, through its executor", "[L3]") {
    for (const auto& [name, fault] : stages) {
        for (const int moment : moments) {
            CAPTURE(name, moment);
            testing::broker broker;
            fault(broker);
            asio::io_context io;
            asio::io_context other;
            asked here;
            asked there;
            {
                cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
                kafka.async_metadata("", here.handler());
                kafka.async_metadata("", asio::bind_executor(other.get_executor(), there.handler()));
                go_on(io, moment);
                REQUIRE(here.times + there.times == 0);
            }
            CHECK(here.times == 0);
            CHECK(drain(io));
            CHECK(here.times == 1);
            CHECK(here.error == asio::error::operation_aborted);
            CHECK(there.times == 0);
            CHECK(drain(other));
            CHECK(there.times == 1);
            CHECK(there.error == asio::error::operation_aborted);
        }
    }
}

TEST_CASE("handlers are destroyed unrun when the context goes first", "[L4]") {
    for (const auto& [name, fault] : stages) {
        for (const int moment : moments) {
            CAPTURE(name, moment);
            testing::broker broker;
            fault(broker);
            auto alive = std::make_shared<int>(1);
            {
                std::optional<cluster> kafka;
                {
                    asio::io_context io;
                    kafka.emplace(io.get_executor(), quick(broker.bootstrap_servers()));
                    kafka->async_metadata("", [alive](error_code, const cluster_metadata&) { FAIL(); });
                    go_on(io, moment);
                    CHECK(alive.use_count() == 2);
                }
                CHECK(alive.use_count() == 1);
            }
            CHECK(alive.use_count() == 1);
        }
    }
}

TEST_CASE("handles outlive a context that never ran", "[L4]") {
    std::optional<cluster> kafka;
    std::optional<producer> out;
    auto alive = std::make_shared<int>(1);
    {
        asio::io_context io;
        kafka.emplace(io.get_executor());
        out.emplace(*kafka);
        kafka->async_metadata("", [alive](error_code, const cluster_metadata&) { FAIL(); });
    }
    CHECK(alive.use_count() == 1);
    CHECK_FALSE(kafka->last_failure().code);
}

namespace {

asio::awaitable<void> own_the_cluster(std::string servers, std::shared_ptr<int> alive) {
    cluster kafka{co_await asio::this_coro::executor, quick(servers)};
    co_await kafka.async_metadata("");
    (void)alive;
    FAIL("the question cannot end");
}

} // namespace

TEST_CASE("a coroutine that owns the cluster it asks is destroyed with its context", "[L4]") {
    for (const auto& [name, fault] : stages) {
        for (const int moment : moments) {
            CAPTURE(name, moment);
            testing::broker broker;
            fault(broker);
            auto alive = std::make_shared<int>(1);
            {
                asio::io_context io;
                asio::co_spawn(io, own_the_cluster(broker.bootstrap_servers(), alive), [](std::exception_ptr) {});
                go_on(io, moment);
                CHECK(alive.use_count() == 2);
            }
            CHECK(alive.use_count() == 1);
        }
    }
}

TEST_CASE("a stopped context that runs again goes on where it was", "[L4]") {
    for (const int moment : moments) {
        CAPTURE(moment);
        testing::broker broker;
        asio::io_context io;
        cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
        asked got;
        kafka.async_metadata("", got.handler());
        go_on(io, moment);
        io.stop();
        REQUIRE(run_until(io, [&] { return got.times == 1; }, 5s));
        CHECK_FALSE(got.error);
    }
}

TEST_CASE("a handler may throw, ask, close and destroy the cluster", "[L5]") {
    testing::broker broker;
    asio::io_context io;
    std::optional<cluster> kafka{std::in_place, io.get_executor(), quick(broker.bootstrap_servers())};
    std::optional<error_code> closed;
    int ended = 0;
    kafka->async_metadata("", [&](error_code error, const cluster_metadata&) {
        CHECK_FALSE(error);
        ++ended;
        kafka->async_metadata("", [&](error_code error2, const cluster_metadata&) {
            CHECK_FALSE(error2);
            ++ended;
            kafka->async_close([&](error_code error3) {
                closed = error3;
                kafka.reset();
            });
        });
        throw std::runtime_error{"thrown by a handler"};
    });
    int thrown = 0;
    for (int i = 0; i < 1000 && !closed; ++i) {
        try {
            io.restart();
            io.run_one_for(50ms);
        } catch (const std::runtime_error&) {
            ++thrown;
        }
    }
    CHECK(ended == 2);
    CHECK(thrown == 1);
    CHECK(closed == error_code{});
    CHECK(drain(io));
}

namespace {

std::ptrdiff_t thread_count() {
    return std::distance(std::filesystem::directory_iterator{"/proc/self/task"}, std::filesystem::directory_iterator{});
}

} // namespace

TEST_CASE("a cluster starts no thread") {
    testing::broker broker; // which has one
    const auto before = thread_count();
    asio::io_context io;
    cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
    CHECK_FALSE(ask(io, kafka).error);
    CHECK(thread_count() == before);
    std::optional<error_code> closed;
    kafka.async_close([&](error_code error) { closed = error; });
    REQUIRE(run_until(io, [&] { return closed.has_value(); }, 1s));
    CHECK(thread_count() == before);
}
