// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <cstdint>

KASIO_BEGIN_NAMESPACE

/// Where to read from when there is no valid position. `auto.offset.reset`.
enum class offset_reset : std::uint8_t {
    earliest,
    latest,
    none,
    /// The first record of the last `offset_reset_duration` (KIP-1106); the end when there is none so late.
    by_duration,
};

KASIO_END_NAMESPACE
