// SPDX-License-Identifier: BSL-1.0
#include "testing/batch_check.hpp"

#include "base/big_endian.hpp"
#include "base/crc32c.hpp"
#include "testing/cluster_state.hpp"

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

// Where the fields of a batch of magic 2 stand.
constexpr std::size_t base_offset_at = 0;
constexpr std::size_t length_at = 8;
constexpr std::size_t leader_epoch_at = 12;
constexpr std::size_t magic_at = 16;
constexpr std::size_t crc_at = 17;
constexpr std::size_t attributes_at = 21;
constexpr std::size_t last_offset_delta_at = 23;
constexpr std::size_t max_timestamp_at = 35;
constexpr std::size_t producer_id_at = 43;
constexpr std::size_t producer_epoch_at = 51;
constexpr std::size_t base_sequence_at = 53;
constexpr std::size_t record_count_at = 57;
constexpr std::size_t header_size = 61;
/// The length field does not count offset and itself.
constexpr std::size_t uncounted = 12;

constexpr std::int16_t codec_bits = 0x07;
constexpr std::int16_t append_time_bit = 0x08;
constexpr std::int16_t control_bit = 0x20;

/// The whole size that the batch at the front of `bytes` claims.
std::int64_t claimed_size(std::span<const std::byte> bytes) {
    return static_cast<std::int64_t>(load_big<std::int32_t>(bytes.data() + length_at)) +
           static_cast<std::int64_t>(uncounted);
}

} // namespace

checked_batch check_produced_batch(bytes_view records, std::size_t max_bytes) {
    checked_batch batch;
    const auto refuse = [&batch](broker_errc error) {
        batch.error = error;
        return batch;
    };
    const auto bytes = records.bytes();
    if (bytes.size() < header_size) return refuse(broker_errc::corrupt_message);
    const std::int64_t size = claimed_size(bytes);
    if (size < static_cast<std::int64_t>(header_size) || size > static_cast<std::int64_t>(bytes.size())) {
        return refuse(broker_errc::corrupt_message);
    }
    // Kafka wants exactly one batch a partition (ProduceRequest.validateRecords).
    if (size < static_cast<std::int64_t>(bytes.size())) return refuse(broker_errc::invalid_record);
    if (load_big<std::int8_t>(&bytes[magic_at]) != 2) return refuse(broker_errc::invalid_record);
    if (bytes.size() > max_bytes) return refuse(broker_errc::message_too_large);
    if (load_big<std::uint32_t>(&bytes[crc_at]) != crc32c(bytes.subspan(attributes_at))) {
        return refuse(broker_errc::corrupt_message);
    }
    const auto attributes = load_big<std::int16_t>(&bytes[attributes_at]);
    const auto count = load_big<std::int32_t>(&bytes[record_count_at]);
    batch.codec = attributes & codec_bits;
    batch.last_offset_delta = load_big<std::int32_t>(&bytes[last_offset_delta_at]);
    batch.max_timestamp = load_big<std::int64_t>(&bytes[max_timestamp_at]);
    batch.sequence = {load_big<std::int64_t>(&bytes[producer_id_at]), load_big<std::int16_t>(&bytes[producer_epoch_at]),
                      load_big<std::int32_t>(&bytes[base_sequence_at]), count};
    const bool has_gaps = count <= 0 || batch.last_offset_delta != count - 1;
    if (batch.codec > codec_zstd || has_gaps || (attributes & control_bit) != 0) {
        return refuse(broker_errc::invalid_record);
    }
    return batch;
}

std::int64_t append_batch(partition_state& partition, bytes_view records, const checked_batch& batch,
                          std::int64_t append_time) {
    const std::int64_t base_offset = partition.log.end_offset();
    const bool stamps = append_time != -1;
    const auto stored = partition.log.append(
        records.bytes(), {base_offset, base_offset + batch.last_offset_delta,
                          stamps ? append_time : batch.max_timestamp, partition.leader_epoch});
    store_big(&stored[base_offset_at], base_offset);
    store_big(&stored[leader_epoch_at], partition.leader_epoch);
    if (stamps) {
        const auto attributes = load_big<std::int16_t>(&stored[attributes_at]);
        store_big(&stored[attributes_at], static_cast<std::int16_t>(attributes | append_time_bit));
        store_big(&stored[max_timestamp_at], append_time);
        store_big(&stored[crc_at], crc32c(stored.subspan(attributes_at)));
    }
    partition.producers.note(batch.sequence, base_offset);
    return base_offset;
}

bool holds_codec(bytes_view bytes, int codec) {
    auto rest = bytes.bytes();
    while (rest.size() >= header_size) {
        if ((load_big<std::int16_t>(&rest[attributes_at]) & codec_bits) == codec) return true;
        const std::int64_t size = claimed_size(rest);
        if (size < static_cast<std::int64_t>(header_size) || size >= static_cast<std::int64_t>(rest.size())) return false;
        rest = rest.subspan(static_cast<std::size_t>(size));
    }
    return false;
}

} // namespace testing
KASIO_END_NAMESPACE
