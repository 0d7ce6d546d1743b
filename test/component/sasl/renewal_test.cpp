// SPDX-License-Identifier: BSL-1.0
// Sessions that brokers bound: authenticating again on a connection in use (KIP-368).
#include "sasl_fixture.hpp"

#include <kasio/cluster.hpp>
#include <kasio/messages/metadata.hpp>
#include <kasio/producer.hpp>

#include <boost/asio/error.hpp>

#include <vector>

using namespace kasio_test;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using testing::api;

namespace {

testing::broker_sasl bounded(std::chrono::milliseconds lifetime) {
    auto sasl = doorkeeper();
    sasl.session_lifetime = lifetime;
    return sasl;
}

using outcome = std::shared_ptr<std::optional<error_code>>;

bool is_over(const std::vector<outcome>& all) {
    for (const auto& each : all)
        if (!*each) return false;
    return true;
}

int failures(const std::vector<outcome>& all) {
    int count = 0;
    for (const auto& each : all) count += *each && **each ? 1 : 0;
    return count;
}

/// Lets time pass without sending anything.
void rest(live_session& one, std::chrono::milliseconds time) {
    one.io.restart();
    one.io.run_for(time);
}

} // namespace

TEST_CASE("a connection under load authenticates again and again and loses no request", "[A4]") {
    testing::broker broker{behind(bounded(400ms))};
    const auto mechanism =
        GENERATE(sasl_mechanism::plain, sasl_mechanism::scram_sha_512, sasl_mechanism::oauthbearer);
    live_session one{mechanism == sasl_mechanism::oauthbearer ? bearer(always("good.token"))
                                                              : alice(mechanism)};
    REQUIRE_FALSE(one.connect(broker.port(1)).error);
    std::vector<outcome> all;
    const auto end = std::chrono::steady_clock::now() + 1500ms;
    while (std::chrono::steady_clock::now() < end) {
        for (int i = 0; i != 5; ++i) all.push_back(one.ask());
        rest(one, 3ms);
    }
    CHECK(run_until(one.io, [&] { return is_over(all); }));
    CHECK(failures(all) == 0);
    CHECK(one.line->is_open());
    CHECK(broker.accepted_count() == 1);
    const auto handshakes = broker.request_count(api::sasl_handshake);
    INFO(all.size() << " requests, " << handshakes << " handshakes");
    CHECK(handshakes >= 3);
    CHECK(handshakes <= 8);
}

TEST_CASE("records go through many short sessions, each once and in order", "[A4]") {
    testing::broker broker{behind(bounded(300ms), 2)};
    broker.create_topic("t", 2);
    asio::io_context io;
    auto options = alice(sasl_mechanism::scram_sha_256);
    options.bootstrap_servers = broker.bootstrap_servers();
    cluster kafka{io.get_executor(), options};
    producer out{kafka};
    int sent = 0;
    int delivered = 0;
    int failed = 0;
    const auto end = std::chrono::steady_clock::now() + 1500ms;
    while (std::chrono::steady_clock::now() < end) {
        const auto value = std::to_string(sent);
        out.async_send({.topic = "t", .partition = sent % 2, .value = value},
                       [&](error_code error, delivery) { ++(error ? failed : delivered); });
        ++sent;
        io.restart();
        io.run_for(1ms);
    }
    REQUIRE(run_until(io, [&] { return delivered + failed == sent; }));
    CHECK(failed == 0);
    CHECK(broker.request_count(api::sasl_handshake) >= 6);
    int next[2] = {0, 1};
    for (const int partition : {0, 1}) {
        for (const auto& record : broker.records("t", partition)) {
            CHECK(record.value == std::to_string(next[partition]));
            next[partition] += 2;
        }
    }
    CHECK(next[0] + next[1] >= 2 * sent - 1);
    CHECK(kafka.last_failure().text.empty());
}

TEST_CASE("what was sent before is answered first, what is sent meanwhile goes after", "[A4]") {
    testing::broker broker{behind(bounded(1s))};
    live_session one{alice(sasl_mechanism::scram_sha_256)};
    REQUIRE_FALSE(one.connect(broker.port(1)).error);
    rest(one, 650ms); // short of 70 %
    broker.delay_next(api::metadata, 200ms);
    std::vector<outcome> all{one.ask(), one.ask(), one.ask()};
    rest(one, 170ms); // beyond 80 %
    for (int i = 0; i != 3; ++i) all.push_back(one.ask());
    CHECK(one.line->in_flight() == 7);
    CHECK(run_until(one.io, [&] { return is_over(all); }));
    CHECK(failures(all) == 0);
    const auto seen = broker.requests();
    std::vector<api> order;
    for (auto each = seen.end() - 9; each != seen.end(); ++each) order.push_back(each->api);
    CHECK(order == std::vector<api>{api::metadata, api::metadata, api::metadata, api::sasl_handshake,
                                    api::sasl_authenticate, api::sasl_authenticate, api::metadata,
                                    api::metadata, api::metadata});
}

TEST_CASE("an idle connection rests, and authenticates again before it is used, however late", "[A4]") {
    testing::broker broker{behind(bounded(100ms))};
    live_session one{alice(sasl_mechanism::plain)};
    REQUIRE_FALSE(one.connect(broker.port(1)).error);
    const auto before = broker.request_count();
    rest(one, 300ms);
    CHECK(broker.request_count() == before);
    const auto asked = one.ask();
    CHECK(run_until(one.io, [&] { return asked->has_value(); }));
    CHECK_FALSE(**asked);
    CHECK(broker.request_count(api::sasl_handshake) == 2);
    CHECK(broker.accepted_count() == 1);
}

TEST_CASE("a bound that vanishes ends the renewals", "[A4]") {
    testing::broker broker{behind(bounded(100ms))};
    live_session one{alice(sasl_mechanism::scram_sha_256)};
    REQUIRE_FALSE(one.connect(broker.port(1)).error);
    broker.set_sasl(bounded(0ms));
    std::vector<outcome> all;
    for (int i = 0; i != 5; ++i) {
        rest(one, 110ms);
        all.push_back(one.ask());
        REQUIRE(run_until(one.io, [&] { return is_over(all); }));
    }
    CHECK(failures(all) == 0);
    CHECK(broker.request_count(api::sasl_handshake) == 2);
}

TEST_CASE("a connection that is refused later ends with the cause", "[A4]") {
    testing::broker broker{behind(bounded(200ms))};
    live_session one{alice(sasl_mechanism::scram_sha_256)};
    REQUIRE_FALSE(one.connect(broker.port(1)).error);
    auto other = bounded(200ms);
    other.users = {{"alice", "looking glass"}};
    broker.set_sasl(other);
    rest(one, 180ms);
    std::vector<outcome> all{one.ask(), one.ask()};
    bool told = false;
    one.line->on_close([&] { told = true; });
    CHECK(run_until(one.io, [&] { return is_over(all) && told; }));
    CHECK(**all[0] == errc::authentication_failed);
    CHECK(**all[1] == errc::authentication_failed);
    CHECK(one.line->cause() == errc::authentication_failed);
    CHECK_THAT(one.line->cause_text(), Contains("invalid credentials"));
    CHECK(broker.request_count(api::metadata) == 0);
}

TEST_CASE("a cluster whose connection is refused later tells so and does not hammer", "[A4][A1]") {
    testing::broker broker{behind(bounded(200ms))};
    asio::io_context io;
    auto options = alice(sasl_mechanism::scram_sha_256);
    options.bootstrap_servers = broker.bootstrap_servers();
    options.reconnect_backoff = 1ms;
    options.reconnect_backoff_max = 60s;
    cluster kafka{io.get_executor(), options};
    std::optional<error_code> found;
    const auto ask = [&] {
        found.reset();
        kafka.async_metadata("", [&](error_code error, const cluster_metadata&) { found = error; });
        REQUIRE(run_until(io, [&] { return found.has_value(); }));
        return *found;
    };
    CHECK_FALSE(ask());
    auto other = bounded(200ms);
    other.users.clear();
    broker.set_sasl(other);
    REQUIRE(run_until(io, [&] { return ask() == errc::authentication_failed; }));
    for (int i = 0; i != 5; ++i) CHECK(ask() == errc::authentication_failed);
    CHECK(broker.accepted_count() <= 2);
}

TEST_CASE("a token that is missing when it is time is asked for until the session ends", "[A4][A5]") {
    testing::broker broker{behind(bounded(600ms))};
    int calls = 0;
    const int bad = GENERATE(2, 1000);
    live_session one{bearer([&](asio::any_completion_handler<void(error_code, oauth_token)> handler) {
        const bool fails = ++calls > 1 && calls <= 1 + bad;
        std::move(handler)(fails ? error_code{asio::error::host_unreachable} : error_code{},
                           oauth_token{"good.token"});
    })};
    REQUIRE_FALSE(one.connect(broker.port(1)).error);
    std::vector<outcome> all;
    const auto end = std::chrono::steady_clock::now() + 900ms;
    while (std::chrono::steady_clock::now() < end && one.line->is_open()) {
        all.push_back(one.ask());
        rest(one, 5ms);
    }
    CHECK(calls >= 3);
    CHECK(run_until(one.io, [&] { return is_over(all); }));
    CHECK(one.line->is_open() == (bad == 2));
    if (bad == 2) CHECK(failures(all) == 0);
    else CHECK(one.line->cause() == errc::token_unavailable);
    CHECK(broker.accepted_count() == 1);
}

TEST_CASE("what is held back meanwhile can be withdrawn, times out, and ends with the connection",
          "[A4][L1]") {
    testing::broker broker{behind(bounded(100ms))};
    live_session one{alice(sasl_mechanism::scram_sha_256)};
    REQUIRE_FALSE(one.connect(broker.port(1)).error);
    rest(one, 120ms);
    broker.drop_next(api::sasl_handshake);
    const auto lasting = one.ask();
    std::optional<error_code> short_one;
    std::optional<bool> maybe_sent;
    send_typed(*one.line, protocol::metadata_request{}, steady_clock::now() + 50ms,
               [&](error_code error, protocol::metadata_response, reply& raw) {
                   short_one = error;
                   maybe_sent = raw.maybe_sent;
               });
    std::optional<error_code> abandoned;
    const auto id = send_typed(*one.line, protocol::metadata_request{}, steady_clock::now() + 20s,
                               [&](error_code error, protocol::metadata_response) { abandoned = error; });
    one.line->abandon(id);
    CHECK(one.line->in_flight() == 3);
    REQUIRE(run_until(one.io, [&] { return short_one && abandoned; }));
    CHECK(*short_one == errc::request_timed_out);
    CHECK(*maybe_sent == false);
    CHECK(*abandoned == asio::error::operation_aborted);
    CHECK(one.line->is_open());
    CHECK_FALSE(*lasting);
    one.line->close(errc::closed);
    REQUIRE(run_until(one.io, [&] { return lasting->has_value(); }));
    CHECK(**lasting == errc::closed);
    CHECK(broker.request_count(api::metadata) == 0);
}

TEST_CASE("a broker that falls silent when asked again is given the time of a request", "[A4][C5]") {
    testing::broker broker{behind(bounded(100ms))};
    auto options = alice(sasl_mechanism::scram_sha_256);
    options.request_timeout = 150ms;
    live_session one{options};
    REQUIRE_FALSE(one.connect(broker.port(1)).error);
    rest(one, 120ms);
    broker.drop_next(api::sasl_authenticate);
    const auto asked = one.ask();
    REQUIRE(run_until(one.io, [&] { return asked->has_value(); }));
    CHECK(**asked == errc::request_timed_out);
    CHECK(one.line->cause() == errc::request_timed_out);
}
