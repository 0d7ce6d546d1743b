// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "record/batch_view.hpp"

#include <kasio/record.hpp>

#include <cstdint>
#include <span>

KASIO_BEGIN_NAMESPACE

/// Walks the records of one batch where they lie: no allocation, no copy.
class record_cursor {
public:
    /// `records` are the uncompressed records of `batch`. `origin` is what the views will point to.
    record_cursor(const batch_view& batch, std::span<const std::byte> records,
                  const batch_origin* origin) noexcept;

    enum class outcome : std::uint8_t { record, end, corrupt };
    /// Decodes the next record, every length checked, its headers too.
    [[nodiscard]] outcome next(record_view& record) noexcept;
    /// Where the next record starts.
    [[nodiscard]] const std::byte* position() const noexcept { return at_; }

private:
    const batch_origin* origin_;
    const std::byte* at_;
    const std::byte* end_;
    std::int64_t base_offset_;
    std::int64_t last_offset_;
    std::int64_t base_timestamp_;
    /// Log append time: that of all records.
    std::int64_t fixed_timestamp_ = 0;
    bool fixed_time_;
    std::int32_t left_;
    std::int64_t previous_ = -1;
};

/// Decodes one record at `at` that `record_cursor` has found valid before; returns where the next one starts.
/// Nothing is checked: this is the loop of whoever reads fetched records.
const std::byte* decode_valid_record(const std::byte* at, std::int64_t base_offset,
                                     std::int64_t base_timestamp, const std::int64_t* fixed_timestamp,
                                     const batch_origin* origin, record_view& record) noexcept;

KASIO_END_NAMESPACE
