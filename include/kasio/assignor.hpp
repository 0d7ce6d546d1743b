// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// Partitions of one topic. Claims and assignments are kept by topic, as on the wire: one by one, a few bytes
/// from another member could name a long topic a million times.
struct topic_partitions {
    std::string topic;
    std::vector<std::int32_t> partitions;

    topic_partitions() {}
    topic_partitions(std::string name, std::vector<std::int32_t> numbers)
        : topic{std::move(name)}, partitions{std::move(numbers)} {}
    friend bool operator==(const topic_partitions&, const topic_partitions&) = default;
};
using partition_list = std::vector<topic_partitions>;

/// A member of a group as its leader sees it. All but the id and the instance id is what that member said of
/// itself, so none of it is believed: topics may be unknown, claims may be wrong.
struct member_subscription {
    std::string id;
    std::optional<std::string> instance_id;
    std::optional<std::string> rack;
    std::vector<std::string> topics;
    /// What it says it owns, since `generation`; -1: it did not say since when.
    partition_list owned;
    std::int32_t generation = -1;
    /// What its assignor added; null and empty are the same.
    std::string user_data;

    member_subscription() {}
    friend bool operator==(const member_subscription&, const member_subscription&) = default;
};

/// A topic as the leader's metadata has it.
struct topic_layout {
    std::string name;
    /// For each partition the racks of its replicas; brokers without a rack are left out.
    std::vector<std::vector<std::string>> racks;

    topic_layout() {}
    /// Without racks.
    topic_layout(std::string topic, std::size_t partitions) : name{std::move(topic)}, racks(partitions) {}
};

/// What one member gets.
struct member_assignment {
    partition_list partitions;
    std::string user_data;

    member_assignment() {}
    friend bool operator==(const member_assignment&, const member_assignment&) = default;
};

/// What happens to a member's partitions while it joins again (KIP-429).
enum class rebalance_protocol : std::uint8_t {
    /// All are revoked before the member joins.
    eager,
    /// The member keeps all, and gives up only what the new assignment takes from it; then it joins once
    /// more.
    cooperative,
};

/// How a group's leader shares partitions out (Java's ConsumerPartitionAssignor). Users may write their own.
///
/// All members of a group must name one assignor that all have; the broker picks the one that most prefer.
/// Its functions are called one at a time, on the cluster's strand, of each consumer that has it: one shared
/// by several needs to be safe for that. What it throws ends the membership.
class assignor {
public:
    assignor() = default;
    assignor(const assignor&) = delete;
    assignor& operator=(const assignor&) = delete;
    virtual ~assignor() = default;

    /// As it stands on the wire: at most 32,767 bytes, not empty.
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    [[nodiscard]] virtual rebalance_protocol protocol() const noexcept { return rebalance_protocol::eager; }

    /// What this member adds to its subscription, given what it owned in its last generation (-1: none).
    [[nodiscard]] virtual std::optional<std::string> user_data(const partition_list& owned,
                                                               std::int32_t generation) const {
        static_cast<void>(owned);
        static_cast<void>(generation);
        return std::nullopt;
    }

    /// Shares the partitions of `topics` among `members`; the result has one entry for each member, in the
    /// same order. Called on the leader only. A partition given to two members is a mistake of the assignor,
    /// which the leader refuses to send.
    [[nodiscard]] virtual std::vector<member_assignment> assign(
        const std::vector<member_subscription>& members, const std::vector<topic_layout>& topics) const = 0;

    /// Told on every member what it got.
    virtual void on_assigned(const member_assignment& assignment, std::int32_t generation) {
        static_cast<void>(assignment);
        static_cast<void>(generation);
    }
};

// Kafka's own assignors for the classic protocol. They have no state, and mix with Java's in one group.

/// `range`: topic by topic, the first members get one partition more. Members in the order of their instance
/// ids, those without one behind them in the order of their ids. Partitions go to members in a rack of theirs
/// as far as the shares allow (KIP-881); topics of equal size with the same subscribers stay aligned.
[[nodiscard]] KASIO_DECL std::shared_ptr<assignor> range_assignor();

/// `roundrobin`: all partitions of all topics, dealt out in turn; the same order of members.
[[nodiscard]] KASIO_DECL std::shared_ptr<assignor> round_robin_assignor();

/// `sticky` (KIP-54): balanced, and members keep what they had as far as that and racks (KIP-881) allow.
/// Eager: members tell what they had in their user data.
[[nodiscard]] KASIO_DECL std::shared_ptr<assignor> sticky_assignor();

/// `cooperative-sticky` (KIP-429): as `sticky`, but a partition that moves from one member to another is
/// given to nobody until the former has joined again without it.
[[nodiscard]] KASIO_DECL std::shared_ptr<assignor> cooperative_sticky_assignor();

/// One of the above by its name; null for any other.
[[nodiscard]] KASIO_DECL std::shared_ptr<assignor> find_assignor(std::string_view name);

KASIO_END_NAMESPACE
