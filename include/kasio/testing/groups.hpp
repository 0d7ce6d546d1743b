// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/testing/broker.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// A member of a group, as the in-process cluster knows it.
struct group_member {
    std::string id;
    std::optional<std::string> instance_id;
    std::string client_id;
    /// The topics it wants; those that its regular expression finds are not among them.
    std::vector<std::string> topics;
    /// Topic and partition, in order. In a group of the classic protocol that is what the leader gave it.
    std::vector<std::pair<std::string, std::int32_t>> partitions;
    /// Of the protocol in which the coordinator assigns: the member's epoch. Else the group's generation.
    std::int32_t epoch = 0;
    friend bool operator==(const group_member&, const group_member&) = default;
};

/// A group, as the in-process cluster knows it.
struct group_view {
    /// Kafka's name of it: `Empty`, `Stable`, `PreparingRebalance`, `CompletingRebalance`; in a group of type
    /// `consumer` `Assigning` and `Reconciling` instead of the last two.
    std::string state;
    /// `classic` or `consumer`. The first member of the newer protocol turns a classic group, whose members
    /// stay; with the last of them it is turned back (`group.consumer.migration.policy=bidirectional`).
    std::string type;
    /// In a group of type `consumer` its epoch.
    std::int32_t generation = 0;
    /// The assignor that was chosen.
    std::string protocol;
    /// The member that assigns, in a classic group.
    std::string leader;
    /// In the order in which they joined.
    std::vector<group_member> members;

    /// Null when there is none. By its id or its instance id.
    [[nodiscard]] const group_member* member(std::string_view id) const noexcept {
        for (const group_member& each : members)
            if (each.id == id || each.instance_id == id) return &each;
        return nullptr;
    }
};

/// A committed position.
struct committed_position {
    std::int64_t offset = -1;
    std::int32_t leader_epoch = -1;
    std::string metadata;
    friend bool operator==(const committed_position&, const committed_position&) = default;
};

/// A commit that was accepted.
struct accepted_commit {
    std::string topic;
    std::int32_t partition = -1;
    std::int64_t offset = -1;
    /// Empty for a consumer that is no member.
    std::string member_id;
    std::int32_t generation = -1;
    friend bool operator==(const accepted_commit&, const accepted_commit&) = default;
};

/// The groups of an in-process cluster: what is true of them, and what a test does to them.
///
/// **Threads.** As of the `broker`: any thread; blocks until done.
/// **Lifetime.** A reference to the broker, which must outlive it; copies are cheap.
/// **Errors.** What names a group, member, node or topic that does not exist throws `std::invalid_argument`.
class KASIO_DECL groups {
public:
    explicit groups(broker& cluster) noexcept : cluster_{&cluster} {}

    // What is true.

    [[nodiscard]] std::vector<std::string> list() const;
    /// Nothing when there is no such group.
    [[nodiscard]] std::optional<group_view> find(std::string_view group) const;
    /// Waits until the group exists and `wanted` is true of it; false when time ran out. `wanted` is called
    /// on the caller's thread.
    bool wait_for(std::string_view group, const std::function<bool(const group_view&)>& wanted,
                  std::chrono::milliseconds timeout) const;
    /// Nothing when that partition has no committed offset.
    [[nodiscard]] std::optional<committed_position> committed(std::string_view group, std::string_view topic,
                                                              std::int32_t partition) const;
    /// The commits that were accepted from clients, oldest first; of long runs the last 100,000.
    [[nodiscard]] std::vector<accepted_commit> commits(std::string_view group) const;

    // What a test does.

    /// Commits an offset for a group, which is made when it does not exist.
    void commit(std::string_view group, std::string_view topic, std::int32_t partition,
                committed_position position);
    /// Ends a member's session now, by its id or its instance id.
    void expire_session(std::string_view group, std::string_view member);
    /// Ends what that producer's transaction was about to commit.
    void end_transaction(std::int64_t producer_id, transaction_outcome outcome);

    // Coordinators.

    /// The node in charge, also of a group that does not exist yet; -1 when no node is left.
    [[nodiscard]] int coordinator(std::string_view group) const;
    /// Puts another node in charge. As when Kafka moves a group, it knows what was written last: members that
    /// joined since are unknown to it, and sessions start anew.
    void move_coordinator(std::string_view group, int node);
    /// Until it is set to false, the coordinator answers that it is loading (14).
    void set_loading(std::string_view group, bool loading);
    /// While it is false, no node is found to be the coordinator (15).
    void set_coordinator_available(std::string_view group, bool available);

private:
    broker* cluster_;
};

} // namespace testing
KASIO_END_NAMESPACE
