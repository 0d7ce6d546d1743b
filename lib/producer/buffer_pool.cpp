// SPDX-License-Identifier: BSL-1.0
#include "producer/buffer_pool.hpp"

#include <functional>

KASIO_BEGIN_NAMESPACE

namespace {

/// 0 for a block of the smallest size, 1 for twice that, and so on.
int order_of(std::size_t capacity) noexcept { return std::countr_zero(capacity / buffer_pool::smallest); }

} // namespace

memory_block buffer_pool::take(std::size_t size) {
    const auto capacity = capacity_for(size);
    if (capacity > largest) return memory_block{capacity};
    const auto order = order_of(capacity);
    const std::lock_guard lock{mutex_};
    for (const auto& each : pieces_) {
        const bool was_idle = each->idle();
        if (auto* const data = each->take(order)) {
            if (was_idle) --idle_;
            return {data, capacity, *this};
        }
    }
    auto fresh = std::make_unique<piece>();
    auto* const data = fresh->take(order);
    const auto place = first_above(fresh->begin());
    pieces_.insert(place, std::move(fresh));
    return {data, capacity, *this};
}

void buffer_pool::take_back(std::byte* data, std::size_t size) noexcept {
    const std::lock_guard lock{mutex_};
    piece& home = **(first_above(data) - 1);
    home.take_back(data, order_of(size));
    if (!home.idle() || ++idle_ != pieces_.size() || idle_ <= most_idle_) return;
    pieces_.erase(pieces_.begin() + static_cast<std::ptrdiff_t>(most_idle_), pieces_.end());
    idle_ = most_idle_;
}

buffer_pool::piece_list::iterator buffer_pool::first_above(const std::byte* at) noexcept {
    return std::upper_bound(pieces_.begin(), pieces_.end(), at, [](const std::byte* byte, const auto& each) {
        return std::less<>{}(byte, each->begin());
    });
}

std::size_t buffer_pool::held() const noexcept {
    const std::lock_guard lock{mutex_};
    return pieces_.size() * largest;
}

void buffer_pool::piece::clear() noexcept {
    int level = orders;
    for (std::size_t first = 1; first < free_.size(); first *= 2, --level)
        std::fill_n(free_.begin() + static_cast<std::ptrdiff_t>(first), first,
                    static_cast<std::uint8_t>(level));
}

std::byte* buffer_pool::piece::take(int order) noexcept {
    const int wanted = order + 1;
    if (free_[1] < wanted) return nullptr;
    std::size_t node = 1;
    for (int level = orders; level != wanted; --level) {
        node *= 2;
        // The smaller of the two that do, so that large blocks stay whole.
        if (free_[node] < wanted || (free_[node + 1] >= wanted && free_[node + 1] < free_[node])) ++node;
    }
    free_[node] = 0;
    settle(node);
    const auto first = (largest / smallest) >> order;
    return bytes_.get() + ((node - first) * smallest << order);
}

void buffer_pool::piece::take_back(const std::byte* data, int order) noexcept {
    const auto first = (largest / smallest) >> order;
    const auto node = first + (static_cast<std::size_t>(data - bytes_.get()) / smallest >> order);
    free_[node] = static_cast<std::uint8_t>(order + 1);
    settle(node);
}

void buffer_pool::piece::settle(std::size_t node) noexcept {
    int level = std::bit_width(free_.size() / 2) - std::bit_width(node) + 1;
    while (node > 1) {
        node /= 2;
        const auto left = free_[2 * node];
        const auto right = free_[2 * node + 1];
        const bool both = left == level && right == level;
        ++level;
        free_[node] = both ? static_cast<std::uint8_t>(level) : std::max(left, right);
    }
}

KASIO_END_NAMESPACE
