// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/config.hpp>
#include <kasio/partitioner.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

KASIO_BEGIN_NAMESPACE

/// The partition that the key alone decides on; nothing where it does not (sticky, round robin).
[[nodiscard]] std::optional<std::int32_t> partition_by_key(partitioning how, bytes_view key,
                                                           std::int32_t count) noexcept;

/// Partition for records without a key: the same one for so many bytes, so that batches fill; then another,
/// drawn by lot among those with a leader, the likelier the less waits for it (KIP-480, KIP-794). Any thread.
class sticky_partition {
public:
    explicit sticky_partition(std::uint64_t seed) noexcept : state_{seed} {}

    /// What waits for a partition that has no leader.
    static constexpr std::uint32_t unavailable = 0xffffffffU;

    /// The current choice among `count`; `waiting(partition)` says how many batches wait for each. When none
    /// is available, any.
    template <class Waiting>
    [[nodiscard]] std::int32_t choose(std::int32_t count, Waiting waiting) noexcept {
        const auto current = current_.load(std::memory_order_relaxed);
        if (current >= 0 && current < count) [[likely]]
            return current;
        const auto drawn = draw(count, waiting);
        current_.store(drawn, std::memory_order_relaxed);
        return drawn;
    }
    /// A batch of `bytes` bytes of `partition` is closed: another choice, once it has had `enough`. Nothing
    /// if another is the current one.
    void closed(std::int32_t partition, std::size_t bytes, std::size_t enough) noexcept {
        if (current_.load(std::memory_order_relaxed) != partition) return;
        if (bytes_.fetch_add(bytes, std::memory_order_relaxed) + bytes < enough) return;
        if (current_.compare_exchange_strong(partition, -1, std::memory_order_relaxed)) {
            bytes_.store(0, std::memory_order_relaxed);
        }
    }
    /// For round robin.
    [[nodiscard]] std::uint32_t turn() noexcept { return turn_.fetch_add(1, std::memory_order_relaxed); }

private:
    template <class Waiting>
    [[nodiscard]] std::int32_t draw(std::int32_t count, Waiting waiting) noexcept {
        std::uint64_t longest = 0;
        for (std::int32_t at = 0; at < count; ++at) {
            if (const auto length = waiting(at); length != unavailable && length > longest) longest = length;
        }
        // Lengths may change meanwhile: a weight is one at least, and the walk ends at the last that is
        // available.
        const auto weight = [&](std::int32_t at) -> std::uint64_t {
            const auto length = waiting(at);
            return length == unavailable ? 0 : longest + 1 - (length < longest ? length : longest);
        };
        std::uint64_t total = 0;
        for (std::int32_t at = 0; at < count; ++at) total += weight(at);
        if (total == 0) return static_cast<std::int32_t>(random() % static_cast<std::uint32_t>(count));
        auto left = random() % total;
        std::int32_t chosen = 0;
        for (std::int32_t at = 0; at < count; ++at) {
            const auto own = weight(at);
            if (own == 0) continue;
            chosen = at;
            if (left < own) break;
            left -= own;
        }
        return chosen;
    }
    [[nodiscard]] std::uint64_t random() noexcept {
        // splitmix64: one atomic step, good enough to spread load.
        auto x = state_.fetch_add(0x9e3779b97f4a7c15ULL, std::memory_order_relaxed);
        x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
        x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
        return x >> 31U;
    }

    std::atomic<std::int32_t> current_{-1};
    std::atomic<std::uint32_t> turn_{0};
    std::atomic<std::size_t> bytes_{0};
    std::atomic<std::uint64_t> state_;
};

KASIO_END_NAMESPACE
