// SPDX-License-Identifier: BSL-1.0
// One connection used alone: typed requests, their time-outs, limits, cancellation and end.
#include "line.hpp"

#include <kasio/cluster.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <future>
#include <thread>
#include <vector>

namespace asio = boost::asio;
using namespace kasio;
using namespace kasio_test;

using metadata_got = got<protocol::metadata_response>;

TEST_CASE("a connection alone connects, asks and closes") {
    testing::broker broker;
    broker.create_topic("t", 3);
    line alone;
    CHECK(alone.to->state() == connection_state::idle);
    CHECK(alone.ask(about_topics()).error == asio::error::not_connected);
    CHECK(alone.to->offered(3).empty());
    alone.open(broker);
    CHECK(alone.to->state() == connection_state::open);
    CHECK(alone.to->offered(3).max >= 12);
    auto request = about_topics();
    request.topics->emplace_back().name = "t";
    const auto said = alone.ask(request);
    REQUIRE_FALSE(said.error);
    CHECK(said.what->topics.at(0).partitions.size() == 3);
    CHECK(said.what.version() >= 12);
    CHECK(said.what.maybe_sent());
    CHECK(alone.ask(request, request_settings{}.max_version(5)).what.version() == 5);
    std::optional<error_code> again;
    alone.to->async_connect("127.0.0.1", broker.port(1), [&](error_code error) { again = error; });
    REQUIRE(run_until(
        alone.io, [&] { return again.has_value(); }, 2s));
    CHECK(*again == asio::error::already_connected);
    alone.close();
    CHECK(alone.to->state() == connection_state::closed);
    const auto late = alone.ask(request);
    CHECK(late.error == errc::closed);
    CHECK_FALSE(late.what.maybe_sent());
    alone.open(broker); // once more
    CHECK_FALSE(alone.ask(request).error);
}

TEST_CASE("a connection that cannot be made says why", "[C1]") {
    std::uint16_t gone = 0;
    {
        testing::broker broker;
        gone = broker.port(1);
    }
    line alone;
    CHECK(alone.connect(gone) == errc::broker_unreachable);
    CHECK(alone.to->last_failure() == errc::broker_unreachable);
    CHECK(alone.to->last_failure_text().find("127.0.0.1") != std::string::npos);
    CHECK(alone.to->state() == connection_state::closed);
}

TEST_CASE("bytes of a response live as long as its answer") {
    testing::broker broker;
    broker.create_topic("t");
    producer_record record{.topic = "t", .value = "seven"};
    broker.append("t", 0, record);
    line alone;
    alone.open(broker);
    protocol::fetch_request request;
    request.max_wait_ms = 100;
    request.min_bytes = 1;
    request.session_epoch = -1;
    auto& topic = request.topics.emplace_back();
    topic.topic = "t";
    topic.partitions.emplace_back().partition_max_bytes = 1 << 20;
    std::vector<answer<protocol::fetch_response>> kept;
    for (int i = 0; i < 20; ++i) {
        auto said = alone.ask(request, request_settings{}.max_version(12));
        REQUIRE_FALSE(said.error);
        kept.push_back(said.what);
    }
    alone.close();
    alone.to.reset();
    for (const auto& each : kept) {
        const auto records = each->responses.at(0).partitions.at(0).records;
        CHECK(records.view().find("seven") != std::string_view::npos);
    }
}

TEST_CASE("a request that is not written yet is withdrawn when it is cancelled, one that is gets abandoned") {
    testing::broker broker;
    auto options = brief();
    options.max_pipelined = 1;
    line alone{options};
    alone.open(broker);
    broker.delay_next(api::metadata, 200ms);
    broker.clear_requests();
    asio::cancellation_signal signals[2];
    metadata_got both[2];
    for (int i = 0; i < 2; ++i) {
        const auto slot = signals[i].slot();
        alone.to->async_request(about_topics(), asio::bind_cancellation_slot(slot, both[i].handler()));
    }
    CHECK(alone.to->pending() == 2);
    REQUIRE(run_until(
        alone.io, [&] { return broker.request_count(api::metadata) == 1; }, 3s));
    for (auto& each : signals) each.emit(asio::cancellation_type::partial);
    REQUIRE(run_until(
        alone.io, [&] { return both[0].times == 1 && both[1].times == 1; }, 3s));
    for (const auto& each : both) CHECK(each.error == asio::error::operation_aborted);
    CHECK(both[0].what.maybe_sent());
    CHECK_FALSE(both[1].what.maybe_sent());
    CHECK(alone.to->pending() == 0);
    // The connection goes on; the answer that comes late is dropped.
    CHECK_FALSE(alone.ask(about_topics()).error);
    CHECK(broker.request_count(api::metadata) == 2);
    CHECK(both[0].times == 1);
}

TEST_CASE("no more requests are under way than the limit says, and those that wait keep their own time") {
    testing::broker broker;
    auto options = brief();
    options.max_pipelined = 3;
    line alone{options};
    alone.open(broker);
    broker.clear_requests();
    broker.delay_next(api::metadata, 300ms);
    std::vector<metadata_got> many(20);
    metadata_got hasty;
    for (auto& each : many) alone.to->async_request(about_topics(), each.handler());
    alone.to->async_request(about_topics(), 50ms, hasty.handler());
    REQUIRE(run_until(
        alone.io, [&] { return hasty.times == 1; }, 3s));
    CHECK(hasty.error == errc::request_timed_out);
    CHECK_FALSE(hasty.what.maybe_sent());
    CHECK(many[0].times == 0);
    const auto all = [&] {
        for (const auto& each : many) {
            if (each.times == 0) return false;
        }
        return true;
    };
    REQUIRE(run_until(alone.io, all, 5s));
    for (const auto& each : many) CHECK_FALSE(each.error);
    CHECK(broker.request_count(api::metadata) == 20);
}

TEST_CASE("a request that is not answered in time ends the connection with it", "[C5]") {
    testing::broker broker;
    line alone;
    alone.open(broker);
    int told = 0;
    error_code cause;
    std::string text;
    alone.to->on_disconnect([&](const error_code& why, const std::string& words) {
        ++told;
        cause = why;
        text = words;
    });
    broker.drop_next(api::metadata);
    metadata_got other;
    metadata_got silent;
    alone.to->async_request(about_topics(), 100ms, silent.handler());
    alone.to->async_request(about_topics(), other.handler());
    REQUIRE(run_until(
        alone.io, [&] { return silent.times == 1 && other.times == 1 && told == 1; }, 3s));
    CHECK(silent.error == errc::request_timed_out);
    CHECK(silent.what.maybe_sent());
    CHECK(other.error == errc::request_timed_out);
    CHECK(cause == errc::request_timed_out);
    CHECK(text.find("127.0.0.1") != std::string::npos);
    CHECK(alone.to->state() == connection_state::closed);
    alone.open(broker);
    broker.close_connections();
    REQUIRE(run_until(
        alone.io, [&] { return told == 2; }, 3s));
    CHECK(cause == errc::connection_lost);
    alone.open(broker);
    alone.close();
    REQUIRE(run_until(
        alone.io, [&] { return told == 3; }, 3s));
    CHECK(cause == errc::closed);
}

TEST_CASE("what a request lacks at the broker's version is told before anything is sent") {
    testing::broker broker;
    broker.set_versions(api::find_coordinator, 0, 0);
    line alone;
    alone.open(broker);
    protocol::find_coordinator_request request;
    request.key = "mover";
    request.key_type = 1; // transactions: since version 1
    const auto refused = alone.ask(request);
    CHECK(refused.error == errc::unsupported_version);
    CHECK_FALSE(refused.what.maybe_sent());
    CHECK(alone.ask(protocol::describe_cluster_request{}).error == errc::unsupported_version);
    CHECK(alone.to->state() == connection_state::open);
    CHECK(broker.request_count(api::find_coordinator) == 0);
}

TEST_CASE("a broker that asks for silence gets it, as far as times allow") {
    testing::broker broker;
    line alone;
    alone.open(broker);
    broker.throttle_next(api::metadata, 250ms);
    const auto asked = std::chrono::steady_clock::now();
    CHECK_FALSE(alone.ask(about_topics()).error);
    const auto hasty = alone.ask(about_topics(), 50ms);
    CHECK(hasty.error == errc::request_timed_out);
    CHECK_FALSE(hasty.what.maybe_sent());
    CHECK_FALSE(alone.ask(about_topics()).error);
    const auto seen = broker.requests(api::metadata);
    REQUIRE(seen.size() == 2);
    CHECK(seen[1].time - asked >= 240ms);
    // Brokers of old held their answers back themselves.
    broker.throttle_next(api::metadata, 30s);
    CHECK_FALSE(alone.ask(about_topics(), request_settings{}.max_version(5)).error);
    CHECK_FALSE(alone.ask(about_topics()).error);
}

namespace {

/// Handles made where g++ 12 must not see a default argument.
asio::awaitable<void> use_defaults(std::uint16_t port, bool& done) {
    connection alone{co_await asio::this_coro::executor};
    cluster all{co_await asio::this_coro::executor};
    co_await alone.async_connect("127.0.0.1", port, asio::use_awaitable);
    const auto said = co_await alone.async_request(about_topics(), asio::use_awaitable);
    done = said.version() >= 12;
    co_await all.async_close(asio::use_awaitable);
}

} // namespace

TEST_CASE("handles with default options may be made of what a coroutine awaits") {
    testing::broker broker;
    asio::io_context io;
    bool done = false;
    asio::co_spawn(io, use_defaults(broker.port(1), done), asio::detached);
    io.run();
    CHECK(done);
}

TEST_CASE("no handler runs inside the call that cancels it", "[L2]") {
    testing::broker broker;
    line alone;
    bool inside = false;
    std::vector<bool> was_inside;
    asio::cancellation_signal stop[2];
    const auto emit = [&](asio::cancellation_signal& which) {
        asio::post(alone.io, [&] {
            inside = true;
            which.emit(asio::cancellation_type::terminal);
            inside = false;
        });
    };
    const auto connected = [&](error_code) { was_inside.push_back(inside); };
    alone.to->async_connect("127.0.0.1", broker.port(1),
                            asio::bind_cancellation_slot(stop[0].slot(), connected));
    emit(stop[0]);
    REQUIRE(run_until(
        alone.io, [&] { return was_inside.size() == 1; }, 3s));
    alone.close();
    alone.open(broker);
    broker.drop_next(api::metadata);
    const auto asked = [&](error_code, const auto&) { was_inside.push_back(inside); };
    alone.to->async_request(about_topics(), asio::bind_cancellation_slot(stop[1].slot(), asked));
    emit(stop[1]);
    REQUIRE(run_until(
        alone.io, [&] { return was_inside.size() == 2; }, 3s));
    CHECK(was_inside == std::vector<bool>{false, false});
}

TEST_CASE("a handler that blocks holds up its own thread only, not its connection", "[L5]") {
    testing::broker broker;
    line alone;
    alone.open(broker);
    std::promise<void> second;
    auto answered = second.get_future();
    std::promise<bool> first;
    auto ended = first.get_future();
    alone.to->async_request(about_topics(), [&](error_code, const auto&) {
        alone.to->async_request(about_topics(), [&](error_code, const auto&) { second.set_value(); });
        first.set_value(answered.wait_for(5s) == std::future_status::ready);
    });
    alone.io.restart();
    auto work = asio::make_work_guard(alone.io);
    std::thread threads[2];
    for (auto& each : threads) each = std::thread{[&] { alone.io.run(); }};
    CHECK(ended.get());
    work.reset();
    alone.to.reset();
    for (auto& each : threads) each.join();
}

TEST_CASE("pending requests end when the handle goes, or are destroyed with their context", "[L3]") {
    testing::broker broker;
    broker.drop_next(api::metadata, 1000);
    SECTION("the handle goes") {
        line alone;
        alone.open(broker);
        metadata_got pending;
        alone.to->async_request(about_topics(), pending.handler());
        alone.io.restart();
        alone.io.poll();
        alone.to.reset();
        REQUIRE(run_until(
            alone.io, [&] { return pending.times == 1; }, 2s));
        CHECK(pending.error == asio::error::operation_aborted);
    }
    SECTION("the context goes") {
        const auto owned = std::make_shared<int>(1);
        for (const auto wait : {0ms, 20ms}) {
            auto io = std::make_unique<asio::io_context>();
            connection alone{io->get_executor(), brief()};
            alone.async_connect("127.0.0.1", broker.port(1), [owned](error_code) {});
            if (wait != 0ms) io->run_for(wait);
            alone.async_request(about_topics(), [owned](error_code, const auto&) {});
            io->restart();
            io->poll();
            io.reset();
        }
        CHECK(owned.use_count() == 1);
    }
}
