// SPDX-License-Identifier: BSL-1.0
#include <kasio/fetched_records.hpp>

#include "consumer/fetched_state.hpp"
#include "record/record_cursor.hpp"

#include <ostream>

KASIO_BEGIN_NAMESPACE

void fetched_records::iterator::start_batch() noexcept {
    const auto& batch = state_->batches[batch_++];
    at_ = reinterpret_cast<const char*>(batch.first);
    left_in_batch_ = batch.count;
}

void fetched_records::iterator::decode() noexcept {
    if (left_in_batch_ == 0) start_batch();
    --left_in_batch_;
    const auto& batch = state_->batches[batch_ - 1];
    at_ = reinterpret_cast<const char*>(decode_valid_record(
        reinterpret_cast<const std::byte*>(at_), batch.base_offset, batch.base_timestamp,
        batch.has_fixed_timestamp ? &batch.fixed_timestamp : nullptr, &batch.origin, current_));
}

void fetched_records::iterator::advance() noexcept {
    if (--left_ != 0) decode();
}

fetched_records::iterator fetched_records::begin() const noexcept {
    iterator first;
    if (!state_ || state_->total == 0) return first;
    first.state_ = state_.get();
    first.left_ = state_->total;
    first.decode();
    return first;
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
        case partition_event::kind::error: break;
    }
    return out << event.partition << " stops at " << event.offset << ": " << error_name(event.error);
}

KASIO_END_NAMESPACE
