// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "testing/group_topics.hpp"

#include <optional>
#include <string_view>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// A member, as the coordinator's assignors see it.
struct assignable_member {
    std::string id;
    std::optional<std::string> instance_id;
    /// Of topics that exist.
    std::set<std::string> topics;
    /// What it was to have so far.
    partition_set target;
};

/// By member id.
using group_targets = std::map<std::string, partition_set>;

inline constexpr std::string_view uniform_name = "uniform";
inline constexpr std::string_view range_name = "range";

/// Whether the coordinator has an assignor of that name.
[[nodiscard]] bool is_server_assignor(std::string_view name) noexcept;

/// Shares the topics' partitions out (KIP-848): `uniform` evenly over all topics, moving as little as that
/// allows; `range` topic by topic, neighbours together.
[[nodiscard]] group_targets assign(std::string_view assignor, const std::vector<assignable_member>& members,
                                   const group_topics& topics);

} // namespace testing
KASIO_END_NAMESPACE
