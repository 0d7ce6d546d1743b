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

/// The broker forgot the producer, or knows a newer one under its id.
bool is_forgotten(const error_code& error) noexcept {
    return error == broker_errc::unknown_producer_id || error == broker_errc::invalid_producer_epoch;
}
/// The id is of no use any more. Without a transactional id nobody can take it over, but brokers may lose it.
bool is_id_lost(const error_code& error) noexcept {
    return error == broker_errc::producer_fenced || error == broker_errc::invalid_producer_id_mapping;
}

} // namespace

void sequence_keeper::on_id(std::int64_t id, std::int16_t epoch) noexcept {
    producer_id_ = id;
    epoch_ = epoch;
    ++numbering_;
}

bool sequence_keeper::may_start(const partition_sequences& partition) const noexcept {
    if (producer_id_ < 0) return false;
    if (partition.numbering != numbering_) return partition.unsettled.empty();
    return partition.unsettled.size() < (partition.established ? most_unsettled : 1);
}

sequence_stamp sequence_keeper::start(partition_sequences& partition, std::int32_t count,
                                      std::int64_t& place) {
    if (partition.numbering != numbering_) {
        partition.numbering = numbering_;
        partition.next = 0;
        partition.established = false;
    }
    place = partition.sent;
    partition.unsettled.insert(place);
    ++partition.sent;
    const sequence_stamp stamp{producer_id_, epoch_, partition.next, count};
    partition.next = after(partition.next, count);
    return stamp;
}

void sequence_keeper::delivered(partition_sequences& partition, std::int64_t place) noexcept {
    partition.unsettled.erase(place);
    partition.established = true;
}

void sequence_keeper::lost(partition_sequences& partition, std::int64_t place, const sequence_stamp& stamp,
                           bool unknown) noexcept {
    partition.unsettled.erase(place);
    const bool last = partition.next == after(stamp.first, stamp.count);
    if (!unknown && last) {
        partition.next = stamp.first; // nothing came after it: its numbers are free again
    } else {
        leave_numbering(partition, false);
    }
}

void sequence_keeper::recreated(partition_sequences& partition) noexcept {
    // What is under way finds out by itself: its numbers follow none there (45).
    if (partition.unsettled.empty()) partition.numbering = 0;
}

sequence_keeper::verdict sequence_keeper::on_error(partition_sequences& partition, std::int64_t place,
                                                   const error_code& error, bool unknown) noexcept {
    if (error == broker_errc::duplicate_sequence_number) return verdict::duplicate;
    const bool forgotten = is_forgotten(error) || is_id_lost(error);
    if (!forgotten && error != broker_errc::out_of_order_sequence_number) return verdict::other;
    // Behind a batch that has not ended: that one is missing, and comes first.
    const bool behind = !partition.unsettled.empty() && *partition.unsettled.begin() < place;
    if (!forgotten && behind) return verdict::retry;
    // 45 is proof that no earlier attempt was appended either: the broker would know it again. One that has
    // forgotten the producer knows nothing of earlier attempts.
    if (forgotten && unknown) return verdict::unknown;
    partition.unsettled.erase(place);
    leave_numbering(partition, is_id_lost(error));
    return verdict::renumber;
}

void sequence_keeper::leave_numbering(const partition_sequences& partition, bool id_is_lost) noexcept {
    if (partition.numbering != numbering_) return; // it starts anew in any case
    ++numbering_;
    if (id_is_lost || epoch_ == std::numeric_limits<std::int16_t>::max()) {
        producer_id_ = -1; // no epoch left: another id
        epoch_ = -1;
    } else {
        ++epoch_;
    }
}

KASIO_END_NAMESPACE
