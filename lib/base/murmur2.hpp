// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/hash.hpp>

KASIO_BEGIN_NAMESPACE

/// The partition that Kafka's default partitioner gives to a record with this key; `partitions` must be
/// positive.
[[nodiscard]] inline std::int32_t partition_of_key(bytes_view key, std::int32_t partitions) noexcept {
    return (murmur2(key) & 0x7fffffff) % partitions;
}

KASIO_END_NAMESPACE
