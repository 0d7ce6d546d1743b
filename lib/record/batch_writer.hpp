// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "base/byte_buffer.hpp"
#include "base/memory_block.hpp"
#include "compression/compression.hpp"
#include "record/batch_layout.hpp"
#include "record/record_encoding.hpp"

#include <kasio/record.hpp>

#include <cstdint>
#include <span>

KASIO_BEGIN_NAMESPACE

/// Encodes records one after the other into one batch of magic 2, in place: no allocation a record.
///
/// The caller sees to the room (`grow_to`, `move_to`), so that it can account for memory; `append` writes at
/// most `upper_bound` bytes. The memory is kept over `reset`.
class batch_writer {
public:
    struct finish_options {
        std::int64_t producer_id = -1;
        std::int16_t producer_epoch = -1;
        std::int32_t base_sequence = -1;
        bool transactional = false;
        bool control = false;
    };

    /// Never less than what `append` writes for such a record.
    [[nodiscard]] static std::size_t upper_bound(bytes_view key, bytes_view value,
                                                 std::span<const header> headers) noexcept {
        return record_bound(key, value, headers);
    }

    /// Encoded bytes so far, the batch's header included.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return memory_.size(); }
    [[nodiscard]] std::int32_t count() const noexcept { return count_; }
    [[nodiscard]] std::int64_t first_timestamp() const noexcept { return first_timestamp_; }
    [[nodiscard]] std::int64_t max_timestamp() const noexcept { return max_timestamp_; }
    /// The header (valid after `finish`) and the records, uncompressed.
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {memory_.data(), size_}; }

    /// Room for a batch of `capacity` bytes; what is there stays.
    void grow_to(std::size_t capacity) {
        if (capacity > memory_.size()) move_to(memory_block{capacity});
    }
    /// Goes on in `larger`, which has room for what is there.
    void move_to(memory_block larger) noexcept;
    /// `size() + upper_bound(...)` must not be above `capacity()`.
    void append(std::int64_t timestamp_ms, bytes_view key, bytes_view value,
                std::span<const header> headers) noexcept;

    /// Fills the header in and gives the whole batch. May be called again with other options.
    [[nodiscard]] std::span<const std::byte> finish(const finish_options& options) noexcept;
    /// The same with the records compressed: the batch replaces what `out` holds.
    [[nodiscard]] error_code finish_compressed(compressor& with, byte_buffer& out,
                                               const finish_options& options) const;
    /// The two halves of that, so that the first can be done elsewhere, before it is known what goes into the
    /// header.
    [[nodiscard]] error_code compress(compressor& with, byte_buffer& out) const;
    void finish_compressed(compression codec, byte_buffer& out, const finish_options& options) const noexcept;

    void reset() noexcept;
    /// The same, and gives its memory back.
    void release() noexcept {
        reset();
        memory_ = {};
    }

private:
    void write_header(std::byte* to, std::size_t whole, std::int16_t codec,
                      const finish_options& options) const noexcept;

    memory_block memory_;
    std::size_t size_ = batch_header_size;
    std::int32_t count_ = 0;
    std::int64_t first_timestamp_ = 0;
    std::int64_t max_timestamp_ = 0;
};

KASIO_END_NAMESPACE
