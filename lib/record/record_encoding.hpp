// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "base/varint.hpp"

#include <kasio/record.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

KASIO_BEGIN_NAMESPACE

// One record of magic 2, as it lies in a batch (Kafka's DefaultRecord).

/// Never less than what `write_record` writes for such a record.
[[nodiscard]] inline std::size_t record_bound(bytes_view key, bytes_view value,
                                              std::span<const header> headers) noexcept {
    // Length 5, attributes 1, timestamp 10, offset 5, key length 5, value length 5, header count 5.
    auto size = 36 + key.size() + value.size();
    for (const auto& each : headers) size += 10 + each.key.size() + each.value.size();
    return size;
}

[[nodiscard]] inline std::size_t nullable_size(bytes_view bytes) noexcept {
    return bytes.is_null() ? 1 : varint_size(static_cast<std::int32_t>(bytes.size())) + bytes.size();
}

inline std::byte* write_nullable(std::byte* to, bytes_view bytes) noexcept {
    if (bytes.is_null()) return write_varint(to, -1);
    to = write_varint(to, static_cast<std::int32_t>(bytes.size()));
    if (bytes.empty()) return to;
    std::memcpy(to, bytes.data(), bytes.size());
    return to + bytes.size();
}

/// Writes at `to`, which has room for `record_bound` bytes; returns the end of what was written.
inline std::byte* write_record(std::byte* to, std::int64_t time_delta, std::int32_t offset_delta,
                               bytes_view key, bytes_view value, std::span<const header> headers) noexcept {
    const auto header_count = static_cast<std::int32_t>(headers.size());
    // The record's length stands before it and has a length of its own: everything is measured first.
    auto size = 1 + varlong_size(time_delta) + varint_size(offset_delta) + nullable_size(key) +
                nullable_size(value) + varint_size(header_count);
    for (const auto& each : headers) size += nullable_size(bytes_view{each.key}) + nullable_size(each.value);
    to = write_varint(to, static_cast<std::int32_t>(size));
    *to++ = std::byte{0}; // attributes, unused
    to = write_varlong(to, time_delta);
    to = write_varint(to, offset_delta);
    to = write_nullable(to, key);
    to = write_nullable(to, value);
    to = write_varint(to, header_count);
    for (const auto& each : headers) {
        to = write_nullable(to, bytes_view{each.key});
        to = write_nullable(to, each.value);
    }
    return to;
}

KASIO_END_NAMESPACE
