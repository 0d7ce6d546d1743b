// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

KASIO_BEGIN_NAMESPACE

/// Bytes that grow at the end: uninitialised until written, and kept for reuse by `clear`.
class byte_buffer {
public:
    byte_buffer() noexcept = default;
    byte_buffer(byte_buffer&& other) noexcept
        : bytes_{std::move(other.bytes_)},
          size_{std::exchange(other.size_, 0)},
          capacity_{std::exchange(other.capacity_, 0)} {}
    byte_buffer& operator=(byte_buffer&& other) noexcept {
        bytes_ = std::move(other.bytes_);
        size_ = std::exchange(other.size_, 0);
        capacity_ = std::exchange(other.capacity_, 0);
        return *this;
    }

    [[nodiscard]] std::byte* data() noexcept { return bytes_.get(); }
    [[nodiscard]] const std::byte* data() const noexcept { return bytes_.get(); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {bytes_.get(), size_}; }

    /// Forgets the content, keeps the memory.
    void clear() noexcept { size_ = 0; }
    /// Room for `capacity` bytes in all; what is there stays.
    void reserve(std::size_t capacity) {
        if (capacity <= capacity_) return;
        auto larger = std::make_unique_for_overwrite<std::byte[]>(capacity);
        if (size_ != 0) std::memcpy(larger.get(), bytes_.get(), size_);
        bytes_ = std::move(larger);
        capacity_ = capacity;
    }
    /// At least `more` free bytes at the end, doubling the memory where needed; returns where they start.
    /// What is written there counts after `commit`.
    [[nodiscard]] std::byte* prepare(std::size_t more) {
        if (capacity_ - size_ < more) reserve(std::max(size_ + more, capacity_ * 2));
        return bytes_.get() + size_;
    }
    /// The same, but takes no more memory than that: for whoever chooses by how much the buffer grows.
    [[nodiscard]] std::byte* prepare_exactly(std::size_t more) {
        reserve(size_ + more);
        return bytes_.get() + size_;
    }
    void commit(std::size_t written) noexcept { size_ += written; }
    void append(std::span<const std::byte> more) {
        if (more.empty()) return;
        std::memcpy(prepare(more.size()), more.data(), more.size());
        commit(more.size());
    }
    /// Cuts off what lies beyond `size`.
    void shrink(std::size_t size) noexcept { size_ = std::min(size_, size); }

private:
    std::unique_ptr<std::byte[]> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

KASIO_END_NAMESPACE
