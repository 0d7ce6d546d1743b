// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "group/assignor.hpp"

#include <memory>

KASIO_BEGIN_NAMESPACE

// Kafka's own assignors for the classic protocol. They have no state, and mix with Java's in one group.

/// `range`: topic by topic, the first members get one partition more. Members in the order of their instance
/// ids, those without one behind them in the order of their ids. Partitions go to members in a rack of theirs
/// as far as the shares allow (KIP-881); topics of equal size with the same subscribers stay aligned.
[[nodiscard]] std::shared_ptr<assignor> range_assignor();

/// `roundrobin`: all partitions of all topics, dealt out in turn; the same order of members.
[[nodiscard]] std::shared_ptr<assignor> round_robin_assignor();

/// `sticky` (KIP-54): balanced, and each member keeps what it had as far as that allows. Eager: members tell
/// what they had in their user data.
[[nodiscard]] std::shared_ptr<assignor> sticky_assignor();

/// `cooperative-sticky` (KIP-429): as `sticky`, but a partition that moves from one member to another is
/// given to nobody until the former has joined again without it.
[[nodiscard]] std::shared_ptr<assignor> cooperative_sticky_assignor();

/// One of the above by its name; null for any other.
[[nodiscard]] std::shared_ptr<assignor> find_assignor(std::string_view name);

KASIO_END_NAMESPACE
