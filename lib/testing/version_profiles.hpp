// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "protocol/field.hpp"

#include <kasio/config.hpp>
#include <kasio/testing/version_profile.hpp>

#include <cstdint>
#include <limits>

KASIO_BEGIN_NAMESPACE
namespace testing {

using protocol::version_range;

/// The versions of an api that a broker of that profile offers; empty when it has none. `latest` sets no
/// bound.
[[nodiscard]] version_range offered_by(version_profile profile, std::int16_t api_key) noexcept;

/// What stands in the body of error 35, the refusal of a version of ApiVersions.
enum class refusal_body : std::uint8_t {
    /// Nothing: Kafka before 2.4.
    empty,
    /// The range of ApiVersions itself (KIP-511).
    own_range,
    /// All that is offered: Redpanda.
    everything,
};
[[nodiscard]] refusal_body refusal_of(version_profile profile) noexcept;

} // namespace testing
KASIO_END_NAMESPACE
