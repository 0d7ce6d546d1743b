// SPDX-License-Identifier: BSL-1.0
// Where tokens come from.
#include "sasl_fixture.hpp"

#include "net/sasl_login.hpp"

#include <kasio/cluster.hpp>
#include <kasio/producer.hpp>
#include <kasio/token_from.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <stdexcept>
#include <thread>
#include <vector>

using namespace kasio_test;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using testing::api;
using handler_type = asio::any_completion_handler<void(error_code, oauth_token)>;

namespace {

std::chrono::system_clock::time_point in(std::chrono::milliseconds time) {
    return std::chrono::system_clock::now() + time;
}

asio::awaitable<oauth_token> fetch(std::string token) {
    asio::steady_timer pause{co_await asio::this_coro::executor, 5ms};
    co_await pause.async_wait(asio::use_awaitable);
    if (token.empty()) throw std::runtime_error{"the secret is wonderland"};
    if (token == "refused") throw boost::system::system_error{asio::error::connection_refused};
    oauth_token result{token};
    co_return result;
}

/// As libraries write their operations.
template <class Token>
auto async_fetch(asio::io_context& io, Token&& token) {
    return asio::async_initiate<Token, void(error_code, oauth_token)>(
        [&io](auto handler) {
            asio::post(io, [handler = std::move(handler)]() mutable {
                std::move(handler)(error_code{}, oauth_token{"good.token"});
            });
        },
        token);
}

/// Gives a token that lasts so long, and counts its calls.
struct counted {
    int calls = 0;
    std::chrono::milliseconds lifetime{1h};
    std::string token = "good.token";
    token_source source() {
        return [this](handler_type handler) {
            ++calls;
            std::move(handler)(error_code{}, oauth_token{token, in(lifetime)});
        };
    }
};

} // namespace

TEST_CASE("a token comes from a coroutine or from any operation that takes a completion token", "[A5]") {
    testing::broker broker{behind(doorkeeper())};
    asio::io_context elsewhere{1};
    auto work = asio::make_work_guard(elsewhere);
    std::thread thread{[&] { elsewhere.run(); }};
    CHECK_FALSE(log_in(broker.port(1),
                       bearer(token_from(elsewhere.get_executor(), [] { return fetch("good.token"); })))
                    .error);
    CHECK_FALSE(log_in(broker.port(1),
                       bearer([&](handler_type handler) { async_fetch(elsewhere, std::move(handler)); }))
                    .error);
    work.reset();
    thread.join();
}

TEST_CASE("a token source that fails, throws or gives nothing usable is named, without its words", "[A5]") {
    testing::broker broker{behind(doorkeeper())};
    asio::io_context elsewhere{1};
    auto work = asio::make_work_guard(elsewhere);
    std::thread thread{[&] { elsewhere.run(); }};
    const struct {
        token_source source;
        const char* words;
    } cases[] = {
        {[](handler_type handler) {
             std::move(handler)(error_code{asio::error::host_not_found}, oauth_token{});
         },
         "Host not found"},
        {[](handler_type) { throw std::runtime_error{"the secret is wonderland"}; }, "no usable token"},
        {[](handler_type) { throw boost::system::system_error{asio::error::access_denied}; },
         "ermission denied"},
        {always(""), "an empty token"},
        {always("two words"), "foreign bytes"},
        {[](handler_type handler) {
             std::move(handler)(error_code{}, oauth_token{"good.token", in(-1s)});
         },
         "has expired"},
        {token_from(elsewhere.get_executor(), [] { return fetch(""); }), "no usable token"},
        {token_from(elsewhere.get_executor(), [] { return fetch("refused"); }), "Connection refused"},
    };
    for (const auto& each : cases) {
        INFO(each.words);
        const auto found = log_in(broker.port(1), bearer(each.source));
        CHECK(found.error == errc::token_unavailable);
        CHECK_THAT(found.text, Contains(each.words) && !Contains("wonderland") && !Contains("good.token"));
    }
    work.reset();
    thread.join();
}

TEST_CASE("a token source that never answers is waited for until the set-up's time is up, then asked anew",
          "[A5]") {
    testing::broker broker{behind(doorkeeper())};
    std::vector<handler_type> kept;
    auto options = bearer([&](handler_type handler) { kept.push_back(std::move(handler)); });
    options.connect_timeout = 100ms;
    options.bootstrap_servers = broker.bootstrap_servers();
    options.reconnect_backoff = options.reconnect_backoff_max = 1ms;
    options.default_timeout = 20s;
    asio::io_context io;
    cluster kafka{io.get_executor(), options};
    std::optional<error_code> found;
    kafka.async_metadata("", [&](error_code error, const cluster_metadata&) { found = error; });
    REQUIRE(run_until(io, [&] { return kept.size() >= 2; }));
    CHECK_THAT(kafka.last_failure().text, Contains("waiting for a token"));
    // The first call's token is late, but welcome.
    std::move(kept[0])(error_code{}, oauth_token{"good.token", in(1h)});
    REQUIRE(run_until(io, [&] { return found.has_value(); }));
    CHECK_FALSE(*found);
    kept.clear();
}

TEST_CASE("all connections share one call, and a token while it is fresh", "[A5]") {
    testing::broker broker{behind(doorkeeper(), 5)};
    broker.create_topic("t", 5, 1);
    asio::io_context io;
    std::vector<handler_type> kept;
    auto options = bearer([&](handler_type handler) { kept.push_back(std::move(handler)); });
    options.bootstrap_servers = broker.bootstrap_servers();
    cluster kafka{io.get_executor(), options};
    std::optional<error_code> found;
    kafka.async_metadata("t", [&](error_code error, const cluster_metadata&) { found = error; });
    REQUIRE(run_until(io, [&] { return !kept.empty(); }));
    std::move(kept[0])(error_code{}, oauth_token{"good.token", in(1h)});
    REQUIRE(run_until(io, [&] { return found.has_value() || kept.size() > 1; }));
    producer out{kafka};
    int delivered = 0;
    for (std::int32_t partition = 0; partition != 5; ++partition)
        out.async_send({.topic = "t", .partition = partition, .value = "v"},
                       [&](error_code error, delivery) { delivered += error ? 0 : 1; });
    REQUIRE(run_until(io, [&] { return delivered == 5; }));
    CHECK(broker.accepted_count() >= 5);
    CHECK(kept.size() == 1);
}

TEST_CASE("connections at the same time wait for one token together", "[A5]") {
    testing::broker broker{behind(doorkeeper())};
    asio::io_context io{1};
    const serial_executor strand{asio::make_strand(io.get_executor())};
    std::vector<handler_type> kept;
    const auto options = bearer([&](handler_type handler) { kept.push_back(std::move(handler)); });
    const auto login = sasl_login::create(strand, options);
    std::vector<std::shared_ptr<session>> lines;
    int open = 0;
    for (int i = 0; i != 8; ++i) {
        lines.push_back(session::create(strand, options, login));
        lines.back()->connect("127.0.0.1", broker.port(1), [&](error_code error) { open += error ? 0 : 1; });
    }
    REQUIRE(run_until(io, [&] { return !kept.empty() && broker.request_count(api::api_versions) == 8; }));
    io.run_for(50ms);
    std::move(kept[0])(error_code{}, oauth_token{"good.token"});
    REQUIRE(run_until(io, [&] { return open == 8; }));
    CHECK(kept.size() == 1);
    for (const auto& line : lines) line->close(errc::closed);
    CHECK(drain(io));
}

TEST_CASE("a token that a broker refuses is not shown again", "[A5]") {
    testing::broker broker{behind(doorkeeper())};
    asio::io_context io;
    counted tokens;
    tokens.token = "revoked.token";
    auto options = bearer(tokens.source());
    options.bootstrap_servers = broker.bootstrap_servers();
    options.reconnect_backoff = options.reconnect_backoff_max = 1ms;
    cluster kafka{io.get_executor(), options};
    std::optional<error_code> found;
    const auto ask = [&] {
        found.reset();
        kafka.async_metadata("", [&](error_code error, const cluster_metadata&) { found = error; });
        REQUIRE(run_until(io, [&] { return found.has_value(); }));
        return *found;
    };
    CHECK(ask() == errc::authentication_failed);
    CHECK(tokens.calls == 1);
    tokens.token = "good.token";
    REQUIRE(run_until(io, [&] { return !ask(); }));
    CHECK(tokens.calls == 2);
}

TEST_CASE("a session that lasts as long as its token is renewed with a newer one", "[A5][A4]") {
    auto sasl = doorkeeper();
    sasl.accept_unsecured_tokens = true;
    testing::broker broker{behind(sasl)};
    int calls = 0;
    live_session one{bearer([&, make = unsecured_tokens("alice", 2s)](handler_type handler) {
        ++calls;
        make(std::move(handler));
    })};
    REQUIRE_FALSE(one.connect(broker.port(1)).error);
    const auto end = std::chrono::steady_clock::now() + 3s;
    while (std::chrono::steady_clock::now() < end) {
        const auto asked = one.ask();
        REQUIRE(run_until(one.io, [&] { return asked->has_value(); }));
        REQUIRE_FALSE(**asked);
        one.io.run_for(10ms);
    }
    CHECK(calls >= 2);
    CHECK(broker.request_count(api::sasl_handshake) == static_cast<std::size_t>(calls));
    CHECK(broker.accepted_count() == 1);
}

TEST_CASE("extensions go with the token, and wrong ones are named", "[A5]") {
    auto sasl = doorkeeper();
    sasl.extensions = {{"logicalCluster", "lkc-1"}, {"identityPoolId", "pool 1"}};
    testing::broker broker{behind(sasl)};
    auto options = bearer(always("good.token"));
    CHECK(log_in(broker.port(1), options).error == errc::authentication_failed);
    options.sasl.extensions = sasl.extensions;
    CHECK_FALSE(log_in(broker.port(1), options).error);
    options.sasl.extensions = {{"auth", "x"}};
    CHECK(log_in(broker.port(1), options).error == errc::invalid_option);
}

TEST_CASE("a token that nobody signed is made on the spot", "[A5]") {
    auto sasl = doorkeeper();
    sasl.accept_unsecured_tokens = true;
    testing::broker broker{behind(sasl)};
    CHECK_FALSE(log_in(broker.port(1), bearer(unsecured_tokens("al\"ice"))).error);
    CHECK(log_in(broker.port(1), bearer(unsecured_tokens("alice", -10s))).error == errc::token_unavailable);
}
