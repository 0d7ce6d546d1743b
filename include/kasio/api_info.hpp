// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <cstdint>
#include <limits>

KASIO_BEGIN_NAMESPACE
namespace protocol {

/// From `min` to `max`, both included.
struct version_range {
    std::int16_t min = 0;
    std::int16_t max = -1;

    [[nodiscard]] constexpr bool contains(std::int16_t version) const noexcept {
        return min <= version && version <= max;
    }
    [[nodiscard]] constexpr bool empty() const noexcept { return max < min; }
    friend constexpr bool operator==(const version_range&, const version_range&) noexcept = default;
};

inline constexpr std::int16_t never_flexible = std::numeric_limits<std::int16_t>::max();

/// What stands on top of each message.
struct api_info {
    std::int16_t key = -1;
    /// What the client may use with a broker.
    version_range versions;
    /// The first version with compact lengths and tag sections (KIP-482).
    std::int16_t flexible = never_flexible;
    /// All that the description covers, where that is more than `versions`.
    version_range described{};

    [[nodiscard]] constexpr version_range all() const noexcept {
        return described.empty() ? versions : described;
    }
    [[nodiscard]] constexpr bool is_flexible(std::int16_t version) const noexcept {
        return version >= flexible;
    }
};

} // namespace protocol
KASIO_END_NAMESPACE
