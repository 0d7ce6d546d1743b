// SPDX-License-Identifier: BSL-1.0
// What a hostile or broken peer may send: an error or a valid value, for work and memory in proportion to it.
#include "allocated.hpp"
#include "protocol/any_message.hpp"
#include "protocol/damager.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"
#include "whole_frame.hpp"

#include <algorithm>
#include <ctime>
#include <iostream>
#include <map>

using namespace kasio;
using namespace kasio::protocol;
using kasio_test::allocated;
using kasio_test::bytes_of;

namespace {

// Of memory, bytes for each byte of input: the largest struct against the fewest bytes that it may take, with
// what it lies in. On top of it what a message takes whatever it holds.
constexpr std::size_t bytes_per_byte = 64;
constexpr std::size_t bytes_at_least = 1024;
// Allocations: each takes a byte at least.
constexpr std::size_t allocations_at_least = 8;
// Of time: processor nanoseconds for each byte of input, and for each input, over all damages of a family. A
// debug build takes some tens a byte; these hold under sanitizers too, and still are far from what a
// single count of two billion would take.
constexpr double nanoseconds_per_byte = 1000;
constexpr double nanoseconds_at_least = 50'000;

constexpr int damages_per_family = 10'000;

double processor_nanoseconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

struct tally {
    int damages = 0;
    int valid = 0;
    double bytes = 0;
    double nanoseconds = 0;
    double most_memory = 0; // per byte

    void print(const std::string& name) const {
        std::cout << "damage: " << name << ": " << damages << " cases, " << valid << " still valid, "
                  << nanoseconds / bytes << " ns a byte, at most " << most_memory << " bytes a byte\n";
    }
};

using family_map = std::map<std::string_view, std::vector<const message_type*>>;

const family_map& families() {
    static const family_map all = [] {
        family_map found;
        for (const message_type& type : message_types()) found[type.family].push_back(&type);
        return found;
    }();
    return all;
}

void check_bounds(std::size_t input) {
    REQUIRE(allocated::bytes() <= input * bytes_per_byte + bytes_at_least);
    REQUIRE(allocated::times() <= input + allocations_at_least);
}

// What was taken for valid can be written, and reads the same again.
void check_valid(const message_type& type, std::int16_t version, const any_message& message) {
    outgoing_frame out;
    REQUIRE(message.encode(out, version) == error_code{});
    const std::string encoded = whole(out);
    REQUIRE(message.survey(version).size() == encoded.size());
    const auto again = type.make();
    std::size_t left = 0;
    REQUIRE(again->decode(bytes_of(encoded), version, left) == error_code{});
    REQUIRE(left == 0);
    // NaN differs from itself, so what is compared is its print.
    if (!again->equals(message))
        REQUIRE(again->print(version, print_all) == message.print(version, print_all));
}

/// Decodes within the bounds. Returns whether the bytes were valid; then the message may point into them.
bool decode_bounded(any_message& message, std::int16_t version, const std::vector<char>& bytes, tally& sum) {
    std::size_t left = 0;
    allocated::reset();
    const double start = processor_nanoseconds();
    const error_code error = message.decode(std::as_bytes(std::span{bytes}), version, left);
    sum.nanoseconds += processor_nanoseconds() - start;
    check_bounds(bytes.size());
    sum.bytes += static_cast<double>(bytes.size());
    if (bytes.size() >= 64)
        sum.most_memory = std::max(
            sum.most_memory, static_cast<double>(allocated::bytes()) / static_cast<double>(bytes.size()));
    ++sum.damages;
    if (!error) ++sum.valid;
    else REQUIRE(error == errc::malformed_response);
    return !error;
}

} // namespace

TEST_CASE("10,000 damages to each family give an error or a valid value, in bounded time and memory",
          "[C10]") {
    std::uint64_t seed = 1;
    for (const auto& [family, types] : families()) {
        tally sum;
        damager with{seed};
        while (sum.damages < damages_per_family) {
            const message_type& type = *types[seed % types.size()];
            const version_range versions = type.api.all();
            const auto count = static_cast<std::uint64_t>(versions.max - versions.min + 1);
            const auto version = static_cast<std::int16_t>(versions.min + seed / types.size() % count);
            INFO(type.name << " v" << version << " seed " << seed);
            random_filler filler{seed++, version};
            const auto message = type.make();
            message->fill(filler);
            outgoing_frame out;
            REQUIRE(message->encode(out, version) == error_code{});
            const std::string bytes = whole(out);
            const surveyor survey = message->survey(version);
            const auto damaged = type.make();
            for (int i = 0; i < 10; ++i) {
                // Memory of exactly their size, so that sanitizers see a read behind the end.
                const std::string broken = with.damaged(bytes, survey.places());
                const std::vector<char> exact(broken.begin(), broken.end());
                if (decode_bounded(*damaged, version, exact, sum)) check_valid(type, version, *damaged);
            }
        }
        sum.print(std::string{family});
        INFO(family);
        CHECK(sum.nanoseconds <= sum.bytes * nanoseconds_per_byte + sum.damages * nanoseconds_at_least);
        CHECK(sum.valid > 0);
        CHECK(sum.valid < sum.damages);
    }
}

TEST_CASE("large inputs of few different bytes take time and memory in proportion too", "[C10]") {
    constexpr std::size_t input = 1 << 16;
    tally sum;
    // Small counts and lengths nested as deep as they go; what claims most with least.
    for (const std::string& pattern :
         {std::string(1, '\0'), std::string{"\1"}, std::string{"\2"}, std::string{"\x7f"},
          std::string{"\xff"}, std::string{"\xff\xff\x03"}, std::string{"\0\1", 2},
          std::string{"\0\0\0\1", 4}, std::string{"\0\0\x10\0", 4}}) {
        std::vector<char> bytes;
        while (bytes.size() < input) bytes.insert(bytes.end(), pattern.begin(), pattern.end());
        for (const message_type& type : message_types()) {
            const version_range versions = type.api.all();
            const auto message = type.make();
            for (std::int16_t version = versions.min; version <= versions.max; ++version) {
                INFO(type.name << " v" << version << " of " << kasio_test::to_hex(pattern));
                decode_bounded(*message, version, bytes, sum);
            }
        }
    }
    sum.print("patterns of 64 KiB");
    CHECK(sum.nanoseconds <= sum.bytes * nanoseconds_per_byte);
}

TEST_CASE("a random value of each message cut at any byte is malformed", "[C10]") {
    std::uint64_t seed = 3'000'000;
    for (const message_type& type : message_types()) {
        const version_range versions = type.api.all();
        const auto message = type.make();
        for (std::int16_t version = versions.min; version <= versions.max; ++version) {
            random_filler filler{++seed, version};
            message->fill(filler);
            outgoing_frame out;
            REQUIRE(message->encode(out, version) == error_code{});
            const std::string bytes = whole(out);
            const auto cut = type.make();
            INFO(type.name << " v" << version << " seed " << seed);
            // Long messages at some bytes only, else their squares take minutes.
            const std::size_t step = 1 + bytes.size() / 2000;
            for (std::size_t size = 0; size < bytes.size(); size += step) {
                const std::vector<char> exact(bytes.begin(),
                                              bytes.begin() + static_cast<std::ptrdiff_t>(size));
                std::size_t left = 0;
                REQUIRE(cut->decode(std::as_bytes(std::span{exact}), version, left) ==
                        errc::malformed_response);
            }
        }
    }
}
