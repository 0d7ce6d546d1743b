// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/field.hpp"

#include <span>
#include <string_view>

KASIO_BEGIN_NAMESPACE
namespace protocol {

inline constexpr std::int16_t never_throttles = std::numeric_limits<std::int16_t>::max();

/// What is known about an api by its key alone.
struct api_row {
    std::int16_t key;
    /// Kafka's own name, without "Request".
    std::string_view name;
    /// What the client may use; empty for what only brokers and controllers send each other.
    version_range versions;
    /// The first version with compact lengths and tag sections.
    std::int16_t flexible;
    /// From this version on the broker answers at once and the client must be silent for `throttle_time_ms`
    /// (KIP-219); below, the broker has delayed the answer itself.
    std::int16_t throttles_from;
};

/// Null for a key that Kafka 4.4 does not know.
[[nodiscard]] const api_row* find_api(std::int16_t key) noexcept;

/// All of them, by key.
[[nodiscard]] std::span<const api_row> api_table() noexcept;

} // namespace protocol
KASIO_END_NAMESPACE
