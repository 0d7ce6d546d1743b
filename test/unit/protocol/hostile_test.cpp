// SPDX-License-Identifier: BSL-1.0
// A peer that promises more than it sends.
#include "allocated.hpp"
#include "protocol/any_message.hpp"
#include "protocol/codec.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"
#include "whole_frame.hpp"

#include <kasio/messages/fetch.hpp>
#include <kasio/messages/metadata.hpp>

using namespace kasio;
using namespace kasio::protocol;
using kasio_test::allocated;
using kasio_test::bytes_of;
using kasio_test::from_hex;

TEST_CASE("counts and lengths beyond the frame are refused before anything is allocated for them", "[C10]") {
    metadata_response metadata;
    fetch_response fetch;
    // correlation id, throttle time, then a count of brokers
    for (const char* count : {"7fffffff", "00000002", "80000000", "fffffffe", "ffffffff"}) {
        INFO(count);
        const std::string frame = from_hex(std::string{"00000007 00000000"} + count + "000000010000");
        allocated::reset();
        const error_code error = decode_response(bytes_of(frame), 8, metadata);
        const std::size_t taken = allocated::bytes(); // before the reporter of the tests takes some
        CHECK(error == errc::malformed_response);
        CHECK(taken == 0);
    }
    for (const char* count : {"ffffffff0f", "ffffff7f", "14", "00"}) {
        INFO(count);
        const std::string frame = from_hex(std::string{"00000007 00 00000000"} + count + "000000010000");
        allocated::reset();
        const error_code error = decode_response(bytes_of(frame), 12, metadata);
        const std::size_t taken = allocated::bytes();
        CHECK(error == errc::malformed_response);
        CHECK(taken == 0);
    }
    // one topic, one partition, records of 2 GiB
    const std::string frame = from_hex(
        "00000007 00000000 0000 00000000 00000001 000161 00000001 00000000 0000 0000000000000000 "
        "0000000000000000 0000000000000000 00000000 ffffffff 7fffffff 00");
    CHECK(decode_response(bytes_of(frame), 11, fetch) == errc::malformed_response);
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
