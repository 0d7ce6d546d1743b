// SPDX-License-Identifier: BSL-1.0
#include "net/read_buffer.hpp"

#include <algorithm>
#include <utility>

KASIO_BEGIN_NAMESPACE

std::shared_ptr<read_buffer_pool::buffer> read_buffer_pool::take() {
    std::unique_ptr<buffer> taken;
    {
        const std::lock_guard lock{mutex_};
        idle_.reserve(most_idle);
        if (!idle_.empty()) {
            taken = std::move(idle_.back());
            idle_.pop_back();
        }
    }
    if (!taken) taken = std::make_unique<buffer>(max_bytes_);
    // Weak: views that outlive their connection must not keep its other buffers.
    auto give_back = [pool = weak_from_this()](buffer* used) noexcept {
        std::unique_ptr<buffer> owned{used};
        if (const auto alive = pool.lock()) alive->give_back(std::move(owned));
    };
    return {taken.release(), std::move(give_back)};
}

std::size_t read_buffer_pool::idle() const {
    const std::lock_guard lock{mutex_};
    return idle_.size();
}

void read_buffer_pool::note(std::size_t frame_bytes) noexcept {
    // One large frame changes little, some in a row do; down again within some dozen small ones.
    const auto recent = recent_.load(std::memory_order_relaxed);
    const auto weight = frame_bytes > recent ? 4 : 16;
    recent_.store(recent - recent / weight + frame_bytes / weight, std::memory_order_relaxed);
    if (largest_idle_.load(std::memory_order_relaxed) > worth_keeping()) trim();
}

std::size_t read_buffer_pool::worth_keeping() const noexcept {
    // A buffer doubles as it grows, so that it may have twice what its frame takes.
    return std::clamp(2 * recent_.load(std::memory_order_relaxed), always_kept_capacity,
                      largest_kept_capacity);
}

void read_buffer_pool::trim() noexcept {
    const auto limit = worth_keeping();
    const std::lock_guard lock{mutex_};
    std::erase_if(idle_, [limit](const auto& each) { return each->capacity() > limit; });
    std::size_t largest = 0;
    for (const auto& each : idle_) largest = std::max(largest, each->capacity());
    largest_idle_.store(largest, std::memory_order_relaxed);
}

void read_buffer_pool::give_back(std::unique_ptr<buffer> used) noexcept {
    const auto capacity = used->capacity();
    if (capacity > worth_keeping()) return;
    used->clear();
    const std::lock_guard lock{mutex_};
    // Never allocates: `take` has reserved the room.
    if (idle_.size() == most_idle) return;
    idle_.push_back(std::move(used));
    largest_idle_.store(std::max(largest_idle_.load(std::memory_order_relaxed), capacity),
                        std::memory_order_relaxed);
}

KASIO_END_NAMESPACE
