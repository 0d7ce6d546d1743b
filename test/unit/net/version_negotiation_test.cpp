// SPDX-License-Identifier: BSL-1.0
#include "net/version_negotiation.hpp"

#include "protocol/broker_codec.hpp"
#include "support/catch.hpp"

#include <kasio/broker_error.hpp>

#include <array>
#include <vector>

using namespace kasio;
using outcome = version_negotiation::outcome;

namespace {

using ranges = std::vector<std::array<std::int16_t, 3>>;

/// What follows the length of an answer with this code and these (key, min, max).
std::vector<std::byte> answer(std::int16_t version, std::int16_t code, const ranges& list) {
    protocol::api_versions_response response;
    response.error_code = code;
    for (const auto& range : list) {
        protocol::api_versions_response::api_version one;
        one.api_key = range[0];
        one.min_version = range[1];
        one.max_version = range[2];
        response.api_keys.push_back(one);
    }
    protocol::outgoing_frame frame;
    REQUIRE_FALSE(protocol::encode_response(frame, response, version, 1));
    const auto bytes = frame.piece(0).subspan(4);
    return {bytes.begin(), bytes.end()};
}

} // namespace

TEST_CASE("an answer at the version asked ends the negotiation") {
    version_negotiation negotiation;
    CHECK(negotiation.version() == 3);
    REQUIRE(negotiation.on_answer(answer(3, 0, {{18, 0, 4}, {3, 0, 12}})) == outcome::done);
    CHECK(negotiation.offered().offered(3).max == 12);
}

TEST_CASE("a refusal is asked again at what the broker names, or at 0 when it names nothing", "[C12]") {
    struct {
        ranges list;
        std::int16_t next;
    } const cases[] = {
        {ranges{{18, 0, 2}}, 2}, {ranges{{18, 1, 1}}, 1}, {ranges{{0, 0, 9}, {18, 0, 0}}, 0},
        {ranges{}, 0},           {ranges{{0, 0, 9}}, 0},
    };
    for (const auto& one : cases) {
        version_negotiation negotiation;
        REQUIRE(negotiation.on_answer(answer(0, 35, one.list)) == outcome::ask_again);
        CHECK(negotiation.version() == one.next);
        CHECK(negotiation.on_answer(answer(one.next, 0, {{18, 0, 2}})) == outcome::done);
    }
}

TEST_CASE("a refusal that names nothing lower ends the negotiation", "[C12]") {
    const ranges list = GENERATE(ranges{{{18, 0, 3}}}, ranges{{{18, 4, 7}}}, ranges{{{18, -3, -1}}},
                                 ranges{{{18, 0, 32767}}});
    version_negotiation negotiation;
    CHECK(negotiation.on_answer(answer(0, 35, list)) == outcome::failed);
    CHECK(negotiation.error() == errc::unsupported_version);
    CHECK_FALSE(negotiation.error_text().empty());
}

TEST_CASE("whatever a peer answers, the negotiation ends after a few questions", "[C12]") {
    for (std::int16_t hint = -2; hint != 6; ++hint) {
        version_negotiation negotiation;
        int questions = 1;
        while (negotiation.on_answer(answer(0, 35, {{18, 0, hint}})) == outcome::ask_again)
            REQUIRE(++questions <= 4);
    }
    version_negotiation stepwise;
    CHECK(stepwise.on_answer(answer(0, 35, {{18, 0, 2}})) == outcome::ask_again);
    CHECK(stepwise.on_answer(answer(0, 35, {{18, 0, 1}})) == outcome::ask_again);
    CHECK(stepwise.on_answer(answer(0, 35, {{18, 0, 0}})) == outcome::ask_again);
    CHECK(stepwise.on_answer(answer(0, 35, {})) == outcome::failed);
}

TEST_CASE("another error of the broker ends the negotiation with that error") {
    version_negotiation negotiation;
    CHECK(negotiation.on_answer(answer(3, 42, {})) == outcome::failed);
    CHECK(negotiation.error() == broker_errc::invalid_request);
}

TEST_CASE("an answer cut at any byte is malformed", "[C10]") {
    for (const bool refused : {false, true}) {
        const auto whole = refused ? answer(0, 35, {{18, 0, 2}}) : answer(3, 0, {{18, 0, 4}});
        for (std::size_t size = 0; size != whole.size(); ++size) {
            version_negotiation negotiation;
            CHECK(negotiation.on_answer(std::span{whole}.first(size)) == outcome::failed);
            CHECK(negotiation.error() == errc::malformed_response);
        }
    }
}
