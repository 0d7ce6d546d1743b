// SPDX-License-Identifier: BSL-1.0
#include "testing/batch_check.hpp"

#include "record/batch_edit.hpp"
#include "record/batch_writer.hpp"
#include "testing/cluster_state.hpp"

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

/// Kafka's checks in Kafka's order (ProduceRequest.validateRecords, LogValidator).
broker_errc check(std::span<const std::byte> bytes, std::size_t max_bytes, batch_view& view) {
    batch_reader reader{bytes};
    switch (reader.next(view)) {
        case batch_reader::outcome::batch: break;
        case batch_reader::outcome::legacy: return broker_errc::invalid_record;
        default: return broker_errc::corrupt_message;
    }
    if (!reader.rest().empty()) return broker_errc::invalid_record;
    if (bytes.size() > max_bytes) return broker_errc::message_too_large;
    if (!view.crc_fits()) return broker_errc::corrupt_message;
    const bool has_gaps = view.record_count == 0 || view.last_offset_delta != view.record_count - 1;
    if (view.codec() > compression::zstd || has_gaps || view.control()) return broker_errc::invalid_record;
    return broker_errc::none;
}

} // namespace

checked_batch check_produced_batch(bytes_view records, std::size_t max_bytes) {
    checked_batch batch;
    batch.error = check(records.bytes(), max_bytes, batch.view);
    const batch_view& view = batch.view;
    batch.sequence = {view.producer_id, view.producer_epoch, view.base_sequence, view.record_count};
    return batch;
}

std::int64_t append_batch(partition_state& partition, const checked_batch& batch, std::int64_t append_time) {
    const std::int64_t base_offset = partition.log.end_offset();
    const bool stamps = append_time != -1;
    const auto stored = partition.log.append(
        batch.view.whole, {base_offset, base_offset + batch.view.last_offset_delta,
                           stamps ? append_time : batch.view.max_timestamp, partition.leader_epoch});
    set_base_offset(stored, base_offset);
    set_leader_epoch(stored, partition.leader_epoch);
    if (stamps) set_log_append_time(stored, append_time);
    partition.producers.note(batch.sequence, base_offset);
    if (batch.view.transactional()) partition.transactions.on_batch(batch.view.producer_id, base_offset);
    return base_offset;
}

std::int64_t append_marker(partition_state& partition, std::int64_t producer_id, std::int16_t producer_epoch,
                           bool commits, std::int64_t time) {
    // Key: version and kind; value: version and the coordinator's epoch (Kafka's EndTransactionMarker).
    const char key[4] = {0, 0, 0, static_cast<char>(commits ? 1 : 0)};
    const char value[6] = {};
    const bytes_view key_view{key, sizeof key};
    const bytes_view value_view{value, sizeof value};
    batch_writer writer;
    writer.grow_to(writer.size() + batch_writer::upper_bound(key_view, value_view, {}));
    writer.append(time, key_view, value_view, {});
    batch_writer::finish_options how;
    how.producer_id = producer_id;
    how.producer_epoch = producer_epoch;
    how.transactional = true;
    how.control = true;
    const std::int64_t offset = partition.log.end_offset();
    const auto stored =
        partition.log.append(writer.finish(how), {offset, offset, time, partition.leader_epoch});
    set_base_offset(stored, offset);
    set_leader_epoch(stored, partition.leader_epoch);
    partition.transactions.on_marker(producer_id, offset, commits);
    return offset;
}

bool holds_codec(bytes_view bytes, compression codec) {
    batch_reader reader{bytes.bytes()};
    batch_view view;
    while (reader.next(view) == batch_reader::outcome::batch)
        if (view.codec() == codec) return true;
    return false;
}

} // namespace testing
KASIO_END_NAMESPACE
