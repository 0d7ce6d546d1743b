// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/broker_error.hpp>
#include <kasio/error.hpp>
#include <kasio/group_options.hpp>

#include <cstdint>
#include <optional>

KASIO_BEGIN_NAMESPACE

/// What `automatic` comes to, from what picking a version of ConsumerGroupHeartbeat came to. Nothing: the
/// broker has not said, since its connection has ended, and must be asked again.
[[nodiscard]] inline std::optional<group_protocol> protocol_by_offer(const error_code& picked,
                                                                     std::int16_t version) noexcept {
    // The first in which members name themselves (KIP-1082), which Kafka has since the protocol is stable.
    constexpr std::int16_t first_stable_version = 1;
    if (picked && picked != errc::unsupported_version) return std::nullopt;
    return !picked && version >= first_stable_version ? group_protocol::consumer : group_protocol::classic;
}

/// The broker has no such protocol as KIP-848's, or not for this group.
[[nodiscard]] inline bool asks_for_classic(const error_code& cause) noexcept {
    return cause == errc::unsupported_version || cause == broker_errc::unsupported_version ||
           cause == broker_errc::group_id_not_found || cause == broker_errc::inconsistent_group_protocol;
}

KASIO_END_NAMESPACE
