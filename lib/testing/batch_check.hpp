// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "record/batch_view.hpp"
#include "testing/producer_states.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/bytes.hpp>
#include <kasio/compression.hpp>
#include <kasio/config.hpp>

#include <cstddef>
#include <cstdint>

KASIO_BEGIN_NAMESPACE
namespace testing {

struct partition_state;

/// What Produce brought for one partition, looked at.
struct checked_batch {
    broker_errc error = broker_errc::none;
    batch_view view;
    batch_sequence sequence;
};

/// Checks what Produce brings for one partition as Kafka does, by its header and checksum alone: one batch of
/// magic 2, neither too large nor corrupt, offsets without gaps, no control batch. The result points into
/// `records`.
[[nodiscard]] checked_batch check_produced_batch(bytes_view records, std::size_t max_bytes);

/// Appends a checked batch and stamps the copy with offset and epoch; with `append_time` other than -1 also
/// with that as the time of all its records. Returns the base offset.
std::int64_t append_batch(partition_state& partition, const checked_batch& batch, std::int64_t append_time);

/// Appends the marker that ends a producer's transaction, as a coordinator's WriteTxnMarkers does (KIP-98).
/// Returns its offset.
std::int64_t append_marker(partition_state& partition, std::int64_t producer_id, std::int16_t producer_epoch,
                           bool commits, std::int64_t time);

/// Whether any of the batches in `bytes` is compressed by `codec`.
[[nodiscard]] bool holds_codec(bytes_view bytes, compression codec);

} // namespace testing
KASIO_END_NAMESPACE
