// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "base/byte_buffer.hpp"
#include "consumer/fetch_buffer.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>

KASIO_BEGIN_NAMESPACE

/// Counts the bytes that a consumer's fetched data takes: answers and decompressed batches, from when they
/// arrive until the last `fetched_records` that needs them is gone, on whatever thread, and whether or not
/// the consumer is still there.
class memory_count final : public block_keeper, public std::enable_shared_from_this<memory_count> {
public:
    explicit memory_count(std::size_t limit) noexcept : limit_{limit} {}

    [[nodiscard]] std::size_t used() const noexcept { return used_.load(std::memory_order_acquire); }
    [[nodiscard]] std::size_t limit() const noexcept { return limit_; }
    /// Decompressed bytes alone.
    [[nodiscard]] std::size_t decompressed() const noexcept {
        return decompressed_.load(std::memory_order_acquire);
    }

    /// Counts an answer.
    [[nodiscard]] std::shared_ptr<const void> count(std::shared_ptr<const void> frame, std::size_t bytes);
    [[nodiscard]] std::shared_ptr<const void> keep(byte_buffer block) override;
    [[nodiscard]] bool has_room() const noexcept override { return used() < limit_; }

    /// Calls `wake` once, from whatever thread, when something is let go after `want`.
    void on_room(std::function<void()> wake);
    void want() noexcept { wanted_.store(true, std::memory_order_seq_cst); }
    /// Nobody is woken any more, once this has returned.
    void detach() noexcept;

private:
    struct counted;
    void give_back(std::size_t bytes, std::size_t decompressed) noexcept;

    const std::size_t limit_;
    std::atomic<std::size_t> used_{0};
    std::atomic<std::size_t> decompressed_{0};
    std::atomic<bool> wanted_{false};
    std::mutex mutex_;
    std::function<void()> wake_;
};

KASIO_END_NAMESPACE
