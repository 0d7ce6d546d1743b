// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

KASIO_BEGIN_NAMESPACE

/// By which protocol a consumer takes part in its group. `group.protocol`.
enum class group_protocol : std::uint8_t {
    /// KIP-848 where the coordinator offers it in full (ConsumerGroupHeartbeat version 1, Kafka 4.0) and
    /// neither `assignors` nor an assignor's settings ask for the classic one; otherwise, or when the
    /// coordinator refuses it, the classic protocol. Decided at each join, before the first heartbeat: a
    /// group
    /// moves between both as Kafka lets it.
    automatic,
    /// JoinGroup and SyncGroup: the members share partitions out among themselves. Java's default.
    classic,
    /// KIP-848: the broker shares them out. A broker that cannot is an error.
    consumer,
};

/// What becomes of the membership when a consumer is closed (KIP-1092).
enum class group_exit : std::uint8_t {
    /// Members with a `group_instance_id` stay, others leave.
    usual,
    leave,
    /// The group waits for it until `session_timeout` is over.
    stay,
};

/// How a consumer is closed.
struct close_options {
    std::chrono::milliseconds timeout{5'000};
    group_exit group = group_exit::usual;
};
// g++ 12 destroys temporaries of other kinds twice inside a co_await expression.
static_assert(std::is_trivially_copyable_v<close_options>);

/// As whom a group knows a consumer: what a producer sends along with offsets of a transaction.
struct group_metadata {
    std::string group_id;
    /// Generation of a classic group, epoch of the member with KIP-848; -1 without a membership.
    std::int32_t generation_id = -1;
    /// Empty without a membership.
    std::string member_id;
    std::optional<std::string> group_instance_id;
    group_metadata() {}
    friend bool operator==(const group_metadata&, const group_metadata&) = default;
};

/// Topics by name: a regular expression that the whole name must match. Java's and RE2's syntax where the
/// broker matches (KIP-848), ECMAScript's where this consumer does; plain patterns mean the same in all.
struct topic_pattern {
    std::string expression;
    topic_pattern() {}
    explicit topic_pattern(std::string regular_expression) : expression{std::move(regular_expression)} {}
    friend bool operator==(const topic_pattern&, const topic_pattern&) = default;
};

KASIO_END_NAMESPACE
