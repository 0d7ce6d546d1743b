// SPDX-License-Identifier: BSL-1.0
#include "net/read_buffer.hpp"

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

void read_buffer_pool::give_back(std::unique_ptr<buffer> used) noexcept {
    if (used->capacity() > largest_kept_capacity) return;
    used->clear();
    const std::lock_guard lock{mutex_};
    // Never allocates: `take` has reserved the room.
    if (idle_.size() < most_idle) idle_.push_back(std::move(used));
}

KASIO_END_NAMESPACE
