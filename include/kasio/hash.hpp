// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/bytes.hpp>
#include <kasio/config.hpp>

#include <cstdint>

KASIO_BEGIN_NAMESPACE

/// The hash by which Kafka's clients spread keys over partitions (Java's Utils.murmur2), as Java's signed
/// int. The partition of a key is `(murmur2(key) & 0x7fffffff) % partitions`.
[[nodiscard]] KASIO_DECL std::int32_t murmur2(bytes_view bytes) noexcept;

/// CRC-32C (Castagnoli), the check sum of Kafka's record batches. By the processor's own instruction where it
/// has one.
[[nodiscard]] KASIO_DECL std::uint32_t crc32c(bytes_view bytes) noexcept;

KASIO_END_NAMESPACE
