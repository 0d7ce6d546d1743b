// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "base/big_endian.hpp"

#include <kasio/config.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// Bytes that came in and were not consumed, the next frame first. Grows with what comes, and is reused.
class input_buffer {
public:
    static constexpr std::size_t length_size = 4;
    /// Kafka's `socket.request.max.bytes`.
    static constexpr std::int32_t max_request = 100 * 1024 * 1024;

    [[nodiscard]] std::size_t size() const noexcept { return end_ - begin_; }
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {data_.get() + begin_, size()}; }

    /// True when the next frame's length is there and no length that a request may have; `smallest`: its
    /// least.
    [[nodiscard]] bool is_malformed(std::int32_t smallest = 8) const noexcept {
        if (size() < length_size) return false;
        const auto length = load_big<std::int32_t>(data_.get() + begin_);
        return length < smallest || length > max_request;
    }
    /// Size of the next frame with its length; 0 while that is unknown.
    [[nodiscard]] std::size_t frame_size() const noexcept {
        if (size() < length_size) return 0;
        return length_size + static_cast<std::size_t>(load_big<std::int32_t>(data_.get() + begin_));
    }
    [[nodiscard]] bool has_frame() const noexcept { return frame_size() != 0 && size() >= frame_size(); }
    /// May be called while room is being filled: bytes move only in `prepare`.
    void consume(std::size_t bytes) noexcept { begin_ += bytes; }

    /// Room behind the bytes, some at least. Moves the bytes that are there.
    [[nodiscard]] std::span<std::byte> prepare() {
        if (begin_ == end_) begin_ = end_ = 0;
        if (capacity_ - end_ < smallest_read) make_room();
        return {data_.get() + end_, capacity_ - end_};
    }
    void commit(std::size_t bytes) noexcept { end_ += bytes; }

private:
    static constexpr std::size_t smallest_read = 16 * 1024;

    void make_room() {
        const std::size_t kept = size();
        if (capacity_ - kept >= std::max(smallest_read, capacity_ / 2)) {
            std::memmove(data_.get(), data_.get() + begin_, kept);
        } else {
            const std::size_t capacity = std::max(2 * capacity_, 4 * smallest_read);
            std::unique_ptr<std::byte[]> data{new std::byte[capacity]};
            if (kept != 0) std::memcpy(data.get(), data_.get() + begin_, kept);
            data_ = std::move(data);
            capacity_ = capacity;
        }
        begin_ = 0;
        end_ = kept;
    }

    std::unique_ptr<std::byte[]> data_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

} // namespace testing
KASIO_END_NAMESPACE
