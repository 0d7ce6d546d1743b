// SPDX-License-Identifier: BSL-1.0
// What was written before Kafka 0.11 is read as if it were of magic 2.
#include "legacy_entries.hpp"
#include "record/legacy_view.hpp"
#include "record_rows.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"
#include "testing/legacy_records.hpp"
#include "walk.hpp"

#include <iostream>
#include <limits>

using namespace kasio;
using namespace kasio_test;

namespace {

constexpr std::size_t most = 1 << 20;

std::string packed(compression codec, std::string_view plain) {
    compressor with{codec};
    byte_buffer out;
    REQUIRE(with.compress(bytes_of(plain), out) == error_code{});
    return bytes_view{out.bytes()}.to_string();
}

/// The records of one entry, which must be right.
walked read_one(std::string_view entry, batch_view& batch) {
    decompressor codecs;
    legacy_reader reader{codecs};
    byte_buffer out;
    REQUIRE(reader.read(bytes_of(entry), most, true, out, batch) == error_code{});
    const exact_bytes records{batch.records};
    auto got = walk(batch, records.view());
    REQUIRE_FALSE(got.corrupt);
    REQUIRE(got.agree);
    return got;
}
walked read_one(std::string_view entry) {
    batch_view batch;
    return read_one(entry, batch);
}

std::int64_t milliseconds(const owned_record& record) { return record.timestamp.time_since_epoch().count(); }

} // namespace

TEST_CASE("every run of magic 0 and 1 of the record vectors is read to its values", "[F14]") {
    int checked = 0;
    int unavailable = 0;
    decompressor codecs;
    legacy_reader reader{codecs};
    byte_buffer out;
    for (const auto& row : legacy_rows()) {
        INFO(row.title);
        if (!is_available(row.codec)) {
            ++unavailable;
            continue;
        }
        const exact_bytes bytes{bytes_of(row.bytes)};
        batch_reader entries{bytes.view()};
        std::vector<owned_record> records;
        std::size_t count = 0;
        for (batch_view entry; entries.next(entry) == batch_reader::outcome::legacy; ++count) {
            const exact_bytes whole{entry.whole};
            batch_view batch;
            REQUIRE(reader.read(whole.view(), most, true, out, batch) == error_code{});
            CHECK(batch.last_offset() == entry.base_offset);
            CHECK(batch.timestamp_type() == row.time_type);
            CHECK(batch.codec() == compression::none);
            CHECK(batch.leader_epoch == -1);
            CHECK(batch.producer_id == -1);
            CHECK_FALSE(batch.control());
            const exact_bytes unpacked{batch.records};
            const auto got = walk(batch, unpacked.view());
            REQUIRE_FALSE(got.corrupt);
            REQUIRE(got.agree);
            records.insert(records.end(), got.records.begin(), got.records.end());
        }
        CHECK(entries.rest().empty());
        CHECK(count == (row.codec == compression::none ? row.records.size() : 1));
        REQUIRE(records.size() == row.records.size());
        for (std::size_t i = 0; i < records.size(); ++i) {
            CHECK(records[i].offset == row.records[i].offset);
            CHECK(records[i].timestamp == row.records[i].timestamp);
            CHECK(records[i].timestamp_type == row.time_type);
            CHECK(records[i].key == row.records[i].key);
            CHECK(records[i].value == row.records[i].value);
            CHECK(records[i].headers.empty());
            if (row.magic == 0) CHECK(milliseconds(records[i]) == -1);
        }
        ++checked;
    }
    std::cout << "legacy vectors: " << checked << " runs read, " << unavailable
              << " of codecs not built in\n";
    CHECK(checked > 0);
}

TEST_CASE("what the Java client wrote uncompressed in magic 0 and 1 is written to the same bytes", "[F14]") {
    int checked = 0;
    for (const auto& row : legacy_rows()) {
        if (row.codec != compression::none) continue;
        INFO(row.title);
        std::vector<producer_record> records;
        for (const auto& record : row.records) {
            auto& one = records.emplace_back();
            if (record.key) one.key = *record.key;
            if (record.value) one.value = *record.value;
            one.timestamp = record.timestamp;
        }
        const testing::legacy_format format{
            .magic = row.magic, .log_append_time = row.time_type == timestamp_type::log_append_time};
        std::string bytes;
        for (const auto& piece : testing::legacy_records(records, row.records.front().offset, format))
            bytes += piece.bytes;
        CHECK(to_hex(bytes) == to_hex(row.bytes));
        ++checked;
    }
    std::cout << "legacy vectors: " << checked << " runs written byte by byte\n";
    CHECK(checked > 0);
}

TEST_CASE("magics may be mixed in one answer", "[F14]") {
    std::string log;
    std::vector<batch_reader::outcome> expected;
    for (std::size_t i = 0; i < record_rows().size() && i < legacy_rows().size(); ++i) {
        const auto& legacy = legacy_rows()[i];
        log += record_rows()[i].bytes + legacy.bytes;
        expected.push_back(batch_reader::outcome::batch);
        const auto entries = legacy.codec == compression::none ? legacy.records.size() : 1;
        expected.insert(expected.end(), entries, batch_reader::outcome::legacy);
    }
    log += legacy_rows().front().bytes.substr(0, 20);
    expected.push_back(batch_reader::outcome::end);
    batch_reader reader{bytes_of(log)};
    batch_view batch;
    for (const auto outcome : expected) REQUIRE(reader.next(batch) == outcome);
    CHECK(reader.rest().size() == 20);
}

TEST_CASE("null and empty keys and values stay apart in both magics", "[F14]") {
    for (const int magic : {0, 1}) {
        const auto nulls =
            read_one(write_legacy({.magic = magic, .key = nullptr, .value = nullptr})).records.at(0);
        CHECK_FALSE(nulls.key);
        CHECK_FALSE(nulls.value);
        const auto empties = read_one(write_legacy({.magic = magic, .key = "", .value = ""})).records.at(0);
        CHECK(empties.key == "");
        CHECK(empties.value == "");
    }
}

TEST_CASE("offsets in a wrapper of magic 1 count towards the wrapper's own", "[F14]") {
    const auto inner = write_legacy({.offset = 0, .time = 50, .key = "a"}) +
                       write_legacy({.offset = 1, .time = 30, .key = "b"}) +
                       write_legacy({.offset = 4, .time = 70, .key = "c"}); // compaction left a gap
    const auto value = packed(compression::gzip, inner);
    batch_view batch;
    const auto got = read_one(write_legacy({.attributes = 1, .offset = 104, .value = value}), batch).records;
    REQUIRE(got.size() == 3);
    CHECK(got[0].offset == 100);
    CHECK(got[1].offset == 101);
    CHECK(got[2].offset == 104);
    CHECK(milliseconds(got[0]) == 50);
    CHECK(milliseconds(got[1]) == 30);
    CHECK(milliseconds(got[2]) == 70);
    CHECK(batch.max_timestamp == 70);
    CHECK(batch.next_offset() == 105);
    // Compaction took the first ones away.
    const auto rest = packed(compression::gzip, write_legacy({.offset = 4}) + write_legacy({.offset = 6}));
    const auto left = read_one(write_legacy({.attributes = 1, .offset = 106, .value = rest})).records;
    CHECK(left.at(0).offset == 104);
    CHECK(left.at(1).offset == 106);
    // Some producers leave the wrapper's offset at 0.
    const auto odd = read_one(write_legacy({.attributes = 1, .offset = 0, .value = value})).records;
    CHECK(odd.at(0).offset == 0);
    CHECK(odd.at(2).offset == 4);
}

TEST_CASE("offsets in a wrapper of magic 0 are what they are", "[F14]") {
    const auto inner = write_legacy({.magic = 0, .offset = 7}) + write_legacy({.magic = 0, .offset = 9});
    const auto value = packed(compression::gzip, inner);
    const auto got =
        read_one(write_legacy({.magic = 0, .attributes = 1, .offset = 9, .value = value})).records;
    CHECK(got.at(0).offset == 7);
    CHECK(got.at(1).offset == 9);
    CHECK(milliseconds(got[0]) == -1);
    CHECK(got[0].timestamp_type == timestamp_type::create_time);
}

TEST_CASE("the broker's time on a wrapper is that of all its records", "[F14]") {
    constexpr std::int8_t gzip_stamped = 1 | batch_attributes::log_append_time;
    const auto inner = write_legacy({.offset = 0, .time = 50}) + write_legacy({.offset = 1, .time = 60});
    const auto value = packed(compression::gzip, inner);
    const auto entry = write_legacy({.attributes = gzip_stamped, .offset = 1, .time = 999, .value = value});
    for (const auto& record : read_one(entry).records) {
        CHECK(milliseconds(record) == 999);
        CHECK(record.timestamp_type == timestamp_type::log_append_time);
    }
    // The bit means nothing in magic 0.
    const auto old =
        read_one(write_legacy({.magic = 0, .attributes = batch_attributes::log_append_time})).records;
    CHECK(milliseconds(old.at(0)) == -1);
    CHECK(old.at(0).timestamp_type == timestamp_type::create_time);
}

TEST_CASE("times in old records may lie as far apart as they can", "[F14]") {
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    constexpr auto greatest = std::numeric_limits<std::int64_t>::max();
    const auto inner =
        write_legacy({.offset = 0, .time = least}) + write_legacy({.offset = 1, .time = greatest});
    const auto value = packed(compression::gzip, inner);
    const auto got = read_one(write_legacy({.attributes = 1, .offset = 1, .value = value})).records;
    CHECK(milliseconds(got.at(0)) == least);
    CHECK(milliseconds(got.at(1)) == greatest);
}

TEST_CASE("a reader is used again, whatever it failed at, and replaces what the buffer held", "[F14]") {
    decompressor codecs;
    legacy_reader reader{codecs};
    byte_buffer out;
    batch_view batch;
    const auto good = write_legacy({.offset = 5, .key = "good"});
    for (int i = 0; i < 3; ++i) {
        REQUIRE(reader.read(bytes_of(good), most, true, out, batch) == error_code{});
        CHECK(walk(batch, batch.records).records.at(0).key == "good");
        CHECK(batch.records.size() == out.size());
        CHECK(reader.read(bytes_of(good.substr(0, 20)), most, true, out, batch) == errc::corrupt_batch);
        CHECK(reader.read(bytes_of(good), good.size() - 1, true, out, batch) == errc::batch_too_large);
    }
}
