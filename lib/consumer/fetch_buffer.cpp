// SPDX-License-Identifier: BSL-1.0
#include "consumer/fetch_buffer.hpp"

#include "record/legacy_view.hpp"

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

void fetch_buffer::reset(std::int64_t offset) {
    next_ = offset;
    fetch_offset_ = offset;
    fetch_epoch_ = -1;
    last_epoch_ = -1;
    raw_.clear();
    ready_.clear();
    bytes_ = 0;
    broken_ = false;
    failed_ = false;
}

fetch_buffer::added fetch_buffer::add(std::shared_ptr<const void> frame, std::span<const std::byte> bytes,
                                      aborted_filter aborted) {
    if (broken()) return added::nothing;
    batch_reader reader{bytes};
    std::size_t begin = 0;
    std::size_t end = 0;
    std::int64_t reached = -1;
    std::int32_t epoch = -1;
    for (batch_view batch;;) {
        const auto outcome = reader.next(batch);
        if (outcome == batch_reader::outcome::end) break;
        const bool legacy = outcome == batch_reader::outcome::legacy;
        // Offsets must rise, and an entry of magic 0 or 1 comes as read: nobody has checked its offset.
        if (outcome == batch_reader::outcome::corrupt || batch.base_offset < reached ||
            batch.base_offset < 0 || batch.base_offset == std::numeric_limits<std::int64_t>::max()) {
            broken_ = true;
            break;
        }
        reached = legacy ? batch.base_offset + 1 : batch.next_offset();
        epoch = legacy ? -1 : batch.leader_epoch;
        end += batch.whole.size();
        if (reached <= fetch_offset_) begin = end; // wholly below what was asked for
    }
    if (end > begin) {
        fetch_offset_ = reached;
        fetch_epoch_ = epoch;
        bytes_ += end - begin;
        raw_.push_back({std::move(frame), bytes.subspan(begin, end - begin), std::move(aborted)});
    }
    if (broken_ && raw_.empty()) fail(errc::corrupt_batch, -1);
    return end > begin || broken() ? added::progress : added::nothing;
}

void fetch_buffer::fail(error_code error, std::int64_t next) {
    for (const auto& part : raw_) bytes_ -= part.bytes.size();
    raw_.clear();
    failed_ = true;
    failure_ = {error, next};
}

bool fetch_buffer::open_next(const batch_opening& how, bool must_open) {
    if (raw_.empty()) return false;
    auto& part = raw_.front();
    batch_reader reader{part.bytes};
    batch_view batch;
    // `add` has seen that it is one or the other.
    const bool legacy = reader.next(batch) == batch_reader::outcome::legacy;
    const bool grows = legacy || batch.codec() != compression::none;
    if (grows && !must_open && !how.memory.has_room()) return false;
    opened_batch opened;
    opened.answered = batch.whole.size();
    opened.next_offset = legacy ? batch.base_offset + 1 : batch.next_offset();
    opened.epoch = batch.leader_epoch;
    if (const auto error = legacy ? open_legacy(batch, how, opened) : open(batch, part, how, opened)) {
        fail(error, opened.next_offset);
        return false;
    }
    ready_.push_back(std::move(opened));
    part.bytes = reader.rest();
    if (part.bytes.empty()) raw_.pop_front();
    if (raw_.empty() && broken_) fail(errc::corrupt_batch, -1);
    return true;
}

error_code fetch_buffer::open(const batch_view& batch, answered_part& part, const batch_opening& how,
                              opened_batch& into) const {
    if (how.check_crcs && !batch.crc_fits()) return errc::corrupt_batch;
    if (batch.control()) return open_control(batch, part, how);
    if (part.aborted.hides(batch) || batch.record_count == 0) return {};
    return open_records(batch, part, how, into);
}

/// An entry of magic 0 or 1 becomes a batch of its own.
error_code fetch_buffer::open_legacy(const batch_view& entry, const batch_opening& how,
                                     opened_batch& into) const {
    legacy_reader reader{how.codecs};
    byte_buffer records;
    batch_view batch;
    if (const auto error = reader.read(entry.whole, how.max_batch_bytes, how.check_crcs, records, batch))
        return error;
    if (const auto error = check_records(batch, batch.records, into)) return error;
    if (into.records.count == 0) return {};
    into.opened = records.size();
    into.block = how.memory.keep(std::move(records));
    return {};
}

error_code fetch_buffer::open_control(const batch_view& batch, answered_part& part,
                                      const batch_opening& how) const {
    byte_buffer unpacked;
    std::span<const std::byte> records;
    if (const auto error = uncompressed(batch, how, unpacked, records)) return error;
    // What says nothing we know of is passed, never handed out.
    if (const auto marker = read_control_marker(batch, records)) {
        part.aborted.on_marker(batch.producer_id, batch.last_offset(), marker->what);
    }
    return {};
}

error_code fetch_buffer::open_records(const batch_view& batch, const answered_part& part,
                                      const batch_opening& how, opened_batch& into) const {
    byte_buffer unpacked;
    std::span<const std::byte> records;
    if (const auto error = uncompressed(batch, how, unpacked, records)) return error;
    if (const auto error = check_records(batch, records, into)) return error;
    if (into.records.count == 0) return {};
    into.opened = records.size();
    into.block = batch.codec() == compression::none ? part.frame : how.memory.keep(std::move(unpacked));
    return {};
}

error_code fetch_buffer::check_records(const batch_view& batch, std::span<const std::byte> records,
                                       opened_batch& into) const {
    auto& run = into.records;
    record_cursor cursor{batch, records, nullptr};
    record_view record;
    for (;;) {
        const auto* const at = cursor.position();
        const auto outcome = cursor.next(record);
        if (outcome == record_cursor::outcome::end) break;
        if (outcome == record_cursor::outcome::corrupt) return errc::corrupt_batch;
        // A batch comes whole, also when what was asked for lies inside.
        if (record.offset() < next_) continue;
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

void fetch_buffer::open_ahead(const batch_opening& how, std::size_t bytes) {
    for (std::size_t opened = 0; opened < bytes && open_next(how, false);) opened += ready_.back().opened + 1;
}

void fetch_buffer::pass_front() {
    const auto& batch = ready_.front();
    next_ = batch.next_offset;
    last_epoch_ = batch.epoch;
    bytes_ -= batch.answered;
    ready_.pop_front();
}

std::size_t fetch_buffer::hand_out(std::size_t most, fetched_state& out) {
    auto& batch = ready_.front();
    out.keep(batch.block);
    if (batch.records.count <= most) {
        const auto given = batch.records.count;
        out.add(batch.records);
        pass_front();
        return given;
    }
    auto head = batch.records;
    head.count = most;
    out.add(head);
    record_view record;
    const auto* const fixed = head.has_fixed_timestamp ? &head.fixed_timestamp : nullptr;
    const auto* at = head.first;
    for (auto left = most; left > 0; --left) {
        at = decode_valid_record(at, head.base_offset, head.base_timestamp, fixed, nullptr, record);
    }
    batch.records.first = at;
    batch.records.count -= most;
    next_ = record.offset() + 1;
    last_epoch_ = batch.epoch;
    return most;
}

std::size_t fetch_buffer::take(const batch_opening& how, take_limits limits, bool must_open,
                               fetched_state& out) {
    std::size_t records = 0;
    std::size_t bytes = 0;
    for (;;) {
        const bool full = records >= limits.records || bytes >= limits.bytes;
        if (ready_.empty()) {
            if (full || !open_next(how, must_open && records == 0)) break;
        } else if (ready_.front().records.count == 0) {
            pass_front();
        } else if (full) {
            break;
        } else {
            if (records == 0) out.keep(topic_);
            bytes += ready_.front().opened;
            records += hand_out(limits.records - records, out);
        }
    }
    return records;
}

KASIO_END_NAMESPACE
