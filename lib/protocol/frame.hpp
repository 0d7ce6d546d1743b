// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace protocol {

/// One encoded frame, ready to be written: the four bytes of its length, header, body.
///
/// Most of it lies in one buffer of its own. Long runs of foreign bytes (record batches) are not copied but
/// borrowed, and stand between parts of that buffer:
///
///     own: length, header, topic, partition | own: next partition     | own: tag sections
///                                   borrowed: batch           borrowed: batch
///
/// What is borrowed must live until the frame is written or cleared. `clear` keeps the buffer for the next
/// frame.
class outgoing_frame {
public:
    /// Shorter runs are copied: gathering them costs more than the copy.
    static constexpr std::size_t borrow_threshold = 4096;

    outgoing_frame() = default;
    outgoing_frame(outgoing_frame&& other) noexcept;
    outgoing_frame& operator=(outgoing_frame&& other) noexcept;
    ~outgoing_frame();

    /// What it holds from now on is overwritten before its memory is given back.
    void keep_secret() noexcept { is_secret_ = true; }

    /// Bytes on the wire, with the length's own four.
    [[nodiscard]] std::size_t size() const noexcept { return own_size_ + borrowed_size_; }
    /// Pieces in the order of the wire; none of them is empty.
    [[nodiscard]] std::size_t piece_count() const noexcept;
    [[nodiscard]] std::span<const std::byte> piece(std::size_t index) const noexcept;
    /// Writes over the correlation id of a request: bytes 8 to 11. The frame must hold a request.
    void set_correlation_id(std::int32_t id) noexcept;
    /// Empties the frame; its buffer stays.
    void clear() noexcept;

    // For encoders:

    /// Room for `size` more bytes of its own; the caller fills it at once.
    [[nodiscard]] std::byte* extend(std::size_t size) {
        if (capacity_ - own_size_ < size) grow(size);
        std::byte* const room = own_.get() + own_size_;
        own_size_ += size;
        return room;
    }
    void copy(std::span<const std::byte> bytes);
    void borrow(std::span<const std::byte> bytes);
    [[nodiscard]] std::size_t own_size() const noexcept { return own_size_; }
    [[nodiscard]] std::byte* own() noexcept { return own_.get(); }

private:
    struct borrowed {
        std::size_t own_before;
        std::span<const std::byte> bytes;
    };

    void grow(std::size_t size);

    std::unique_ptr<std::byte[]> own_;
    std::size_t own_size_ = 0;
    std::size_t capacity_ = 0;
    std::size_t borrowed_size_ = 0;
    bool is_secret_ = false;
    std::vector<borrowed> borrowed_;
};

/// The correlation id of an answer: its first four bytes after the length. Nothing when there are fewer.
[[nodiscard]] std::optional<std::int32_t> peek_correlation_id(std::span<const std::byte> frame) noexcept;

} // namespace protocol
KASIO_END_NAMESPACE
