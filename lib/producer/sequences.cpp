// SPDX-License-Identifier: BSL-1.0
#include "producer/sequences.hpp"

#include <kasio/broker_error.hpp>

#include <limits>

KASIO_BEGIN_NAMESPACE

namespace {

/// Sequences count from 0 to 2^31 - 1 and start again at 0.
std::int32_t after(std::int32_t first, std::int32_t count) noexcept {
    return static_cast<std::int32_t>((static_cast<std::uint32_t>(first) + static_cast<std::uint32_t>(count)) &
                                     0x7fffffffU);
}

} // namespace

void sequence_keeper::on_id(std::int64_t id, std::int16_t epoch) noexcept {
    producer_id_ = id;
    epoch_ = epoch;
    ++numbering_;
    renewing_ = false;
}

bool sequence_keeper::may_start(const partition_sequences& partition) const noexcept {
    if (producer_id_ < 0 || renewing_) return false;
    const bool established = partition.established && partition.numbering == numbering_;
    return partition.unsettled.size() < (established ? most_unsettled : 1);
}

sequence_stamp sequence_keeper::start(partition_sequences& partition, std::int32_t count, std::int64_t& place) {
    if (partition.numbering != numbering_) {
        partition.numbering = numbering_;
        partition.next = 0;
        partition.established = false;
    }
    place = partition.sent;
    partition.unsettled.insert(place);
    ++partition.sent;
    ++unsettled_;
    const sequence_stamp stamp{producer_id_, epoch_, partition.next, count};
    partition.next = after(partition.next, count);
    return stamp;
}

void sequence_keeper::end(partition_sequences& partition, std::int64_t place) noexcept {
    if (partition.unsettled.erase(place) != 0) --unsettled_;
}

void sequence_keeper::delivered(partition_sequences& partition, std::int64_t place) noexcept {
    end(partition, place);
    partition.established = true;
    renew_when_settled();
}

void sequence_keeper::lost(partition_sequences& partition, std::int64_t place, const sequence_stamp& stamp,
                           bool unknown) noexcept {
    end(partition, place);
    const bool last = partition.numbering == numbering_ && partition.next == after(stamp.first, stamp.count);
    if (!unknown && last && stamp.epoch == epoch_ && !renewing_) {
        partition.next = stamp.first; // nothing came after it: its numbers are free again
    } else {
        renewing_ = true;
    }
    renew_when_settled();
}

sequence_keeper::verdict sequence_keeper::on_error(partition_sequences& partition, std::int64_t place,
                                                   const error_code& error) noexcept {
    const bool out_of_order = error == broker_errc::out_of_order_sequence_number;
    const bool forgotten = error == broker_errc::unknown_producer_id || error == broker_errc::invalid_producer_epoch;
    if (!out_of_order && !forgotten) return verdict::other;
    // Behind a batch that has not ended: that one is missing, and comes first.
    const bool behind = !partition.unsettled.empty() && *partition.unsettled.begin() < place;
    if (out_of_order && behind) return verdict::retry;
    end(partition, place);
    renewing_ = true;
    renew_when_settled();
    return verdict::renumber;
}

void sequence_keeper::renew_when_settled() noexcept {
    if (!renewing_ || unsettled_ != 0) return;
    renewing_ = false;
    ++numbering_;
    if (epoch_ == std::numeric_limits<std::int16_t>::max()) {
        producer_id_ = -1; // no epoch left: another id
        epoch_ = -1;
    } else {
        ++epoch_;
    }
}

KASIO_END_NAMESPACE
