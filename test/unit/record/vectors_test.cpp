// SPDX-License-Identifier: BSL-1.0
// Every batch of magic 2 that the Java client wrote: read to its values, written to its bytes.
#include "base/big_endian.hpp"
#include "compression/compression.hpp"
#include "protocol/codec.hpp"
#include "record/batch_edit.hpp"
#include "record/batch_writer.hpp"
#include "record/control_record.hpp"

#include "record_rows.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"
#include "walk.hpp"

#include <iostream>
#include <stdexcept>

using namespace kasio;
using namespace kasio_test;

namespace {

constexpr std::size_t most = 1 << 20;

bytes_view view_of(const std::optional<std::string>& bytes) {
    return bytes ? bytes_view{*bytes} : bytes_view{};
}

batch_view read_whole(std::span<const std::byte> bytes) {
    batch_reader reader{bytes};
    batch_view batch;
    REQUIRE(reader.next(batch) == batch_reader::outcome::batch);
    REQUIRE(reader.rest().empty());
    batch_view none;
    REQUIRE(reader.next(none) == batch_reader::outcome::end);
    return batch;
}

void write_records(batch_writer& writer, const record_row& row) {
    for (const auto& record : row.records) {
        std::vector<header> headers;
        for (const auto& [name, value] : record.headers) headers.push_back({name, view_of(value)});
        const auto bound = batch_writer::upper_bound(view_of(record.key), view_of(record.value), headers);
        writer.grow_to(writer.size() + bound);
        const auto before = writer.size();
        writer.append(record.timestamp.time_since_epoch().count(), view_of(record.key), view_of(record.value),
                      headers);
        REQUIRE(writer.size() - before <= bound);
    }
}

// As the broker's coordinator does.
void write_marker(batch_writer& writer, const record_row& row, const batch_view& batch) {
    protocol::end_txn_marker marker;
    marker.coordinator_epoch = row.coordinator_epoch;
    protocol::outgoing_frame value;
    REQUIRE(protocol::encode_stored(value, marker, 0) == error_code{});
    const auto key = from_hex(row.commit ? "0000 0001" : "0000 0000");
    const bytes_view value_bytes{value.piece(0)};
    writer.grow_to(writer.size() + batch_writer::upper_bound(key, value_bytes, {}));
    writer.append(batch.base_timestamp, key, value_bytes, {});
}

// Where the broker stamped the batch, the records still hold the times that their client gave them.
record_row with_client_times(const record_row& row, batch_view batch) {
    batch.attributes &= static_cast<std::int16_t>(~batch_attributes::log_append_time);
    decompressor decompress;
    byte_buffer records;
    REQUIRE(decompress.decompress(row.codec, batch.records, records, most) == error_code{});
    record_row original = row;
    original.records = walk(batch, records.bytes()).records;
    REQUIRE(original.records.size() == row.records.size());
    for (auto& record : original.records) record.timestamp_type = timestamp_type::create_time;
    return original;
}

} // namespace

TEST_CASE("every batch of the record vectors is read to its values") {
    int checked = 0;
    int unavailable = 0;
    decompressor decompress;
    for (const auto& row : record_rows()) {
        INFO(row.title);
        const exact_bytes bytes{bytes_of(row.bytes)};
        const auto batch = read_whole(bytes.view());
        CHECK(batch.crc_fits());
        CHECK(batch.codec() == row.codec);
        CHECK(batch.timestamp_type() == row.time_type);
        CHECK(batch.transactional() == row.transactional);
        CHECK(batch.control() == row.control);
        CHECK(batch.producer_id == row.producer_id);
        CHECK(batch.producer_epoch == row.producer_epoch);
        if (row.control) continue; // its record is no value: see the markers below
        CHECK(batch.base_sequence == row.base_sequence);
        CHECK(batch.record_count == static_cast<std::int32_t>(row.records.size()));
        CHECK(batch.last_offset() == row.records.back().offset);
        CHECK(batch.next_offset() == row.records.back().offset + 1);
        if (!is_available(row.codec)) {
            ++unavailable;
            continue;
        }
        byte_buffer out;
        REQUIRE(decompress.decompress(row.codec, batch.records, out, most) == error_code{});
        const exact_bytes records{out.bytes()};
        const auto got = walk(batch, records.view());
        CHECK_FALSE(got.corrupt);
        CHECK(got.agree);
        REQUIRE(got.records.size() == row.records.size());
        for (std::size_t i = 0; i < got.records.size(); ++i) {
            CHECK(got.records[i].topic == "t");
            CHECK(got.records[i].partition == 3);
            CHECK(got.records[i].leader_epoch == batch.leader_epoch);
            CHECK(got.records[i].timestamp_type == row.time_type);
            CHECK(got.records[i].offset == row.records[i].offset);
            CHECK(got.records[i].timestamp == row.records[i].timestamp);
            CHECK(got.records[i].key == row.records[i].key);
            CHECK(got.records[i].value == row.records[i].value);
            CHECK(got.records[i].headers == row.records[i].headers);
        }
        ++checked;
    }
    std::cout << "record vectors: " << checked << " batches read, " << unavailable
              << " of codecs not built in\n";
    CHECK(checked > 0);
}

TEST_CASE("what the Java client wrote is written to the same bytes, but for what is compressed") {
    int checked = 0;
    int inside = 0;
    decompressor decompress;
    for (const auto& row : record_rows()) {
        if (!is_available(row.codec)) continue;
        INFO(row.title);
        const auto batch = read_whole(bytes_of(row.bytes));
        const bool stamped = row.time_type == timestamp_type::log_append_time;
        batch_writer writer;
        if (row.control) write_marker(writer, row, batch);
        else write_records(writer, stamped ? with_client_times(row, batch) : row);
        const auto bytes = writer.finish({.producer_id = row.producer_id,
                                          .producer_epoch = row.producer_epoch,
                                          .base_sequence = row.base_sequence,
                                          .transactional = row.transactional,
                                          .control = row.control});
        byte_buffer records;
        REQUIRE(decompress.decompress(row.codec, batch.records, records, most) == error_code{});
        CHECK(to_hex(bytes_view{bytes.subspan(batch_header_size)}.view()) ==
              to_hex(bytes_view{records.bytes()}.view()));
        ++inside;
        if (row.codec != compression::none) continue;
        std::vector<std::byte> copy(bytes.begin(), bytes.end());
        set_base_offset(copy, batch.base_offset);
        set_leader_epoch(copy, batch.leader_epoch);
        if (stamped) set_log_append_time(copy, batch.max_timestamp);
        CHECK(to_hex(bytes_view{copy}.view()) == to_hex(row.bytes));
        ++checked;
    }
    std::cout << "record vectors: " << checked << " batches written byte by byte, the records of " << inside
              << '\n';
    CHECK(checked > 0);
    CHECK(inside > checked);
}

TEST_CASE("the markers of transactions say commit or abort") {
    int checked = 0;
    for (const auto& row : record_rows()) {
        if (!row.control) continue;
        INFO(row.title);
        const auto batch = read_whole(bytes_of(row.bytes));
        CHECK(batch.record_count == 1);
        const auto marker = read_control_marker(batch, batch.records);
        REQUIRE(marker);
        CHECK(marker->what == (row.commit ? control_marker::kind::commit : control_marker::kind::abort));
        CHECK(marker->coordinator_epoch == row.coordinator_epoch);
        CHECK(row.coordinator_epoch >= 0);
        // Cut anywhere, it is none.
        for (std::size_t size = 0; size < batch.records.size(); ++size) {
            const exact_bytes cut{batch.records.first(size)};
            CHECK_FALSE(read_control_marker(batch, cut.view()));
        }
        ++checked;
    }
    CHECK(checked == 2);
}

TEST_CASE("every batch cut short at any byte is no batch, and its records cut short are fewer", "[F2]") {
    decompressor decompress;
    for (const auto& row : record_rows()) {
        INFO(row.title);
        const auto bytes = bytes_of(row.bytes);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            const exact_bytes cut{bytes.first(size)};
            batch_reader reader{cut.view()};
            batch_view batch;
            REQUIRE(reader.next(batch) == batch_reader::outcome::end);
            REQUIRE(reader.rest().size() == size);
        }
        if (!is_available(row.codec)) continue;
        const auto batch = read_whole(bytes);
        byte_buffer records;
        REQUIRE(decompress.decompress(row.codec, batch.records, records, most) == error_code{});
        for (std::size_t size = 0; size < records.size(); ++size) {
            const exact_bytes cut{records.bytes().first(size)};
            const auto got = walk(batch, cut.view());
            REQUIRE(got.corrupt);
            REQUIRE(got.agree);
            REQUIRE(got.records.size() < static_cast<std::size_t>(batch.record_count));
        }
        if (row.codec == compression::none) continue;
        for (std::size_t size = 0; size < batch.records.size(); ++size) {
            const exact_bytes cut{batch.records.first(size)};
            byte_buffer out;
            if (decompress.decompress(row.codec, cut.view(), out, most)) continue;
            const exact_bytes less{out.bytes()};
            const auto got = walk(batch, less.view());
            // The end mark of a frame may be all that is missing.
            REQUIRE((got.corrupt || got.records.size() == static_cast<std::size_t>(batch.record_count)));
        }
    }
}

TEST_CASE("batches follow each other, and a cut last one is passed over", "[F2]") {
    std::string log;
    for (const auto& row : record_rows()) log += row.bytes;
    const auto whole = log.size();
    log += record_rows().front().bytes.substr(0, record_rows().front().bytes.size() - 1);
    batch_reader reader{bytes_of(log)};
    batch_view batch;
    for (const auto& row : record_rows()) {
        REQUIRE(reader.next(batch) == batch_reader::outcome::batch);
        CHECK(batch.whole.size() == row.bytes.size());
    }
    CHECK(reader.next(batch) == batch_reader::outcome::end);
    CHECK(reader.rest().size() == log.size() - whole);
}

TEST_CASE("record vectors that are missing or malformed are an error") {
    CHECK_THROWS_AS(read_record_rows("/nonexistent/records.tsv"), std::runtime_error);
    CHECK_THROWS_AS(read_record_rows("/dev/null"), std::runtime_error);
    CHECK_THROWS_AS(read_record_rows(data_path("KASIO_SCRAM_VECTORS", "scram.tsv")), std::runtime_error);
}
