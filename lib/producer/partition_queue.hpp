// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "producer/send_batch.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

KASIO_BEGIN_NAMESPACE

struct topic_entry;

/// The accumulator of one partition: one open batch that callers append to, and sealed ones in line.
struct partition_queue {
    partition_queue(topic_entry* of, std::int32_t which) : topic{of}, number{which} {}

    topic_entry* const topic;
    const std::int32_t number;
    /// Has a leader, as far as known; a hint for the choice of a partition.
    std::atomic<bool> available{true};

    /// How many sealed batches wait; for the choice of a partition too.
    std::atomic<std::uint32_t> waiting{0};
    /// To be called when `sealed` has changed.
    void note_length() noexcept {
        waiting.store(static_cast<std::uint32_t>(sealed.size()), std::memory_order_relaxed);
    }

    /// Guards what callers touch. Never held while user code runs, never together with another partition's.
    std::mutex mutex;
    std::shared_ptr<send_batch> open;
    /// Of the batch before the open one.
    std::size_t usual_size = 0;
    /// Oldest first; a batch to be tried again goes back to its place.
    std::vector<std::shared_ptr<send_batch>> sealed; // few; a deque takes half a KiB even when it is empty
    /// On the producer's list of partitions to look at. Guarded by that list's lock.
    bool noticed = false;

    // On the strand.
    std::int32_t leader = -1;
    /// In a line: of its leader's sender, or of those without a leader.
    bool in_line = false;
    /// On the list of those that may not send yet.
    bool blocked = false;
    int in_flight = 0;
    /// One of those in flight is there again: nothing may pass it.
    bool repeating = false;
    partition_sequences sequences;
    int failures = 0;
    time_point retry_at{};
};

KASIO_END_NAMESPACE
