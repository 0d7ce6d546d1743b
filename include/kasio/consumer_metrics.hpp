// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/histogram.hpp>

#include <cstddef>
#include <cstdint>

KASIO_BEGIN_NAMESPACE

/// What a consumer has done so far, and how it stands: a plain copy, from `consumer::metrics`. Counts only
/// grow.
struct consumer_metrics {
    /// Handed out by polls and streams: records, and their bytes as brokers sent them.
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;
    /// Batches that could not be read, positions set by `offset_reset`, logs that were cut below a position.
    std::uint64_t corrupt_batches = 0;
    std::uint64_t offset_resets = 0;
    std::uint64_t truncations = 0;
    /// Fetch requests that were answered, and those that failed as a whole.
    std::uint64_t fetches = 0;
    std::uint64_t fetch_failures = 0;
    /// How often a fetch had to wait because the budget was used up.
    std::uint64_t budget_waits = 0;
    /// From a fetch to its answer, in microseconds; brokers wait up to `fetch_max_wait` for records.
    histogram fetch_duration;
    /// Bytes of an answer.
    histogram fetch_bytes;

    /// Partitions that are read now.
    std::size_t partitions = 0;
    /// Offsets between positions and the ends that brokers told last: of all partitions, and of the one that
    /// is farthest behind. `consumer::lag` tells each.
    std::int64_t lag = 0;
    std::int64_t largest_lag = 0;
    /// With `read_committed`: offsets that brokers hold back since transactions before them are still open,
    /// of all partitions. One that stays like this is blocked by a producer that hangs.
    std::int64_t held_back = 0;
    /// Bytes that are held now, fetched ahead, decompressed and handed out, of `buffer_memory`.
    std::size_t used_memory = 0;
    std::size_t buffer_memory = 0;
    friend bool operator==(const consumer_metrics&, const consumer_metrics&) = default;
};

KASIO_END_NAMESPACE
