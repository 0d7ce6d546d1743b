// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "testing/group_topics.hpp"
#include "testing/group_types.hpp"

#include "protocol/messages/consumer_protocol.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

// What members of the classic protocol tell each other through their coordinator.

/// Nothing when the bytes cannot be read. Its views point into them.
[[nodiscard]] std::optional<protocol::consumer_protocol_subscription> subscription_of(bytes_view bytes);
/// What is in the bytes of a classic consumer's subscription; empty when they cannot be read.
[[nodiscard]] std::vector<std::string> topics_of(bytes_view subscription);
/// What is in the bytes of an assignment, in order; empty when they cannot be read.
[[nodiscard]] std::vector<std::pair<std::string, std::int32_t>> partitions_of(bytes_view assignment);

/// By the ids of topics that exist.
[[nodiscard]] partition_set by_id(const std::vector<std::pair<std::string, std::int32_t>>& partitions,
                                  const group_topics& topics);
/// As a leader would have written it.
[[nodiscard]] held_bytes assignment_bytes(const partition_set& partitions, const group_topics& topics);

} // namespace testing
KASIO_END_NAMESPACE
