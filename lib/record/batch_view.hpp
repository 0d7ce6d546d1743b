// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "record/batch_layout.hpp"

#include <kasio/compression.hpp>
#include <kasio/error.hpp>
#include <kasio/record.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

KASIO_BEGIN_NAMESPACE

/// The header of a record batch of magic 2, read and checked, and where its records lie. Owns nothing.
struct batch_view {
    std::int64_t base_offset = 0;
    std::int32_t leader_epoch = -1;
    std::int16_t attributes = 0;
    std::int32_t last_offset_delta = 0;
    std::int64_t base_timestamp = 0;
    std::int64_t max_timestamp = 0;
    std::int64_t producer_id = -1;
    std::int16_t producer_epoch = -1;
    std::int32_t base_sequence = -1;
    std::int32_t record_count = 0;
    /// The whole batch, and the part behind its header (compressed where `codec()` says so).
    std::span<const std::byte> whole;
    std::span<const std::byte> records;

    [[nodiscard]] compression codec() const noexcept {
        return static_cast<compression>(attributes & batch_attributes::codec_mask);
    }
    [[nodiscard]] kasio::timestamp_type timestamp_type() const noexcept {
        return (attributes & batch_attributes::log_append_time) != 0 ? kasio::timestamp_type::log_append_time
                                                                     : kasio::timestamp_type::create_time;
    }
    [[nodiscard]] bool transactional() const noexcept {
        return (attributes & batch_attributes::transactional) != 0;
    }
    [[nodiscard]] bool control() const noexcept { return (attributes & batch_attributes::control) != 0; }
    /// The last offset the batch stands for, which compaction leaves as it is.
    [[nodiscard]] std::int64_t last_offset() const noexcept { return base_offset + last_offset_delta; }
    [[nodiscard]] std::int64_t next_offset() const noexcept { return last_offset() + 1; }

    /// Compares the check sum with the bytes.
    [[nodiscard]] bool crc_fits() const noexcept;
};

/// Walks the batches of one partition of a fetch answer, or of a log.
class batch_reader {
public:
    explicit batch_reader(std::span<const std::byte> bytes) noexcept : rest_{bytes} {}

    enum class outcome : std::uint8_t {
        /// `view` holds the next batch.
        batch,
        /// `whole` of `view` is an entry of magic 0 or 1 (see legacy_view.hpp).
        legacy,
        /// Nothing more, or a last batch that is not there as a whole, as brokers cut it.
        end,
        /// Lengths or counts that cannot be. Nothing can be read behind it.
        corrupt,
    };
    [[nodiscard]] outcome next(batch_view& view) noexcept;
    /// What has not been read.
    [[nodiscard]] std::span<const std::byte> rest() const noexcept { return rest_; }

private:
    std::span<const std::byte> rest_;
};

KASIO_END_NAMESPACE
