// SPDX-License-Identifier: BSL-1.0
#include "consumer/batch_opener.hpp"

#include "record/legacy_view.hpp"

#include <boost/system/errc.hpp>

#include <iterator>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

/// The records of a batch as they were before compression: in `unpacked`, or where they lie.
error_code uncompressed(const batch_view& batch, const batch_opening& how, byte_buffer& unpacked,
                        std::span<const std::byte>& records) {
    records = batch.records;
    if (batch.codec() == compression::none) {
        return records.size() > how.max_batch_bytes ? error_code{errc::batch_too_large} : error_code{};
    }
    if (const auto error = how.codecs.decompress(batch.codec(), records, unpacked, how.max_batch_bytes))
        return error;
    records = unpacked.bytes();
    return {};
}

} // namespace

batch_opener::outcome batch_opener::next(std::deque<answered_part>& raw, const batch_opening& how,
                                         bool must_open, std::int64_t from, opened_batch& into,
                                         batch_failure& why) const {
    if (raw.empty()) return outcome::nothing;
    auto& part = raw.front();
    batch_reader reader{part.bytes};
    batch_view batch;
    // `add` has seen that it is one or the other.
    const bool legacy = reader.next(batch) == batch_reader::outcome::legacy;
    const bool grows = legacy || batch.codec() != compression::none;
    if (grows && !must_open && !how.memory.has_room()) return outcome::nothing;
    into.answered = batch.whole.size();
    into.next_offset = legacy ? batch.base_offset + 1 : batch.next_offset();
    into.epoch = batch.leader_epoch;
    if (const auto error =
            legacy ? open_legacy(batch, how, from, into) : open(batch, part, how, from, into)) {
        why = {error, into.next_offset};
        return outcome::failed;
    }
    part.bytes = reader.rest();
    if (part.bytes.empty()) raw.pop_front();
    return outcome::opened;
}

error_code batch_opener::open(const batch_view& batch, answered_part& part, const batch_opening& how,
                              std::int64_t from, opened_batch& into) const {
    if (how.check_crcs && !batch.crc_fits()) return errc::corrupt_batch;
    if (batch.control()) return open_control(batch, part, how);
    if (part.aborted.hides(batch) || batch.record_count == 0) return {};
    return open_records(batch, part, how, from, into);
}

/// An entry of magic 0 or 1 becomes a batch of its own.
error_code batch_opener::open_legacy(const batch_view& entry, const batch_opening& how, std::int64_t from,
                                     opened_batch& into) const {
    legacy_reader reader{how.codecs};
    byte_buffer records;
    batch_view batch;
    if (const auto error = reader.read(entry.whole, how.max_batch_bytes, how.check_crcs, records, batch))
        return error;
    if (const auto error = check_records(batch, batch.records, from, into)) return error;
    if (into.records.count == 0) return {};
    into.opened = records.size();
    into.block = how.memory.keep(std::move(records));
    return {};
}

error_code batch_opener::open_control(const batch_view& batch, answered_part& part,
                                      const batch_opening& how) {
    byte_buffer unpacked;
    std::span<const std::byte> records;
    if (const auto error = uncompressed(batch, how, unpacked, records)) return error;
    // What says nothing we know of is passed, never handed out.
    if (const auto marker = read_control_marker(batch, records)) {
        part.aborted.on_marker(batch.producer_id, batch.last_offset(), marker->what);
    }
    return {};
}

error_code batch_opener::open_records(const batch_view& batch, const answered_part& part,
                                      const batch_opening& how, std::int64_t from, opened_batch& into) const {
    byte_buffer unpacked;
    std::span<const std::byte> records;
    if (const auto error = uncompressed(batch, how, unpacked, records)) return error;
    if (const auto error = check_records(batch, records, from, into)) return error;
    if (into.records.count == 0) return {};
    into.opened = records.size();
    into.block = batch.codec() == compression::none ? part.frame : how.memory.keep(std::move(unpacked));
    return {};
}

error_code batch_opener::check_records(const batch_view& batch, std::span<const std::byte> records,
                                       std::int64_t from, opened_batch& into) const {
    auto& run = into.records;
    record_cursor cursor{batch, records, nullptr};
    record_view record;
    for (;;) {
        const auto* const at = cursor.position();
        const auto outcome = cursor.next(record);
        if (outcome == record_cursor::outcome::end) break;
        if (outcome == record_cursor::outcome::corrupt) return errc::corrupt_batch;
        // A batch comes whole, also when what was asked for lies inside.
        if (record.offset() < from) continue;
        if (run.count++ == 0) run.first = at;
    }
    run.origin.topic = *topic_;
    run.origin.partition = partition_;
    run.origin.leader_epoch = batch.leader_epoch;
    run.origin.timestamp_type = batch.timestamp_type();
    run.base_offset = batch.base_offset;
    run.base_timestamp = batch.base_timestamp;
    run.fixed_timestamp = batch.max_timestamp;
    run.has_fixed_timestamp = batch.timestamp_type() == timestamp_type::log_append_time;
    return {};
}

void opening_job::run(const batch_opening& how, bool must_open, std::size_t bytes) noexcept {
    try {
        for (std::size_t opened = 0; opened < bytes;) {
            opened_batch batch;
            const auto outcome = opener_.next(raw_, how, must_open && ready_.empty(), from_, batch, failure_);
            failed_ = outcome == batch_opener::outcome::failed;
            if (outcome != batch_opener::outcome::opened) break;
            opened += batch.opened + 1;
            ready_.push_back(std::move(batch));
        }
    } catch (...) {
        failed_ = true;
        failure_ = {boost::system::errc::make_error_code(boost::system::errc::not_enough_memory)};
    }
}

KASIO_END_NAMESPACE
