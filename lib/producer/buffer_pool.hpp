// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "base/memory_block.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// Memory for batches, in blocks whose sizes are powers of two, cut out of large pieces that stay: so memory
/// is used again while it is warm, and no holes are left to the C library. Any thread.
class buffer_pool final : public block_owner {
public:
    static constexpr std::size_t smallest = 1024;
    /// Of what is cut; a larger block is memory of its own.
    static constexpr std::size_t largest = 1'048'576;

    /// Keeps all that was ever used while any of it is, since it will be wanted again; then about `most`
    /// bytes.
    explicit buffer_pool(std::size_t most) noexcept : most_idle_{1 + most / largest} {}

    /// What a block for `size` bytes has.
    [[nodiscard]] static std::size_t capacity_for(std::size_t size) noexcept {
        return size > largest ? size : std::bit_ceil(std::max(size, smallest));
    }
    /// Of `capacity_for(size)` bytes. The pool has to outlive it.
    [[nodiscard]] memory_block take(std::size_t size);
    void take_back(std::byte* data, std::size_t size) noexcept override;

    /// Bytes that the pool has from the general allocator, in use or not.
    [[nodiscard]] std::size_t held() const noexcept;

private:
    /// A piece of `largest` bytes, halved and halved again down to what was asked for; two free halves become
    /// one again (a buddy system).
    class piece {
    public:
        piece() : bytes_{std::make_unique_for_overwrite<std::byte[]>(largest)} { clear(); }
        /// Null: there is no such block free.
        [[nodiscard]] std::byte* take(int order) noexcept;
        void take_back(const std::byte* data, int order) noexcept;
        [[nodiscard]] bool idle() const noexcept { return free_[1] == orders; }
        [[nodiscard]] const std::byte* begin() const noexcept { return bytes_.get(); }

    private:
        static constexpr int orders = std::countr_zero(largest / smallest) + 1;
        void clear() noexcept;
        void settle(std::size_t node) noexcept;

        std::unique_ptr<std::byte[]> bytes_;
        /// A binary tree with its root at 1: the largest free block below each node, as one more than its
        /// order; 0: none.
        std::array<std::uint8_t, 2 * (largest / smallest)> free_;
    };

    using piece_list = std::vector<std::unique_ptr<piece>>;

    /// The first that begins behind that byte.
    [[nodiscard]] piece_list::iterator first_above(const std::byte* at) noexcept;

    const std::size_t most_idle_;
    std::size_t idle_ = 0;
    mutable std::mutex mutex_;
    /// By address.
    piece_list pieces_;
};

KASIO_END_NAMESPACE
