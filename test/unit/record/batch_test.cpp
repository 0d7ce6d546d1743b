// SPDX-License-Identifier: BSL-1.0
// What a batch keeps of its records, and what a broker changes in it.
#include "base/big_endian.hpp"
#include "record/batch_edit.hpp"
#include "record/batch_writer.hpp"
#include "record/control_record.hpp"

#include "support/catch.hpp"
#include "support/vectors.hpp"
#include "walk.hpp"

#include <array>
#include <limits>

using namespace kasio;
using namespace kasio_test;

namespace {

struct to_write {
    std::int64_t time = 0;
    bytes_view key;
    bytes_view value;
    std::vector<header> headers;
};

std::vector<std::byte> write(const std::vector<to_write>& records,
                             const batch_writer::finish_options& how = {}) {
    batch_writer writer;
    for (const auto& each : records) {
        writer.grow_to(writer.size() + batch_writer::upper_bound(each.key, each.value, each.headers));
        writer.append(each.time, each.key, each.value, each.headers);
    }
    const auto bytes = writer.finish(how);
    return {bytes.begin(), bytes.end()};
}

batch_view read(std::span<const std::byte> bytes) {
    batch_reader reader{bytes};
    batch_view batch;
    REQUIRE(reader.next(batch) == batch_reader::outcome::batch);
    return batch;
}

std::vector<owned_record> records_of(std::span<const std::byte> bytes) {
    const auto batch = read(bytes);
    auto got = walk(batch, batch.records);
    REQUIRE_FALSE(got.corrupt);
    REQUIRE(got.agree);
    return std::move(got.records);
}

std::int64_t milliseconds(const owned_record& record) { return record.timestamp.time_since_epoch().count(); }

} // namespace

TEST_CASE("null and empty keys, values and header values stay apart") {
    const auto records =
        records_of(write({{1, nullptr, nullptr, {}}, {1, "", "", {{"", ""}, {"n", nullptr}}}}));
    REQUIRE(records.size() == 2);
    CHECK_FALSE(records[0].key);
    CHECK_FALSE(records[0].value);
    CHECK(records[0].headers.empty());
    CHECK(records[1].key == "");
    CHECK(records[1].value == "");
    REQUIRE(records[1].headers.size() == 2);
    CHECK(records[1].headers[0] == std::pair<std::string, std::optional<std::string>>{"", ""});
    CHECK(records[1].headers[1] == std::pair<std::string, std::optional<std::string>>{"n", std::nullopt});
}

TEST_CASE("repeated headers all stay, in their order, and the last one is found") {
    const auto bytes = write({{1, "k", "v", {{"a", "1"}, {"b", nullptr}, {"a", "2"}}}});
    const auto batch = read(bytes);
    const batch_origin origin;
    record_cursor cursor{batch, batch.records, &origin};
    record_view record;
    REQUIRE(cursor.next(record) == record_cursor::outcome::record);
    const auto headers = record.headers();
    CHECK(headers.size() == 3);
    CHECK_FALSE(headers.empty());
    std::vector<header> seen(headers.begin(), headers.end());
    CHECK(seen == std::vector<header>{{"a", "1"}, {"b", nullptr}, {"a", "2"}});
    CHECK(headers.last("a") == bytes_view{"2"});
    REQUIRE(headers.last("b"));
    CHECK(headers.last("b")->is_null());
    CHECK_FALSE(headers.last("c"));
    auto walking = headers.begin();
    CHECK(walking++->value == bytes_view{"1"});
    CHECK(walking->key == "b");
}

TEST_CASE("timestamps may fall, and lie as far apart as they can") {
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    constexpr auto greatest = std::numeric_limits<std::int64_t>::max();
    const auto bytes =
        write({{100, "a", "1", {}}, {40, "b", "2", {}}, {greatest, "c", "3", {}}, {least, "d", "4", {}}});
    const auto batch = read(bytes);
    CHECK(batch.base_timestamp == 100);
    CHECK(batch.max_timestamp == greatest);
    const auto records = records_of(bytes);
    CHECK(milliseconds(records[0]) == 100);
    CHECK(milliseconds(records[1]) == 40);
    CHECK(milliseconds(records[2]) == greatest);
    CHECK(milliseconds(records[3]) == least);
}

TEST_CASE("a record of many lengths is written to the size that it claims, within its bound") {
    for (const std::size_t size : {0U, 1U, 63U, 64U, 8191U, 8192U, 1'048'575U, 1'048'576U}) {
        const std::string value(size, 'v');
        CAPTURE(size);
        const std::vector<header> headers{{value, value}, {"", nullptr}};
        const auto bytes = write({{0, value, value, headers}, {1, "next", "one", {}}});
        CHECK(bytes.size() <= batch_header_size + batch_writer::upper_bound(value, value, headers) +
                                  batch_writer::upper_bound("next", "one", {}));
        const auto records = records_of(bytes);
        REQUIRE(records.size() == 2);
        CHECK(records[0].headers[0].second == value);
        CHECK(records[1].key == "next");
    }
}

TEST_CASE("a writer can be finished twice, and used again after a reset") {
    batch_writer writer;
    writer.grow_to(1000);
    writer.append(5, "k", "v", {});
    CHECK(writer.count() == 1);
    CHECK(writer.first_timestamp() == 5);
    CHECK(read(writer.finish({})).producer_id == -1);
    const auto again =
        writer.finish({.producer_id = 7, .producer_epoch = 1, .base_sequence = 9, .transactional = true});
    const auto batch = read(again);
    CHECK(batch.crc_fits());
    CHECK(batch.producer_id == 7);
    CHECK(batch.producer_epoch == 1);
    CHECK(batch.base_sequence == 9);
    CHECK(batch.transactional());
    CHECK_FALSE(batch.control());
    const auto* const memory = again.data();
    writer.reset();
    CHECK(writer.count() == 0);
    CHECK(writer.size() == batch_header_size);
    CHECK(writer.capacity() >= 1000);
    writer.append(3, "x", nullptr, {});
    CHECK(writer.max_timestamp() == 3);
    const auto second = writer.finish({});
    CHECK(second.data() == memory);
    CHECK(records_of(second).at(0).key == "x");
}

TEST_CASE("a writer that grows keeps its records") {
    batch_writer writer;
    for (int i = 0; i < 100; ++i) {
        writer.grow_to(writer.size() + batch_writer::upper_bound("key", "value", {}));
        writer.append(i, "key", "value", {});
    }
    const auto records = records_of(writer.finish({}));
    REQUIRE(records.size() == 100);
    for (std::size_t i = 0; i < 100; ++i) CHECK(records[i].offset == static_cast<std::int64_t>(i));
}

TEST_CASE("a compressed batch holds the same records under the same header") {
    for (const auto codec :
         {compression::none, compression::gzip, compression::snappy, compression::lz4, compression::zstd}) {
        if (!is_available(codec)) continue;
        CAPTURE(codec);
        batch_writer writer;
        writer.grow_to(100'000);
        for (int i = 0; i < 100; ++i) writer.append(1000 + i, "key", "value", {});
        compressor with{codec};
        byte_buffer out;
        out.append(bytes_of("what was there before"));
        for (int twice = 0; twice < 2; ++twice) {
            REQUIRE(writer.finish_compressed(with, out, {.producer_id = 4}) == error_code{});
            const auto batch = read(out.bytes());
            CHECK(batch.whole.size() == out.size());
            CHECK(batch.crc_fits());
            CHECK(batch.codec() == codec);
            CHECK(batch.record_count == 100);
            CHECK(batch.max_timestamp == 1099);
            CHECK(batch.producer_id == 4);
            decompressor from;
            byte_buffer records;
            REQUIRE(from.decompress(codec, batch.records, records, 100'000) == error_code{});
            const auto plain = writer.finish({}).subspan(batch_header_size);
            CHECK(bytes_view{records.bytes()} == bytes_view{plain});
        }
    }
}

TEST_CASE("base offset and leader epoch are set without a new check sum") {
    auto bytes = write({{1, "k", "v", {}}, {2, "k", "v", {}}});
    const auto crc = load_big<std::uint32_t>(bytes.data() + batch_layout::crc);
    set_base_offset(bytes, 1'000'000'000'000);
    set_leader_epoch(bytes, 17);
    const auto batch = read(bytes);
    CHECK(batch.crc_fits());
    CHECK(load_big<std::uint32_t>(bytes.data() + batch_layout::crc) == crc);
    CHECK(batch.leader_epoch == 17);
    CHECK(batch.last_offset() == 1'000'000'000'001);
    CHECK(records_of(bytes)[1].offset == 1'000'000'000'001);
    CHECK(records_of(bytes)[1].leader_epoch == 17);
}

TEST_CASE("log append time counts for every record, and the check sum is made anew") {
    auto bytes = write({{1, "k", "v", {}}, {2, "k", "v", {}}}, {.transactional = true});
    set_log_append_time(bytes, 999);
    const auto batch = read(bytes);
    CHECK(batch.crc_fits());
    CHECK(batch.timestamp_type() == timestamp_type::log_append_time);
    CHECK(batch.transactional());
    for (const auto& record : records_of(bytes)) {
        CHECK(milliseconds(record) == 999);
        CHECK(record.timestamp_type == timestamp_type::log_append_time);
    }
}

TEST_CASE("a batch gets another producer, epoch and sequence without its records being written again") {
    for (const auto codec : {compression::none, compression::gzip}) {
        batch_writer writer;
        writer.grow_to(1000);
        writer.append(1, "k", "v", {});
        writer.append(2, "k", nullptr, {});
        compressor with{codec};
        byte_buffer out;
        REQUIRE(writer.finish_compressed(with, out, {.producer_id = 4, .transactional = true}) ==
                error_code{});
        byte_buffer once;
        REQUIRE(writer.finish_compressed(with, once,
                                         {.producer_id = 9'000'000'000,
                                          .producer_epoch = 3,
                                          .base_sequence = 77,
                                          .transactional = true}) == error_code{});
        set_producer({out.data(), out.size()}, 9'000'000'000, 3, 77);
        const auto batch = read(out.bytes());
        CHECK(batch.crc_fits());
        CHECK(batch.producer_id == 9'000'000'000);
        CHECK(batch.producer_epoch == 3);
        CHECK(batch.base_sequence == 77);
        CHECK(batch.transactional());
        CHECK(bytes_view{out.bytes()} == bytes_view{once.bytes()});
    }
}

TEST_CASE("a bit that turns anywhere behind the check sum shows", "[F1]") {
    auto bytes = write({{1, "key", "value", {{"a", "b"}}}});
    for (std::size_t at = batch_layout::crc; at < bytes.size(); ++at) {
        for (int bit = 0; bit < 8; ++bit) {
            bytes[at] ^= std::byte{1} << bit;
            batch_view batch;
            batch.whole = bytes;
            REQUIRE_FALSE(batch.crc_fits());
            bytes[at] ^= std::byte{1} << bit;
        }
    }
    CHECK(read(bytes).crc_fits());
}

TEST_CASE("a control record says abort, commit, or something newer") {
    const std::array<std::pair<const char*, control_marker::kind>, 4> kinds{{
        {"0000 0000", control_marker::kind::abort},
        {"0000 0001", control_marker::kind::commit},
        {"0000 0002", control_marker::kind::leader_change},
        {"0000 0005", control_marker::kind::other},
    }};
    for (const auto& [digits, kind] : kinds) {
        const auto key = from_hex(digits);
        // Only the first record counts.
        const auto bytes = write({{1, key, "v", {}}, {1, from_hex("00000001"), "v", {}}}, {.control = true});
        const auto batch = read(bytes);
        CHECK(batch.control());
        const auto marker = read_control_marker(batch, batch.records);
        REQUIRE(marker);
        CHECK(marker->what == kind);
    }
    const auto epoch_of = [](bytes_view value) {
        const auto bytes = write({{1, from_hex("00000001"), value, {}}}, {.control = true});
        const auto batch = read(bytes);
        return read_control_marker(batch, batch.records).value().coordinator_epoch;
    };
    CHECK(epoch_of(from_hex("0000 01020304")) == 0x01020304);
    CHECK(epoch_of(from_hex("0000 01020304 0506")) == 0x01020304);
    CHECK(epoch_of(from_hex("0000 010203")) == -1);
    CHECK(epoch_of(from_hex("ffff 01020304")) == -1);
    CHECK(epoch_of(nullptr) == -1);
    for (const bytes_view key : {bytes_view{}, bytes_view{""}, bytes_view{"\1\1\1"}}) {
        const auto bytes = write({{1, key, "v", {}}}, {.control = true});
        const auto batch = read(bytes);
        CHECK_FALSE(read_control_marker(batch, batch.records));
    }
}

TEST_CASE("a change of a quorum's leader is read as Kafka's own code writes it") {
    // Made by Kafka 4.4's MemoryRecords.withLeaderChangeMessage: leader 2 of voters 1 to 3, elected by 1
    // and 2.
    const auto bytes = from_hex(
        "000000000000004d 0000005e 00000009 02 e6496fb0 0020 00000000 0000018bcfe5687b 0000018bcfe5687b "
        "ffffffffffffffff ffff ffffffff 00000001 58 00 00 00 08 00000002 44 "
        "0000 00000002 04 0000000100 0000000200 0000000300 03 0000000100 0000000200 00 00");
    const auto batch = read(bytes_of(bytes));
    CHECK(batch.crc_fits());
    CHECK(batch.control());
    REQUIRE(read_control_marker(batch, batch.records).value().what == control_marker::kind::leader_change);
    const auto change = read_leader_change(batch, batch.records);
    REQUIRE(change);
    CHECK(change->leader_id == 2);
    REQUIRE(change->voters.size() == 3);
    CHECK(change->voters[2].voter_id == 3);
    REQUIRE(change->granting_voters.size() == 2);
    CHECK(change->granting_voters[1].voter_id == 2);
    for (std::size_t size = 0; size < batch.records.size(); ++size) {
        const std::vector<std::byte> cut(batch.records.begin(),
                                         batch.records.begin() + static_cast<std::ptrdiff_t>(size));
        CHECK_FALSE(read_leader_change(batch, cut));
    }
    const auto marker = write({{1, from_hex("00000001"), "v", {}}}, {.control = true});
    CHECK_FALSE(read_leader_change(read(marker), read(marker).records));
}
