// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "testing/partition_log.hpp"
#include "testing/producer_states.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/bytes.hpp>
#include <kasio/config.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

KASIO_BEGIN_NAMESPACE
namespace testing {

struct partition_state;

/// As the low bits of a batch's attributes say it.
inline constexpr int codec_zstd = 4;

/// What a broker wants to know of a batch before it appends it.
struct checked_batch {
    broker_errc error = broker_errc::none;
    int codec = 0;
    std::int32_t last_offset_delta = 0;
    std::int64_t max_timestamp = -1;
    batch_sequence sequence;
};

/// Checks what Produce brings for one partition as Kafka does, by its header and checksum alone: one batch of magic
/// 2, neither too large nor corrupt, offsets without gaps, no control batch.
[[nodiscard]] checked_batch check_produced_batch(bytes_view records, std::size_t max_bytes);

/// Appends a checked batch and stamps the copy with offset and epoch; with `append_time` other than -1 also with that
/// as the time of all its records. Returns the base offset.
std::int64_t append_batch(partition_state& partition, bytes_view records, const checked_batch& batch,
                          std::int64_t append_time);

/// Whether any of the batches in `bytes` is compressed by `codec`.
[[nodiscard]] bool holds_codec(bytes_view bytes, int codec);

struct timed_offset {
    std::int64_t offset = -1;
    std::int64_t timestamp = -1;
};
/// The first record of a batch at `time` or later, and at `from` or beyond. Nothing when there is none or the
/// batch cannot be decoded.
[[nodiscard]] std::optional<timed_offset> first_record_at(std::span<const std::byte> batch, std::int64_t time,
                                                          std::int64_t from);

} // namespace testing
KASIO_END_NAMESPACE
