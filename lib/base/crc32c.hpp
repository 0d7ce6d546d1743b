// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

KASIO_BEGIN_NAMESPACE

/// CRC-32C (Castagnoli) of `bytes`. `seed` is the sum of what stands before them: crc32c(b, crc32c(a)) is the
/// sum of a and b joined. Uses the processor's instruction where it has one.
[[nodiscard]] std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t seed = 0) noexcept;

/// The same by tables alone: what a processor without the instruction runs.
[[nodiscard]] std::uint32_t crc32c_by_table(std::span<const std::byte> bytes,
                                            std::uint32_t seed = 0) noexcept;

/// The same by the SSE4.2 instruction, in three interleaved streams. Call only when
/// `crc32c_hardware_available()`.
[[nodiscard]] std::uint32_t crc32c_by_hardware(std::span<const std::byte> bytes,
                                               std::uint32_t seed = 0) noexcept;

[[nodiscard]] bool crc32c_hardware_available() noexcept;

KASIO_END_NAMESPACE
