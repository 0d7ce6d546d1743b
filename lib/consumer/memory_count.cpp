// SPDX-License-Identifier: BSL-1.0
#include "consumer/memory_count.hpp"

#include <utility>

KASIO_BEGIN_NAMESPACE

struct memory_count::counted {
    std::shared_ptr<memory_count> by;
    std::size_t bytes = 0;
    std::size_t decompressed = 0;
    std::shared_ptr<const void> frame;
    byte_buffer block;

    explicit counted(std::shared_ptr<memory_count> counter) noexcept : by{std::move(counter)} {}
    counted(const counted&) = delete;
    counted& operator=(const counted&) = delete;
    ~counted() {
        frame.reset();
        block = {};
        by->give_back(bytes, decompressed);
    }
};

std::shared_ptr<const void> memory_count::count(std::shared_ptr<const void> frame, std::size_t bytes) {
    auto made = std::make_shared<counted>(shared_from_this());
    made->frame = std::move(frame);
    made->bytes = bytes;
    used_.fetch_add(bytes, std::memory_order_acq_rel);
    return made;
}

std::shared_ptr<const void> memory_count::keep(byte_buffer block) {
    auto made = std::make_shared<counted>(shared_from_this());
    made->bytes = made->decompressed = block.capacity();
    made->block = std::move(block);
    used_.fetch_add(made->bytes, std::memory_order_acq_rel);
    decompressed_.fetch_add(made->decompressed, std::memory_order_acq_rel);
    return made;
}

void memory_count::give_back(std::size_t bytes, std::size_t decompressed) noexcept {
    decompressed_.fetch_sub(decompressed, std::memory_order_acq_rel);
    used_.fetch_sub(bytes, std::memory_order_seq_cst);
    if (!wanted_.load(std::memory_order_seq_cst) || !wanted_.exchange(false)) return;
    const std::lock_guard lock{mutex_};
    if (!wake_) return;
    try {
        wake_();
    } catch (...) {
        // No memory for the post: what is let go next wakes.
        wanted_.store(true);
    }
}

void memory_count::on_room(std::function<void()> wake) {
    const std::lock_guard lock{mutex_};
    wake_ = std::move(wake);
}

void memory_count::detach() noexcept {
    const std::lock_guard lock{mutex_};
    wake_ = nullptr;
}

KASIO_END_NAMESPACE
