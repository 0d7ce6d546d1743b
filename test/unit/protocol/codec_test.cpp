// SPDX-License-Identifier: BSL-1.0
#include "protocol/codec.hpp"
#include "protocol/broker_codec.hpp"
#include "protocol/messages/consumer_protocol.hpp"
#include "protocol/messages/control_record.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"
#include "whole_frame.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/messages/api_versions.hpp>
#include <kasio/messages/coordinator.hpp>
#include <kasio/messages/fetch.hpp>
#include <kasio/messages/group.hpp>
#include <kasio/messages/metadata.hpp>
#include <kasio/messages/topic.hpp>

using namespace kasio;
using namespace kasio::protocol;
using kasio_test::bytes_of;
using kasio_test::from_hex;
using kasio_test::to_hex;

namespace {

// The digits without the blanks.
std::string hex(std::string_view digits) { return kasio_test::to_hex(kasio_test::from_hex(digits)); }

// Without the length.
template <class Response>
std::string answer(const Response& response, std::int16_t version, std::int32_t correlation_id = 7) {
    outgoing_frame out;
    REQUIRE(encode_response(out, response, version, correlation_id) == error_code{});
    return whole(out).substr(4);
}

} // namespace

TEST_CASE(
    "the header of a request has a tag section from the first flexible version, the client id stays as it "
    "was") {
    outgoing_frame out;
    REQUIRE(encode_request(out, heartbeat_request{}, 3, "me") == error_code{});
    CHECK(to_hex(whole(out)).substr(0, 36) == hex("00000016 000c 0003 00000000 0002 6d65 0000"));
    REQUIRE(encode_request(out, heartbeat_request{}, 4, "me") == error_code{});
    CHECK(to_hex(whole(out)).substr(0, 36) == hex("00000015 000c 0004 00000000 0002 6d65 00 01"));
    REQUIRE(encode_request(out, api_versions_request{}, 3, nullptr) == error_code{});
    CHECK(to_hex(whole(out)) == hex("0000000e 0012 0003 00000000 ffff 00 010100"));
}

TEST_CASE("what a client sends, a broker reads") {
    metadata_request request;
    request.topics.reset();
    request.include_topic_authorized_operations = true;
    for (const std::int16_t version : {8, 12}) {
        outgoing_frame out;
        REQUIRE(encode_request(out, request, version, "client") == error_code{});
        out.set_correlation_id(99);
        const std::string frame = whole(out).substr(4);
        request_header header;
        std::span<const std::byte> body;
        REQUIRE(decode_request_header(bytes_of(frame), header, body) == error_code{});
        CHECK(header.api_key == 3);
        CHECK(header.api_version == version);
        CHECK(header.correlation_id == 99);
        CHECK(header.client_id == "client");
        metadata_request read;
        REQUIRE(decode_request(body, version, read) == error_code{});
        CHECK(read == request);
        CHECK(decode_request(bytes_of(frame + "x").last(body.size() + 1), version, read) ==
              errc::malformed_response);
    }
}

TEST_CASE("the header of an unknown api is read as one without tags") {
    const std::string frame = from_hex("7530 0001 00000005 ffff abcd");
    request_header header;
    std::span<const std::byte> body;
    REQUIRE(decode_request_header(bytes_of(frame), header, body) == error_code{});
    CHECK(header.api_key == 30000);
    CHECK_FALSE(header.client_id);
    CHECK(body.size() == 2);
    for (std::size_t size = 0; size < 10; ++size) {
        CHECK(decode_request_header(bytes_of(frame).first(size), header, body) == errc::malformed_response);
    }
}

TEST_CASE("what a broker answers, a client reads") {
    find_coordinator_response response;
    response.coordinators.emplace_back().key = "group";
    response.coordinators.back().port = 9092;
    for (const std::int16_t version : {4, 6}) {
        const std::string frame = answer(response, version);
        find_coordinator_response read;
        read.throttle_time_ms = 12345; // leftovers of an earlier answer must not show
        REQUIRE(decode_response(bytes_of(frame), version, read) == error_code{});
        CHECK(read == response);
    }
}

TEST_CASE("bytes after the body of an answer are let be", "[C11]") {
    heartbeat_response response;
    response.error_code = 27;
    const std::string frame = answer(response, 4) + "new field";
    heartbeat_response read;
    REQUIRE(decode_response(bytes_of(frame), 4, read) == error_code{});
    CHECK(read == response);
}

TEST_CASE("tags that nobody knows are passed over, in headers and in bodies", "[C11]") {
    // correlation id | header tags: {5, 2 bytes} | throttle, error | body tags: {0, 1 byte}, {200, none}
    const std::string frame = from_hex("00000007 010502aabb 00000000 001b 02 0001ff c80100");
    heartbeat_response read;
    REQUIRE(decode_response(bytes_of(frame), 4, read) == error_code{});
    CHECK(read.error_code == 27);
}

TEST_CASE("tags out of order, repeated or longer than the frame are malformed", "[C11]") {
    heartbeat_response read;
    for (const char* tags : {"02 0100 0000", "02 0100 0100", "01 0102ff", "01 01ffffffff0f", "ffffffff0f"}) {
        INFO(tags);
        const std::string frame = from_hex(std::string{"00000007 00 00000000 001b"} + tags);
        CHECK(decode_response(bytes_of(frame), 4, read) == errc::malformed_response);
    }
}

TEST_CASE("a known tag whose value is shorter or longer than its size is malformed") {
    // finalized features epoch: tag 1, eight bytes
    const std::string start = "00000007 0000 01 00000000";
    api_versions_response read;
    REQUIRE(decode_response(bytes_of(from_hex(start + "01 01 08 0000000000000005")), 3, read) ==
            error_code{});
    CHECK(read.finalized_features_epoch == 5);
    CHECK(decode_response(bytes_of(from_hex(start + "01 01 07 00000000000005")), 3, read) ==
          errc::malformed_response);
    CHECK(decode_response(bytes_of(from_hex(start + "01 01 09 000000000000000500")), 3, read) ==
          errc::malformed_response);
}

TEST_CASE(
    "an ApiVersions answer has the old header always, and the old body when the version is not supported") {
    api_versions_response response;
    response.api_keys.emplace_back().max_version = 9;
    CHECK(to_hex(answer(response, 3)) == hex("00000007 0000 02 0000 0000 0009 00 00000000 00"));
    response.error_code = static_cast<std::int16_t>(broker_errc::unsupported_version);
    const std::string old = answer(response, 0);
    api_versions_response read;
    REQUIRE(decode_response(bytes_of(old), 4, read) == error_code{});
    CHECK(read == response);
}

TEST_CASE("versions beyond the description are refused in all directions") {
    outgoing_frame out;
    heartbeat_request request;
    heartbeat_response response;
    CHECK(encode_request(out, request, 5, "me") == errc::unsupported_version);
    CHECK(encode_request(out, request, -1, "me") == errc::unsupported_version);
    CHECK(decode_response(bytes_of("0000000000"), 5, response) == errc::unsupported_version);
    CHECK(decode_request(bytes_of("0000000000"), 5, request) == errc::unsupported_version);
    CHECK(encode_response(out, response, 5, 1) == errc::unsupported_version);
}

TEST_CASE("a value that the version has no place for is refused unless Kafka drops it") {
    outgoing_frame out;
    heartbeat_request heartbeat;
    heartbeat.group_instance_id = "static";
    CHECK(encode_request(out, heartbeat, 2, "me") == errc::unsupported_version);
    CHECK(out.size() == 0);
    CHECK(encode_request(out, heartbeat, 3, "me") == error_code{});

    fetch_request fetch;
    fetch.rack_id = "here";
    CHECK(encode_request(out, fetch, 10, "me") == error_code{});

    metadata_request metadata;
    metadata.topics.reset();
    CHECK(encode_request(out, metadata, 0, "me") == errc::unsupported_version);
    CHECK(encode_request(out, metadata, 1, "me") == error_code{});
    metadata.allow_auto_topic_creation = false;
    CHECK(encode_request(out, metadata, 3, "me") == errc::unsupported_version);
    CHECK(encode_request(out, metadata, 4, "me") == error_code{});
}

TEST_CASE("strings beyond the format are refused in every version") {
    outgoing_frame out;
    heartbeat_request request;
    request.group_id.assign(32767, 'g');
    CHECK(encode_request(out, request, 0, "me") == error_code{});
    CHECK(encode_request(out, request, 4, "me") == error_code{});
    request.group_id += 'g';
    CHECK(encode_request(out, request, 0, "me") == errc::invalid_argument);
    CHECK(encode_request(out, request, 4, "me") == errc::invalid_argument);
    CHECK(encode_request(out, heartbeat_request{}, 0, std::string(32768, 'c')) == errc::invalid_argument);
}

TEST_CASE("stored formats carry their version, and newer ones are read as far as they are known") {
    consumer_protocol_subscription subscription;
    subscription.topics = {"a", "b"};
    outgoing_frame out;
    REQUIRE(encode_stored(out, subscription, 1) == error_code{});
    std::string bytes = whole(out);
    CHECK(to_hex(bytes) == hex("0001 00000002 000161 000162 ffffffff 00000000"));
    consumer_protocol_subscription read;
    std::int16_t version = -1;
    REQUIRE(decode_stored(bytes_of(bytes), read, version) == error_code{});
    CHECK(version == 1);
    CHECK(read == subscription);

    REQUIRE(encode_stored(out, subscription, 3) == error_code{});
    bytes = whole(out) + "appended by version 4";
    bytes[1] = 4;
    REQUIRE(decode_stored(bytes_of(bytes), read, version) == error_code{});
    CHECK(version == 4);
    CHECK(read == subscription);
    CHECK(decode_stored(bytes_of(from_hex("ffff0000")), read, version) == errc::malformed_response);
    CHECK(decode_stored(bytes_of("\0"), read, version) == errc::malformed_response);
}

TEST_CASE("control records are read and written as Kafka's own code does") {
    // Version 1 of the leader's change (KIP-853), made by Kafka 4.4's LeaderChangeMessage.
    const std::string bytes = from_hex(
        "0001 00000002 04 00000001 11223344556677880000000000000001 00 00000002 "
        "11223344556677880000000000000002 00 00000003 11223344556677880000000000000003 00 03 00000001 "
        "11223344556677880000000000000001 00 00000002 11223344556677880000000000000002 00 00");
    leader_change_message change;
    std::int16_t version = -1;
    REQUIRE(decode_stored(bytes_of(bytes), change, version) == error_code{});
    CHECK(version == 1);
    REQUIRE(change.voters.size() == 3);
    CHECK(change.voters[2].voter_id == 3);
    CHECK(change.voters[2].voter_directory_id.bytes[15] == 3);
    outgoing_frame out;
    REQUIRE(encode_stored(out, change, 1) == error_code{});
    CHECK(to_hex(whole(out)) == to_hex(bytes));
    CHECK(encode_stored(out, change, 0) == errc::unsupported_version);

    end_txn_marker marker;
    marker.coordinator_epoch = 11;
    REQUIRE(encode_stored(out, marker, 0) == error_code{});
    CHECK(to_hex(whole(out)) == hex("0000 0000000b"));
}

TEST_CASE("bytes of an answer are slices of its frame") {
    fetch_response response;
    auto& partition = response.responses.emplace_back().partitions.emplace_back();
    partition.records = "batch";
    const std::string frame = answer(response, 12);
    fetch_response read;
    REQUIRE(decode_response(bytes_of(frame), 12, read) == error_code{});
    const bytes_view records = read.responses[0].partitions[0].records;
    CHECK(records == bytes_view{"batch"});
    CHECK(records.data() >= frame.data());
    CHECK(records.end() <= frame.data() + frame.size());
}
