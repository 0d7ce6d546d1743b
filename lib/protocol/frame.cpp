// SPDX-License-Identifier: BSL-1.0
#include "protocol/frame.hpp"

#include "base/big_endian.hpp"
#include "base/wipe.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

KASIO_BEGIN_NAMESPACE
namespace protocol {

namespace {

constexpr std::size_t correlation_id_offset = 8;
constexpr std::size_t smallest_capacity = 256;

} // namespace

outgoing_frame::outgoing_frame(outgoing_frame&& other) noexcept
    : own_{std::move(other.own_)},
      own_size_{std::exchange(other.own_size_, 0)},
      capacity_{std::exchange(other.capacity_, 0)},
      borrowed_size_{std::exchange(other.borrowed_size_, 0)},
      is_secret_{std::exchange(other.is_secret_, false)},
      borrowed_{std::exchange(other.borrowed_, {})} {}

outgoing_frame& outgoing_frame::operator=(outgoing_frame&& other) noexcept {
    outgoing_frame taken{std::move(other)};
    std::swap(own_, taken.own_);
    std::swap(own_size_, taken.own_size_);
    std::swap(capacity_, taken.capacity_);
    std::swap(borrowed_size_, taken.borrowed_size_);
    std::swap(is_secret_, taken.is_secret_);
    std::swap(borrowed_, taken.borrowed_);
    return *this;
}

outgoing_frame::~outgoing_frame() {
    if (is_secret_ && own_) wipe(own_.get(), capacity_);
}

// Before each borrowed run stands a part of our own, since at least the run's length does; only the last part
// may be empty.
std::size_t outgoing_frame::piece_count() const noexcept {
    const std::size_t own_at_last_borrowed = borrowed_.empty() ? 0 : borrowed_.back().own_before;
    return 2 * borrowed_.size() + (own_size_ > own_at_last_borrowed ? 1 : 0);
}

std::span<const std::byte> outgoing_frame::piece(std::size_t index) const noexcept {
    assert(index < piece_count());
    const std::size_t number = index / 2;
    if (index % 2 == 1) return borrowed_[number].bytes;
    const std::size_t first = number == 0 ? 0 : borrowed_[number - 1].own_before;
    const std::size_t last = number < borrowed_.size() ? borrowed_[number].own_before : own_size_;
    return {own_.get() + first, last - first};
}

void outgoing_frame::set_correlation_id(std::int32_t id) noexcept {
    assert(own_size_ >= correlation_id_offset + sizeof id);
    store_big(own_.get() + correlation_id_offset, id);
}

void outgoing_frame::clear() noexcept {
    own_size_ = 0;
    borrowed_size_ = 0;
    borrowed_.clear();
}

void outgoing_frame::copy(std::span<const std::byte> bytes) {
    if (!bytes.empty()) std::memcpy(extend(bytes.size()), bytes.data(), bytes.size());
}

void outgoing_frame::borrow(std::span<const std::byte> bytes) {
    borrowed_.push_back({own_size_, bytes});
    borrowed_size_ += bytes.size();
}

void outgoing_frame::grow(std::size_t size) {
    const std::size_t capacity = std::max({smallest_capacity, own_size_ + size, capacity_ + capacity_ / 2});
    auto bigger = std::make_unique_for_overwrite<std::byte[]>(capacity);
    if (own_size_ > 0) std::memcpy(bigger.get(), own_.get(), own_size_);
    if (is_secret_ && own_) wipe(own_.get(), capacity_);
    own_ = std::move(bigger);
    capacity_ = capacity;
}

std::optional<std::int32_t> peek_correlation_id(std::span<const std::byte> frame) noexcept {
    if (frame.size() < sizeof(std::int32_t)) return std::nullopt;
    return load_big<std::int32_t>(frame.data());
}

} // namespace protocol
KASIO_END_NAMESPACE
