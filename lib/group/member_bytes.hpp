// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/assignor.hpp>

#include <kasio/bytes.hpp>
#include <kasio/error.hpp>

#include <cstdint>
#include <string>

// What members of a classic group tell each other through the broker (Java's ConsumerProtocol). The bytes of
// other members are not believed: whoever reads them gets an error for that member alone.

KASIO_BEGIN_NAMESPACE

/// The version that Java's client writes since 3.4, whatever it has to tell.
inline constexpr std::int16_t subscription_version = 3;
inline constexpr std::int16_t assignment_version = 3;

/// Topics and owned partitions are sorted first. `user_data` is told apart from an empty one.
[[nodiscard]] std::string encode_subscription(const member_subscription& member,
                                              const std::optional<std::string>& user_data,
                                              std::int16_t version = subscription_version);
/// Fills all but the ids. Any version from 0 on is read, a newer one as far as it is known.
[[nodiscard]] error_code decode_subscription(bytes_view bytes, member_subscription& member);

[[nodiscard]] std::string encode_assignment(const member_assignment& assignment,
                                            std::int16_t version = assignment_version);
/// No bytes at all are an empty assignment: so answers a leader that had nothing for this member.
[[nodiscard]] error_code decode_assignment(bytes_view bytes, member_assignment& assignment);

/// Topics in order, their partitions in order and each once, no topic without partitions.
[[nodiscard]] partition_list tidy(const partition_list& partitions);

KASIO_END_NAMESPACE
