// SPDX-License-Identifier: BSL-1.0
#include "consumer/fetch_buffer.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

KASIO_BEGIN_NAMESPACE

void fetch_buffer::reset(std::int64_t offset, std::int32_t epoch) {
    next_ = offset;
    fetch_offset_ = offset;
    fetch_epoch_ = epoch;
    last_epoch_ = epoch;
    raw_.clear();
    ready_.clear();
    bytes_ = 0;
    broken_ = false;
    failed_ = false;
    // What is looked into elsewhere comes back to find that it is no longer wanted.
    ++life_;
    opening_ = false;
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
    if (broken_ && raw_.empty() && !opening_) fail({errc::corrupt_batch});
    return end > begin || broken() ? added::progress : added::nothing;
}

void fetch_buffer::fail(const batch_failure& why) {
    for (const auto& part : raw_) bytes_ -= part.bytes.size();
    raw_.clear();
    failed_ = true;
    failure_ = why;
}

bool fetch_buffer::open_next(const batch_opening& how, bool must_open) {
    if (opening_ || how.apart) return false;
    opened_batch opened;
    batch_failure why;
    const auto outcome = opener_.next(raw_, how, must_open, next_, opened, why);
    if (outcome == batch_opener::outcome::failed) fail(why);
    if (outcome != batch_opener::outcome::opened) return false;
    ready_.push_back(std::move(opened));
    if (raw_.empty() && broken_) fail({errc::corrupt_batch});
    return true;
}

std::unique_ptr<opening_job> fetch_buffer::begin_opening() {
    if (opening_ || raw_.empty()) return nullptr;
    auto job = std::make_unique<opening_job>(opener_, std::exchange(raw_, {}), next_, life_);
    opening_ = true;
    return job;
}

bool fetch_buffer::end_opening(opening_job& job) {
    if (job.life_ != life_) return false;
    opening_ = false;
    std::move(job.ready_.begin(), job.ready_.end(), std::back_inserter(ready_));
    raw_.insert(raw_.begin(), std::make_move_iterator(job.raw_.begin()),
                std::make_move_iterator(job.raw_.end()));
    if (job.failed_) fail(job.failure_);
    else if (raw_.empty() && broken_) fail({errc::corrupt_batch});
    return true;
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
            if (records == 0) out.keep(opener_.topic());
            bytes += ready_.front().opened;
            records += hand_out(limits.records - records, out);
        }
    }
    return records;
}

KASIO_END_NAMESPACE
