// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/histogram.hpp>

#include <cstddef>
#include <cstdint>

KASIO_BEGIN_NAMESPACE

/// What a producer has done so far, and what it holds now: plain numbers, as of one moment. From
/// `producer::metrics()`. Numbers only rise, but for those under *Now*; rates are for the reader to take.
struct producer_metrics {
    // Records, by how they ended.
    std::uint64_t records_delivered = 0;
    /// Not in the log: refused, timed out before they were sent, cut off by a close.
    std::uint64_t records_not_sent = 0;
    std::uint64_t records_unknown = 0;
    /// Cancelled in time: left out of their batch.
    std::uint64_t records_withdrawn = 0;

    // Batches, each counted once, when it first goes out.
    std::uint64_t batches = 0;
    /// Bytes of these as records, before and after compression (the same where they go out plain).
    std::uint64_t batch_bytes = 0;
    std::uint64_t batch_bytes_sent = 0;
    /// Refused as too large, and sent in parts.
    std::uint64_t batches_split = 0;
    /// Had been compressed, but were no smaller: sent plain.
    std::uint64_t batches_incompressible = 0;

    // Requests.
    std::uint64_t requests = 0;
    /// A batch sent again, whatever for.
    std::uint64_t retries = 0;
    /// Answers for a batch that carried an error code; requests that failed.
    std::uint64_t broker_errors = 0;
    std::uint64_t request_failures = 0;
    /// How often senders woke the producer's strand: at most twice a batch, never once a record.
    std::uint64_t wakes = 0;

    // Times, in microseconds.
    /// From the first record of a batch until it first goes out.
    histogram queue_time;
    /// From a request until its answer.
    histogram request_latency;
    /// Records of each batch.
    histogram batch_records;

    // Now.
    /// Bytes of the budget in use, and all of it.
    std::size_t buffer_used = 0;
    std::size_t buffer_limit = 0;
    /// Senders that wait for room.
    std::size_t senders_waiting = 0;

    /// Bytes on the wire for each byte of records; 1 when nothing was sent.
    [[nodiscard]] double compression_ratio() const noexcept {
        return batch_bytes == 0 ? 1.0
                                : static_cast<double>(batch_bytes_sent) / static_cast<double>(batch_bytes);
    }
};

KASIO_END_NAMESPACE
