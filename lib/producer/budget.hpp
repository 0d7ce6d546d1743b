// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/config.hpp>

#include <atomic>
#include <cstddef>

KASIO_BEGIN_NAMESPACE

/// One number for everything a producer holds. Batches charge it in growing steps, not per record.
class budget {
public:
    explicit budget(std::size_t limit) noexcept : limit_{limit} {}

    /// Takes `bytes` if they fit. When nothing at all is taken one charge of any size fits, so that one large
    /// record always makes progress.
    [[nodiscard]] bool take(std::size_t bytes) noexcept {
        auto used = used_.load(std::memory_order_relaxed);
        do {
            if (used != 0 && (used > limit_ || bytes > limit_ - used)) return false;
        } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
        return true;
    }
    /// Takes them in any case: for what holding less would cost a record.
    void take_always(std::size_t bytes) noexcept { used_.fetch_add(bytes, std::memory_order_relaxed); }
    void give_back(std::size_t bytes) noexcept { used_.fetch_sub(bytes, std::memory_order_relaxed); }

    [[nodiscard]] std::size_t used() const noexcept { return used_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::size_t limit() const noexcept { return limit_; }

private:
    const std::size_t limit_;
    std::atomic<std::size_t> used_{0};
};

KASIO_END_NAMESPACE
