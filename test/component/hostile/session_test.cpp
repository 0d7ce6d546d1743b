// SPDX-License-Identifier: BSL-1.0
// Whatever one peer does: a named error in bounded time and memory, and an end.
#include "session_cases.hpp"

#include "net/session.hpp"
#include "support/catch.hpp"
#include "support/memory_growth.hpp"
#include "support/run.hpp"

#include <kasio/messages/metadata.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include <chrono>
#include <optional>

namespace asio = boost::asio;
using namespace kasio;
using namespace kasio_test;
using namespace std::chrono_literals;

namespace {

cluster_options hasty(const session_case& peer) {
    cluster_options options;
    options.connect_timeout = 400ms;
    options.tls.enabled = peer.tls;
    options.tls.verify = false;
    options.sasl.mechanism = peer.sasl;
    options.sasl.allow_plaintext = true;
    options.sasl.username = "alice";
    options.sasl.password = "wonderland";
    options.sasl.token_source = [](asio::any_completion_handler<void(error_code, oauth_token)> handler) {
        std::move(handler)(error_code{}, oauth_token{"good.token"});
    };
    return options;
}

/// How a question ends; each of its handlers is called once.
std::optional<error_code> ask(asio::io_context& io, session& line) {
    std::optional<error_code> ended;
    send_typed(line, protocol::metadata_request{}, steady_clock::now() + 400ms,
               [&ended](error_code error, const protocol::metadata_response&) {
                   CHECK_FALSE(ended);
                   ended = error;
               });
    CHECK_FALSE(ended);
    static_cast<void>(run_until(
        io, [&] { return ended.has_value(); }, 10s));
    return ended;
}

void meet(const session_case& peer) {
    raw_peer played{peer.play};
    asio::io_context io{1};
    const serial_executor strand{asio::make_strand(io.get_executor())};
    const memory_growth growth;
    const auto start = steady_clock::now();
    const auto line = session::create(strand, hasty(peer));
    std::optional<error_code> connected;
    line->connect("127.0.0.1", played.port(), [&](error_code error) {
        CHECK_FALSE(connected);
        connected = error;
    });
    REQUIRE(run_until(
        io, [&] { return connected.has_value(); }, 10s));
    INFO(line->cause_text());
    CHECK(*connected == peer.connecting);
    if (*connected) {
        CHECK_FALSE(line->cause_text().empty());
        CHECK_FALSE(line->is_open());
    } else {
        const auto asked = ask(io, *line);
        REQUIRE(asked);
        CHECK(*asked == peer.asking);
    }
    CHECK(line->cause_text().size() < 4096);
    CHECK(steady_clock::now() - start < 5s);
    CHECK(growth.bytes() < most_growth);
    line->close(errc::closed);
    CHECK(drain(io));
    CHECK(line.use_count() == 1);
    CHECK(line->in_flight() == 0);
}

void meet_all(const std::vector<session_case>& cases) {
    for (const auto& peer : cases) DYNAMIC_SECTION("who " << peer.name) {
            meet(peer);
        }
}

} // namespace

TEST_CASE("a first answer that cannot be ends connecting with its cause",
          "[C2][C3][C4][C8][C9][C10][C12][T4]") {
    meet_all(cases_at_the_first_answer());
}

TEST_CASE("later answers that cannot be end what waits, and the connection", "[C3][C5][C6][C8][C9]") {
    meet_all(cases_of_frames());
}

TEST_CASE("answers with bodies that cannot be end what waits, and the connection", "[C10][C11]") {
    meet_all(cases_of_bodies());
}

TEST_CASE("a peer that does not authenticate as it should ends connecting, and hears nothing more",
          "[A1][A2][A3][A4][C2][C3][C10]") {
    meet_all(cases_of_sasl());
}

TEST_CASE("a peer that does not speak TLS as it should ends connecting", "[C2][T3][T4]") {
    meet_all(cases_of_tls());
}
