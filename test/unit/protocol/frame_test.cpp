// SPDX-License-Identifier: BSL-1.0
#include "protocol/frame.hpp"
#include "base/big_endian.hpp"
#include "protocol/codec.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"
#include "whole_frame.hpp"

#include <kasio/messages/produce.hpp>

using namespace kasio;
using namespace kasio::protocol;

namespace {

// The digits without the blanks.
std::string hex(std::string_view digits) { return kasio_test::to_hex(kasio_test::from_hex(digits)); }

produce_request produce_of(std::initializer_list<bytes_view> batches) {
    produce_request request;
    request.acks = -1;
    request.timeout_ms = 30000;
    auto& topic = request.topic_data.emplace_back();
    topic.name = "orders";
    for (const bytes_view batch : batches) {
        auto& partition = topic.partition_data.emplace_back();
        partition.index = static_cast<std::int32_t>(topic.partition_data.size()) - 1;
        partition.records = batch;
    }
    return request;
}

} // namespace

TEST_CASE("large batches are borrowed by a frame, small ones are copied into it") {
    const std::string small(outgoing_frame::borrow_threshold - 1, 's');
    const std::string large(outgoing_frame::borrow_threshold, 'l');
    outgoing_frame frame;
    REQUIRE(encode_request(frame, produce_of({small}), 9, "client") == error_code{});
    CHECK(frame.piece_count() == 1);

    REQUIRE(encode_request(frame, produce_of({large, small, large}), 9, "client") == error_code{});
    REQUIRE(frame.piece_count() == 5);
    CHECK(frame.piece(1).data() == reinterpret_cast<const std::byte*>(large.data()));
    CHECK(frame.piece(1).size() == large.size());
    CHECK(frame.piece(3).data() == reinterpret_cast<const std::byte*>(large.data()));
    for (std::size_t i = 0; i < frame.piece_count(); ++i) CHECK_FALSE(frame.piece(i).empty());
    const std::string bytes = whole(frame);
    CHECK(bytes.size() == frame.size());
    CHECK(load_big<std::int32_t>(bytes.data()) + 4 == static_cast<std::int64_t>(bytes.size()));
}

TEST_CASE("a frame that ends with a borrowed batch has no empty piece after it") {
    const std::string large(outgoing_frame::borrow_threshold, 'l');
    outgoing_frame frame;
    REQUIRE(encode_request(frame, produce_of({large}), 3, "client") == error_code{}); // no tag sections yet
    CHECK(frame.piece_count() == 2);
    CHECK(whole(frame).ends_with(large));
}

TEST_CASE("the correlation id of a request can be set after encoding") {
    outgoing_frame frame;
    REQUIRE(encode_request(frame, produce_of({"x"}), 9, nullptr) == error_code{});
    frame.set_correlation_id(0x01020304);
    CHECK(kasio_test::to_hex(whole(frame)).substr(8, 20) == hex("0000 0009 01020304 ffff"));
}

TEST_CASE("a frame can be moved and used again") {
    const std::string large(outgoing_frame::borrow_threshold, 'l');
    outgoing_frame first;
    REQUIRE(encode_request(first, produce_of({large}), 9, "client") == error_code{});
    const std::string bytes = whole(first);
    outgoing_frame second{std::move(first)};
    CHECK(whole(second) == bytes);
    CHECK(first.size() == 0);
    CHECK(first.piece_count() == 0);
    first = std::move(second);
    CHECK(whole(first) == bytes);
    first.clear();
    CHECK(first.size() == 0);
    CHECK(first.piece_count() == 0);
    REQUIRE(encode_request(first, produce_of({large}), 9, "client") == error_code{});
    CHECK(whole(first) == bytes);
}

TEST_CASE("the correlation id of an answer is its first four bytes") {
    CHECK(peek_correlation_id(kasio_test::bytes_of(kasio_test::from_hex("0000002a00"))) == 42);
    CHECK_FALSE(peek_correlation_id(kasio_test::bytes_of("abc")));
}
