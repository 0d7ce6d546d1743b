// SPDX-License-Identifier: BSL-1.0
#include <kasio/fetched_records.hpp>

#include "consumer/fetched_state.hpp"
#include "record/record_cursor.hpp"

#include <ostream>

KASIO_BEGIN_NAMESPACE

void record_iterator::start_batch() noexcept {
    const auto& batch = state_->batches[batch_++];
    at_ = reinterpret_cast<const char*>(batch.first);
    left_in_batch_ = batch.count;
}

void record_iterator::decode() noexcept {
    if (left_in_batch_ == 0) start_batch();
    --left_in_batch_;
    const auto& batch = state_->batches[batch_ - 1];
    at_ = reinterpret_cast<const char*>(decode_valid_record(
        reinterpret_cast<const std::byte*>(at_), batch.base_offset, batch.base_timestamp,
        batch.has_fixed_timestamp ? &batch.fixed_timestamp : nullptr, &batch.origin, current_));
}

void record_iterator::advance() noexcept {
    if (--left_ != 0) decode();
}

record_iterator::record_iterator(const fetched_state& state, std::size_t batch, std::size_t count) noexcept
    : state_{&state}, left_{count}, batch_{batch} {
    if (left_ != 0) decode();
}

std::string_view partition_records::topic() const noexcept {
    return state_->batches[state_->parts[part_].first_batch].origin.topic;
}

std::int32_t partition_records::partition() const noexcept {
    return state_->batches[state_->parts[part_].first_batch].origin.partition;
}

partition_records::iterator partition_records::begin() const noexcept {
    const auto& part = state_->parts[part_];
    return {*state_, part.first_batch, part.records};
}

std::size_t partition_records::size() const noexcept { return state_->parts[part_].records; }

std::int64_t partition_records::next_offset() const noexcept { return state_->parts[part_].next_offset; }

std::int32_t partition_records::next_epoch() const noexcept { return state_->parts[part_].next_epoch; }

fetched_records::iterator fetched_records::begin() const noexcept {
    return state_ ? iterator{*state_, 0, state_->total} : iterator{};
}

fetched_records::partition_range fetched_records::partitions() const noexcept {
    if (!state_) return {};
    return {{state_.get(), 0}, {state_.get(), state_->parts.size()}};
}

std::size_t fetched_records::size() const noexcept { return state_ ? state_->total : 0; }

std::span<const partition_event> fetched_records::events() const noexcept {
    if (!state_) return {};
    return state_->events;
}

std::ostream& operator<<(std::ostream& out, const partition_event& event) {
    switch (event.what) {
        case partition_event::kind::end_of_partition:
            return out << "end of " << event.partition << " at " << event.offset;
        case partition_event::kind::offset_reset:
            return out << event.partition << " set from " << event.previous << " to " << event.offset;
        case partition_event::kind::truncated:
            return out << event.partition << " was cut: from " << event.previous << " back to "
                       << event.offset;
        case partition_event::kind::group: return out << "group: " << error_name(event.error);
        case partition_event::kind::error: break;
    }
    return out << event.partition << " stops at " << event.offset << ": " << error_name(event.error);
}

KASIO_END_NAMESPACE
