// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/config.hpp>

#include <atomic>
#include <cstdint>

KASIO_BEGIN_NAMESPACE

/// Partition for records without a key: the same one until `next` is asked for, which a full or sent batch
/// does (KIP-480), so that batches fill. Any thread.
class sticky_partition {
public:
    explicit sticky_partition(std::uint64_t seed) noexcept : state_{seed} {}

    /// The current choice among `count`; `available(partition)` says which have a leader. When none has, any.
    template <class Available>
    [[nodiscard]] std::int32_t choose(std::int32_t count, Available available) noexcept {
        auto current = current_.load(std::memory_order_relaxed);
        if (current >= 0 && current < count) [[likely]] return current;
        current = static_cast<std::int32_t>(random() % static_cast<std::uint32_t>(count));
        for (std::int32_t step = 0; step < count; ++step) {
            const auto candidate = static_cast<std::int32_t>((current + step) % count);
            if (available(candidate)) {
                current = candidate;
                break;
            }
        }
        current_.store(current, std::memory_order_relaxed);
        return current;
    }
    /// The batch of `partition` is closed: choose anew, unless that was done already.
    void next(std::int32_t partition) noexcept {
        current_.compare_exchange_strong(partition, -1, std::memory_order_relaxed);
    }

private:
    [[nodiscard]] std::uint32_t random() noexcept {
        // splitmix64: one atomic step, good enough to spread load.
        auto x = state_.fetch_add(0x9e3779b97f4a7c15ULL, std::memory_order_relaxed);
        x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
        x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
        return static_cast<std::uint32_t>(x >> 33U);
    }

    std::atomic<std::int32_t> current_{-1};
    std::atomic<std::uint64_t> state_;
};

KASIO_END_NAMESPACE
