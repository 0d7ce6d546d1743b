// SPDX-License-Identifier: BSL-1.0
// Random values of every message at every version.
#include "protocol/any_message.hpp"

#include "json.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"
#include "whole_frame.hpp"

#include <cstdlib>

using namespace kasio;
using namespace kasio::protocol;

namespace {

int values_per_version() {
    const char* const chosen = std::getenv("KASIO_RANDOM_VALUES");
    return chosen != nullptr ? std::atoi(chosen) : 1000;
}

} // namespace

TEST_CASE("random values encode, decode and compare equal, and are as long as they say") {
    const int values = values_per_version();
    std::uint64_t seed = 1;
    for (const message_type& type : message_types()) {
        const version_range versions = type.api.all();
        const auto message = type.make();
        const auto back = type.make();
        outgoing_frame out;
        for (std::int16_t version = versions.min; version <= versions.max; ++version) {
            INFO(type.name << " v" << version << " before seed " << seed + static_cast<unsigned>(values));
            for (int i = 0; i < values; ++i) {
                random_filler filler{seed++, version};
                message->fill(filler);
                const error_code encoded = message->encode(out, version);
                const std::string bytes = whole(out);
                std::size_t left = 0;
                const error_code decoded = back->decode(kasio_test::bytes_of(bytes), version, left);
                const bool right = !encoded && !decoded && left == 0 && back->equals(*message);
                // What the frame says, what was written, and what the description alone makes of it.
                const bool sized =
                    out.size() == bytes.size() && message->survey(version).size() == bytes.size();
                if (!right || !sized) FAIL("seed " << seed - 1 << ": " << message->print(version, print_all));
            }
        }
    }
}

TEST_CASE("a survey covers a message without gaps") {
    std::uint64_t seed = 3'000'000;
    for (const message_type& type : message_types()) {
        INFO(type.name);
        const std::int16_t version = type.api.all().max;
        random_filler filler{++seed, version};
        const auto message = type.make();
        message->fill(filler);
        const surveyor survey = message->survey(version);
        std::size_t end = 0;
        for (const place& each : survey.places()) {
            REQUIRE(each.at == end);
            end += each.size;
        }
        CHECK(end == survey.size());
    }
}

TEST_CASE("a version without room for a value refuses it or drops it, and decodes to the rest") {
    std::uint64_t seed = 1000000;
    int refused = 0;
    for (const message_type& type : message_types()) {
        const version_range versions = type.api.all();
        outgoing_frame out;
        for (std::int16_t version = versions.min; version < versions.max; ++version) {
            for (int i = 0; i < 4; ++i, ++seed) {
                INFO(type.name << " v" << version << " seed " << seed);
                random_filler filler{seed, versions.max};
                const auto message = type.make();
                message->fill(filler);
                const error_code error = message->encode(out, version);
                if (error) {
                    REQUIRE(error == errc::unsupported_version);
                    REQUIRE(out.size() == 0);
                    ++refused;
                    continue;
                }
                const std::string bytes = whole(out);
                std::size_t left = 0;
                REQUIRE(type.make()->decode(kasio_test::bytes_of(bytes), version, left) == error_code{});
                REQUIRE(left == 0);
            }
        }
    }
    CHECK(refused > 0);
}

TEST_CASE("any message prints as one line of JSON") {
    std::uint64_t seed = 2000000;
    for (const message_type& type : message_types()) {
        INFO(type.name);
        const std::int16_t version = type.api.all().max;
        random_filler filler{++seed, version};
        const auto message = type.make();
        message->fill(filler);
        const std::string text = message->print(version, {});
        CHECK(text.find('\n') == std::string::npos);
        CHECK_NOTHROW(kasio_test::require_json(text));
    }
}
