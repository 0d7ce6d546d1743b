// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>

KASIO_BEGIN_NAMESPACE

// Variable-length integers, seven bits a byte, low group first. `uvarint` is the unsigned form of compact
// lengths and tags; `varint` (32 bits) and `varlong` (64 bits) are the zig-zag forms of records.

inline constexpr std::size_t max_varint_size = 5;
inline constexpr std::size_t max_varlong_size = 10;

[[nodiscard]] constexpr std::uint32_t zigzag(std::int32_t value) noexcept {
    return (static_cast<std::uint32_t>(value) << 1) ^ static_cast<std::uint32_t>(value >> 31);
}
[[nodiscard]] constexpr std::uint64_t zigzag(std::int64_t value) noexcept {
    return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
[[nodiscard]] constexpr std::int32_t unzigzag(std::uint32_t bits) noexcept {
    return static_cast<std::int32_t>((bits >> 1) ^ (~(bits & 1) + 1));
}
[[nodiscard]] constexpr std::int64_t unzigzag(std::uint64_t bits) noexcept {
    return static_cast<std::int64_t>((bits >> 1) ^ (~(bits & 1) + 1));
}

/// How many bytes `value` takes: (significant bits + 6) / 7, without a division.
[[nodiscard]] constexpr std::size_t uvarint_size(std::uint64_t value) noexcept {
    const auto top = static_cast<unsigned>(std::bit_width(value | 1)) - 1;
    return (top * 9 + 73) / 64;
}
[[nodiscard]] constexpr std::size_t varint_size(std::int32_t value) noexcept {
    return uvarint_size(zigzag(value));
}
[[nodiscard]] constexpr std::size_t varlong_size(std::int64_t value) noexcept {
    return uvarint_size(zigzag(value));
}

/// Writes at `to`, which must have room for `uvarint_size(value)` bytes; returns the end of what was written.
inline std::byte* write_uvarint(std::byte* to, std::uint64_t value) noexcept {
    while (value >= 0x80) {
        *to++ = static_cast<std::byte>(value | 0x80);
        value >>= 7;
    }
    *to++ = static_cast<std::byte>(value);
    return to;
}
inline std::byte* write_varint(std::byte* to, std::int32_t value) noexcept {
    return write_uvarint(to, zigzag(value));
}
inline std::byte* write_varlong(std::byte* to, std::int64_t value) noexcept {
    return write_uvarint(to, zigzag(value));
}

/// Reads from [from, end) into `value`; returns the end of what was read, or nullptr when the bytes end too
/// early or hold more than 32 bits. Longer forms than needed are accepted, as Kafka accepts them.
[[nodiscard]] inline const std::byte* read_uvarint(const std::byte* from, const std::byte* end,
                                                   std::uint32_t& value) noexcept {
    std::uint32_t bits = 0;
    for (unsigned shift = 0; from != end; shift += 7) {
        const auto group = static_cast<std::uint32_t>(*from++);
        if (shift == 28 && group > 0x0f) return nullptr;
        bits |= (group & 0x7f) << shift;
        if (group < 0x80) {
            value = bits;
            return from;
        }
    }
    return nullptr;
}

/// As above, for 64 bits.
[[nodiscard]] inline const std::byte* read_uvarint(const std::byte* from, const std::byte* end,
                                                   std::uint64_t& value) noexcept {
    std::uint64_t bits = 0;
    for (unsigned shift = 0; from != end; shift += 7) {
        const auto group = static_cast<std::uint64_t>(*from++);
        if (shift == 63 && group > 0x01) return nullptr;
        bits |= (group & 0x7f) << shift;
        if (group < 0x80) {
            value = bits;
            return from;
        }
    }
    return nullptr;
}

[[nodiscard]] inline const std::byte* read_varint(const std::byte* from, const std::byte* end,
                                                  std::int32_t& value) noexcept {
    std::uint32_t bits = 0;
    const std::byte* const next = read_uvarint(from, end, bits);
    if (next != nullptr) value = unzigzag(bits);
    return next;
}

[[nodiscard]] inline const std::byte* read_varlong(const std::byte* from, const std::byte* end,
                                                   std::int64_t& value) noexcept {
    std::uint64_t bits = 0;
    const std::byte* const next = read_uvarint(from, end, bits);
    if (next != nullptr) value = unzigzag(bits);
    return next;
}

KASIO_END_NAMESPACE
