// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// As which broker a node of the in-process cluster presents itself: the requests and versions it offers and
/// accepts, and how it refuses what it does not know. What the cluster itself cannot do is left out.
enum class version_profile : std::uint8_t {
    /// All that the in-process cluster can do.
    latest,
    kafka_0_11,
    kafka_1_1,
    kafka_2_8,
    kafka_3_9,
    kafka_4_4,
    /// Redpanda as of December 2024: a mixed set, old in some places and new in others.
    redpanda,
};

/// `latest`, `0.11`, `1.1`, `2.8`, `3.9`, `4.4`, `redpanda`.
[[nodiscard]] KASIO_DECL std::string_view name_of(version_profile profile) noexcept;
/// The profile of that name; nothing when there is none.
[[nodiscard]] KASIO_DECL std::optional<version_profile> version_profile_of(std::string_view name) noexcept;

} // namespace testing
KASIO_END_NAMESPACE
