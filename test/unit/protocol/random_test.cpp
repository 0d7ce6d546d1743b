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

// Enough to meet each branch of each field in every run; more by environment.
int values_per_version() {
    const char* const chosen = std::getenv("KASIO_RANDOM_VALUES");
    return chosen != nullptr ? std::atoi(chosen) : 40;
}

} // namespace

TEST_CASE("random values encode, decode and compare equal, and a frame is as long as it says") {
    const int values = values_per_version();
    std::uint64_t seed = 1;
    for (const message_type& type : message_types()) {
        const version_range versions = type.api.all();
        outgoing_frame out;
        for (std::int16_t version = versions.min; version <= versions.max; ++version) {
            for (int i = 0; i < values; ++i, ++seed) {
                INFO(type.name << " v" << version << " seed " << seed);
                random_filler filler{seed, version};
                const auto message = type.make();
                message->fill(filler);
                REQUIRE(message->encode(out, version) == error_code{});
                const std::string bytes = whole(out);
                REQUIRE(out.size() == bytes.size());
                const auto back = type.make();
                std::size_t left = 0;
                REQUIRE(back->decode(kasio_test::bytes_of(bytes), version, left) == error_code{});
                REQUIRE(left == 0);
                REQUIRE(back->equals(*message));
            }
        }
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
