// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <type_traits>

KASIO_BEGIN_NAMESPACE

/// The bytes of `value` in reverse order.
template <std::integral Integer>
[[nodiscard]] constexpr Integer byte_swapped(Integer value) noexcept {
    using Bits = std::make_unsigned_t<Integer>;
    const auto bits = static_cast<Bits>(value);
    if constexpr (sizeof(Bits) == 1) return value;
    else if constexpr (sizeof(Bits) == 2) return static_cast<Integer>(__builtin_bswap16(bits));
    else if constexpr (sizeof(Bits) == 4) return static_cast<Integer>(__builtin_bswap32(bits));
    else return static_cast<Integer>(__builtin_bswap64(bits));
}

/// Reads a big-endian integer at `from`, which need not be aligned.
template <std::integral Integer>
[[nodiscard]] inline Integer load_big(const void* from) noexcept {
    Integer value;
    std::memcpy(&value, from, sizeof value);
    if constexpr (std::endian::native == std::endian::little) value = byte_swapped(value);
    return value;
}

/// Writes `value` big-endian at `to`, which need not be aligned.
template <std::integral Integer>
inline void store_big(void* to, Integer value) noexcept {
    if constexpr (std::endian::native == std::endian::little) value = byte_swapped(value);
    std::memcpy(to, &value, sizeof value);
}

KASIO_END_NAMESPACE
