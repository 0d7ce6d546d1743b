// SPDX-License-Identifier: BSL-1.0
#include "net/sasl_exchange.hpp"

#include "support/catch.hpp"

#include <kasio/broker_error.hpp>

using namespace kasio;
using Catch::Matchers::Contains;
using action = sasl_exchange::step::action;

namespace {

sasl_exchange plain(std::optional<std::int16_t> handshake = 1, std::optional<std::int16_t> authenticate = 2) {
    return {"PLAIN", make_plain("user", "pencil"), {handshake, authenticate}};
}

protocol::sasl_handshake_response chosen(broker_errc error = broker_errc::none,
                                         std::vector<std::string> mechanisms = {}) {
    protocol::sasl_handshake_response answer;
    answer.error_code = static_cast<std::int16_t>(error);
    answer.mechanisms = std::move(mechanisms);
    return answer;
}

protocol::sasl_authenticate_response said(std::int64_t lifetime, broker_errc error = broker_errc::none,
                                          std::optional<std::string> text = std::nullopt) {
    protocol::sasl_authenticate_response answer;
    answer.error_code = static_cast<std::int16_t>(error);
    answer.error_message = std::move(text);
    answer.session_lifetime_ms = lifetime;
    return answer;
}

} // namespace

TEST_CASE("the mechanism is chosen, then tokens go in SaslAuthenticate, and the session's bound is kept") {
    auto exchange = plain();
    CHECK(exchange.start().what == action::send_handshake);
    CHECK(exchange.handshake_version() == 1);
    const auto token = exchange.on_handshake(chosen());
    CHECK(token.what == action::send_authenticate);
    CHECK(token.token.view() == std::string_view{"\0user\0pencil", 12});
    CHECK(exchange.on_authenticate(said(1'500)).what == action::done);
    CHECK(exchange.lifetime() == std::chrono::milliseconds{1'500});
}

TEST_CASE("tokens go without a header where the broker lacks SaslAuthenticate or the handshake's version 1") {
    for (auto exchange : {0, 1}) {
        auto old = exchange == 0 ? plain(0, 2) : plain(1, std::nullopt);
        CHECK(old.start().what == action::send_handshake);
        CHECK(old.handshake_version() == 0);
        CHECK(old.on_handshake(chosen()).what == action::send_raw);
        CHECK(old.on_raw("").what == action::done);
        CHECK(old.lifetime().count() == 0);
    }
}

TEST_CASE("a session's bound that cannot be is held within a year", "[A4]") {
    for (const auto& [told, kept] : {std::pair<std::int64_t, std::int64_t>{-1, 0},
                                     {0, 0},
                                     {INT64_MIN, 0},
                                     {INT64_MAX, 31'536'000'000}}) {
        auto exchange = plain();
        (void)exchange.start();
        (void)exchange.on_handshake(chosen());
        CHECK(exchange.on_authenticate(said(told)).what == action::done);
        CHECK(exchange.lifetime().count() == kept);
    }
}

TEST_CASE("a broker's refusal keeps its words, made fit for a log", "[A1]") {
    const auto refused = [](broker_errc error, std::optional<std::string> text) {
        auto exchange = plain();
        (void)exchange.start();
        (void)exchange.on_handshake(chosen());
        return exchange.on_authenticate(said(0, error, std::move(text)));
    };
    const auto words =
        refused(broker_errc::sasl_authentication_failed, "no\x1b[0m " + std::string(9'999, 'x'));
    CHECK(words.error == errc::authentication_failed);
    CHECK_THAT(words.text, Contains("PLAIN: the broker refused: no?[0m x"));
    CHECK(words.text.size() < 600);
    CHECK_THAT(refused(broker_errc::illegal_sasl_state, std::nullopt).text, Contains("no reason"));
    CHECK(refused(broker_errc::coordinator_not_available, "").error ==
          broker_errc::coordinator_not_available);
    CHECK(refused(static_cast<broker_errc>(-7), "").error.value() == -7);
}

TEST_CASE("a mechanism that is not offered, and a port without SASL, are told apart", "[A1]") {
    auto missing = plain(std::nullopt);
    CHECK_THAT(missing.start().text, Contains("takes no SASL"));
    const auto answer = [](broker_errc error, std::vector<std::string> mechanisms) {
        auto exchange = plain();
        (void)exchange.start();
        return exchange.on_handshake(chosen(error, std::move(mechanisms)));
    };
    const auto other = answer(broker_errc::unsupported_sasl_mechanism, {"GSSAPI", "SCRAM\n-SHA-256"});
    CHECK(other.error == errc::authentication_failed);
    CHECK(other.text == "the broker does not offer PLAIN, but: GSSAPI, SCRAM?-SHA-256");
    CHECK_THAT(answer(broker_errc::unsupported_sasl_mechanism, {}).text, Contains("but: none"));
    const std::vector<std::string> many(10'000, std::string(10'000, 'x'));
    CHECK(answer(broker_errc::unsupported_sasl_mechanism, many).text.size() < 1'000);
    CHECK_THAT(answer(broker_errc::illegal_sasl_state, {}).text, Contains("takes no SASL"));
    CHECK(answer(broker_errc::unknown_server_error, {}).error == broker_errc::unknown_server_error);
}

TEST_CASE("what a broker says of a token before it refuses is told once", "[A1]") {
    sasl_exchange exchange{"OAUTHBEARER", make_oauthbearer("t", {}), {1, 2}};
    (void)exchange.start();
    CHECK(exchange.on_handshake(chosen()).what == action::send_authenticate);
    auto complaint = said(0);
    complaint.auth_bytes = "{\"status\":\"invalid_token\"}";
    CHECK(exchange.on_authenticate(complaint).token.view() == "\x01");
    const auto end = exchange.on_authenticate(said(0, broker_errc::sasl_authentication_failed, "refused"));
    CHECK(end.text == "OAUTHBEARER: the broker refused: refused; {\"status\":\"invalid_token\"}");
}
