// SPDX-License-Identifier: BSL-1.0
#include "record_walk.hpp"

#include "record/batch_writer.hpp"
#include "record/control_record.hpp"
#include "require.hpp"

#include <algorithm>
#include <vector>

using namespace kasio;

namespace {

bool same(const record_view& a, const record_view& b) {
    return a.offset() == b.offset() && a.timestamp() == b.timestamp() && a.key() == b.key() &&
           a.value() == b.value() &&
           std::equal(a.headers().begin(), a.headers().end(), b.headers().begin(), b.headers().end());
}

std::vector<record_view> read_all(const batch_view& batch, std::span<const std::byte> records,
                                  const batch_origin& origin, bool& valid) {
    std::vector<record_view> all;
    record_cursor cursor{batch, records, &origin};
    record_view record;
    auto found = cursor.next(record);
    for (; found == record_cursor::outcome::record; found = cursor.next(record)) {
        require(record.offset() >= batch.base_offset && record.offset() <= batch.last_offset(),
                "a record lies in its batch");
        require(all.empty() || all.back().offset() < record.offset(), "offsets rise");
        all.push_back(record);
    }
    valid = found == record_cursor::outcome::end;
    return all;
}

// The quick way, for records that were found valid.
void read_quickly(const batch_view& batch, std::span<const std::byte> records, const batch_origin& origin,
                  const std::vector<record_view>& expected) {
    const bool fixed = batch.timestamp_type() == timestamp_type::log_append_time;
    const auto* at = records.data();
    for (const record_view& one : expected) {
        record_view record;
        at = decode_valid_record(at, batch.base_offset, batch.base_timestamp,
                                 fixed ? &batch.max_timestamp : nullptr, &origin, record);
        require(same(one, record), "both ways to read agree");
    }
    require(at == records.data() + records.size(), "both ways to read end at the end");
}

// Written anew they read the same, but for offsets, which then have no gaps.
void write_again(const std::vector<record_view>& expected, const batch_origin& origin) {
    batch_writer writer;
    for (const record_view& one : expected) {
        const std::vector<header> headers(one.headers().begin(), one.headers().end());
        const auto bound = batch_writer::upper_bound(one.key(), one.value(), headers);
        writer.grow_to(writer.size() + bound);
        const auto before = writer.size();
        writer.append(one.timestamp().time_since_epoch().count(), one.key(), one.value(), headers);
        require(writer.size() - before <= bound, "a record is no larger than its bound");
    }
    if (expected.empty()) return;
    batch_reader reader{writer.finish({})};
    batch_view batch;
    require(reader.next(batch) == batch_reader::outcome::batch && batch.crc_fits(),
            "what is written is read");
    bool valid = false;
    const auto again = read_all(batch, batch.records, origin, valid);
    require(valid && again.size() == expected.size(), "each record is written");
    for (std::size_t i = 0; i < again.size(); ++i) {
        require(again[i].key() == expected[i].key() && again[i].value() == expected[i].value() &&
                    again[i].timestamp() == expected[i].timestamp(),
                "a record is written as it was");
    }
}

} // namespace

bool walk_records(const batch_view& batch, std::span<const std::byte> records) {
    const batch_origin origin;
    bool valid = false;
    const auto all = read_all(batch, records, origin, valid);
    require(all.size() <= static_cast<std::size_t>(batch.record_count), "no more records than there are");
    const auto marker = read_control_marker(batch, records);
    require(!read_leader_change(batch, records) || marker->what == control_marker::kind::leader_change,
            "only the record of a leader's change has one");
    if (!valid) return false;
    require(all.size() == static_cast<std::size_t>(batch.record_count), "as many records as there are");
    read_quickly(batch, records, origin, all);
    write_again(all, origin);
    for (const record_view& one : all) {
        const owned_record copy = one.to_owned();
        require(copy.key.has_value() != one.key().is_null(), "null stays null");
    }
    return true;
}
