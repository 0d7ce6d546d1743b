// SPDX-License-Identifier: BSL-1.0
// A peer that promises more than it sends.
#include "protocol/any_message.hpp"
#include "protocol/codec.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"
#include "whole_frame.hpp"

#include <kasio/messages/fetch.hpp>
#include <kasio/messages/metadata.hpp>

#include <cstdlib>
#include <new>

using namespace kasio;
using namespace kasio::protocol;
using kasio_test::bytes_of;
using kasio_test::from_hex;

namespace {

// All that this program allocates while a decoder runs.
thread_local std::size_t allocated = 0;

} // namespace

void* operator new(std::size_t size) {
    allocated += size;
    if (void* const memory = std::malloc(size)) return memory;
    throw std::bad_alloc{};
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    allocated += size;
    return std::malloc(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

TEST_CASE("counts and lengths beyond the frame are refused before anything is allocated for them", "[C10]") {
    metadata_response metadata;
    fetch_response fetch;
    // correlation id, throttle time, then a count of brokers
    for (const char* count : {"7fffffff", "00000002", "80000000", "fffffffe", "ffffffff"}) {
        INFO(count);
        const std::string frame = from_hex(std::string{"00000007 00000000"} + count + "000000010000");
        allocated = 0;
        const error_code error = decode_response(bytes_of(frame), 8, metadata);
        const std::size_t taken = allocated; // before the reporter of the tests takes some
        CHECK(error == errc::malformed_response);
        CHECK(taken == 0);
    }
    for (const char* count : {"ffffffff0f", "ffffff7f", "14", "00"}) {
        INFO(count);
        const std::string frame = from_hex(std::string{"00000007 00 00000000"} + count + "000000010000");
        allocated = 0;
        const error_code error = decode_response(bytes_of(frame), 12, metadata);
        const std::size_t taken = allocated;
        CHECK(error == errc::malformed_response);
        CHECK(taken == 0);
    }
    // one topic, one partition, records of 2 GiB
    const std::string frame = from_hex(
        "00000007 00000000 0000 00000000 00000001 000161 00000001 00000000 0000 0000000000000000 "
        "0000000000000000 0000000000000000 00000000 ffffffff 7fffffff 00");
    CHECK(decode_response(bytes_of(frame), 11, fetch) == errc::malformed_response);
}

TEST_CASE("what a decoder allocates is bounded by the length of what it reads") {
    // The largest struct against the fewest bytes that it may take: no message turns a byte into more than
    // this.
    constexpr std::size_t bytes_per_byte = 64;
    constexpr std::size_t slack = 4096;
    std::mt19937_64 random{7};
    outgoing_frame out;
    for (const message_type& type : message_types()) {
        const version_range versions = type.api.all();
        const auto message = type.make();
        for (std::int16_t version = versions.min; version <= versions.max; ++version) {
            for (int i = 0; i < 30; ++i) {
                INFO(type.name << " v" << version);
                std::string bytes;
                if (i % 2 == 0) {
                    random_filler filler{random(), version};
                    message->fill(filler);
                    REQUIRE(message->encode(out, version) == error_code{});
                    bytes = whole(out);
                    for (std::size_t n = 0; n < 4 && !bytes.empty(); ++n) {
                        bytes[random() % bytes.size()] = static_cast<char>(random() % 2 ? 0xff : random());
                    }
                } else {
                    bytes.resize(random() % 300);
                    for (char& byte : bytes) byte = static_cast<char>(random() % 3 ? random() % 4 : random());
                }
                std::size_t left = 0;
                allocated = 0;
                const error_code error = message->decode(bytes_of(bytes), version, left);
                REQUIRE((!error || error == errc::malformed_response));
                REQUIRE(allocated <= bytes.size() * bytes_per_byte + slack);
            }
        }
    }
}

TEST_CASE("a string that is no UTF-8 is malformed", "[C10]") {
    metadata_response metadata;
    const std::string start = "00000007 00000000 00000001 00000001 0002";
    const std::string rest = "00000000 ffff ffff 00000000 00000000";
    CHECK(decode_response(bytes_of(from_hex(start + "c3a9" + rest)), 4, metadata) == error_code{});
    CHECK(decode_response(bytes_of(from_hex(start + "c328" + rest)), 4, metadata) ==
          errc::malformed_response);
}

TEST_CASE("null where the version does not allow it is malformed") {
    // partitions of a topic: null
    metadata_response metadata;
    const std::string frame =
        from_hex("00000007 00000000 00000000 ffff 00000000 00000001 0000 000161 00 ffffffff");
    CHECK(decode_response(bytes_of(frame), 4, metadata) == errc::malformed_response);
    // a broker's host: null
    CHECK(decode_response(bytes_of(from_hex("00000007 00000000 00000001 00000001 ffff 00000000 ffff")), 4,
                          metadata) == errc::malformed_response);
}
