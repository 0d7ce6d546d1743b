// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "testing/group_types.hpp"

#include <set>
#include <string_view>
#include <utility>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// What JoinGroup says, apart from the group's name.
struct classic_join {
    std::string member_id;
    std::optional<std::string> instance_id;
    std::string client_id;
    std::string client_host;
    std::string protocol_type;
    /// Most wanted first.
    std::vector<std::pair<std::string, held_bytes>> protocols;
    std::chrono::milliseconds session_timeout{0};
    std::chrono::milliseconds rebalance_timeout{0};
    /// A dynamic member must know its id before it counts (KIP-394).
    bool needs_known_id = false;
    /// The client understands that a leader need not assign (KIP-814).
    bool can_skip_assignment = false;
    /// The id of a member that comes without one.
    std::string fresh_id;
};

/// What SyncGroup says, apart from the group's name.
struct classic_sync {
    std::string member_id;
    std::optional<std::string> instance_id;
    std::int32_t generation = -1;
    /// Both are null before version 5.
    std::optional<std::string> protocol_type;
    std::optional<std::string> protocol;
    std::vector<std::pair<std::string, held_bytes>> assignments;
};

struct classic_member {
    std::string id;
    std::optional<std::string> instance_id;
    std::string client_id;
    std::string client_host;
    std::chrono::milliseconds session_timeout{0};
    std::chrono::milliseconds rebalance_timeout{0};
    std::vector<std::pair<std::string, held_bytes>> protocols;
    held_bytes assignment;
    group_time session_end{};
    /// Set while JoinGroup or SyncGroup waits; 0 when whoever asked is gone.
    std::optional<group_waiter> joining;
    std::optional<group_waiter> syncing;

    [[nodiscard]] const held_bytes* metadata(std::string_view protocol) const;
};

/// A group of the classic protocol, as Kafka's coordinator keeps it (GroupMetadataManager, ClassicGroup).
class classic_group {
public:
    enum class phase : std::uint8_t { empty, preparing_rebalance, completing_rebalance, stable };

    /// `limits` must outlive the group.
    explicit classic_group(const group_limits& limits) : limits_{&limits} {}
    /// What is left of a group of the other protocol when only members of this one stay (KIP-848). They have
    /// to join again.
    classic_group(const group_limits& limits, std::int32_t generation, std::vector<classic_member> members,
                  group_time now, group_replies& replies);
    /// The group is of the other protocol from now on: whoever waits here is to join again.
    void dissolve(group_replies& replies) const;

    // Requests. Those that take `replies` put the answers there, also for others who waited.

    void join(classic_join asked, group_waiter who, group_time now, group_replies& replies);
    void sync(const classic_sync& asked, group_waiter who, group_time now, group_replies& replies);
    [[nodiscard]] broker_errc heartbeat(const std::string& member_id,
                                        const std::optional<std::string>& instance_id,
                                        std::int32_t generation, group_time now);
    /// An instance id without a member id removes whoever holds it.
    [[nodiscard]] broker_errc leave(const std::string& member_id,
                                    const std::optional<std::string>& instance_id, group_time now,
                                    group_replies& replies);
    /// Whether that member may commit; counts as a heartbeat.
    [[nodiscard]] broker_errc check_commit(const std::string& member_id,
                                           const std::optional<std::string>& instance_id,
                                           std::int32_t generation, bool transactional, group_time now);

    // Events.

    void on_time(group_time now, group_replies& replies);
    [[nodiscard]] std::optional<group_time> next_deadline() const;
    /// As if that member's session had ended. False when there is no such member.
    bool expire(std::string_view member_id, group_time now, group_replies& replies);
    /// Another node coordinates now: it knows what was written last, and nobody waits there.
    void on_moved(group_time now, group_replies& replies);
    /// Nobody listens to that answer any more.
    void abandon(group_waiter who);

    // What it is.

    [[nodiscard]] phase state() const noexcept { return phase_; }
    [[nodiscard]] std::int32_t generation() const noexcept { return generation_; }
    [[nodiscard]] const std::string& protocol_type() const noexcept { return protocol_type_; }
    [[nodiscard]] const std::string& protocol() const noexcept { return protocol_; }
    [[nodiscard]] const std::string& leader() const noexcept { return leader_; }
    [[nodiscard]] const std::vector<classic_member>& members() const noexcept { return members_; }
    /// Not even somebody who was told an id to come with.
    [[nodiscard]] bool is_deserted() const noexcept { return members_.empty() && pending_.empty(); }

private:
    using member_list = std::vector<classic_member>;

    struct written {
        phase state = phase::empty;
        std::int32_t generation = 0;
        std::string protocol_type;
        std::string protocol;
        std::string leader;
        member_list members;
    };

    [[nodiscard]] classic_member* find(std::string_view id);
    [[nodiscard]] classic_member* find_static(const std::optional<std::string>& instance_id);
    /// Whether a member with that id, and that instance id if it says one, is here.
    [[nodiscard]] broker_errc check_member(const std::string& id,
                                           const std::optional<std::string>& instance_id);
    [[nodiscard]] broker_errc check_join(const classic_join& asked);
    [[nodiscard]] bool supports(const classic_join& asked) const;

    void join_new(classic_join asked, group_waiter who, group_time now, group_replies& replies);
    void join_known(classic_join asked, group_waiter who, group_time now, group_replies& replies);
    void add(classic_join asked, group_waiter who, group_time now, group_replies& replies);
    void update(classic_member& member, classic_join& asked, group_waiter who);
    /// A static member came back: it gets a new id, whoever held the old one is fenced (KIP-345).
    void replace_static(classic_join asked, group_waiter who, group_time now, group_replies& replies);
    void remove(const std::string& id, broker_errc told, group_time now, group_replies& replies);

    void rebalance_or_complete(group_time now, group_replies& replies);
    void prepare_rebalance(group_time now, group_replies& replies);
    void complete_if_all_joined(group_time now, group_replies& replies);
    void complete_join(group_time now, group_replies& replies);
    void start_generation(group_time now, group_replies& replies);
    /// False when nobody has joined again who could lead.
    bool elect_leader();
    void on_join_end(group_time now, group_replies& replies);
    void on_sync_end(group_time now, group_replies& replies);

    [[nodiscard]] std::set<std::string> common_protocols() const;
    [[nodiscard]] std::string voted_protocol() const;
    [[nodiscard]] std::chrono::milliseconds rebalance_timeout() const;
    [[nodiscard]] join_result view_for(const classic_member& member) const;
    [[nodiscard]] sync_result assignment_for(const classic_member& member) const;
    void answer_join(classic_member& member, join_result result, group_time now, group_replies& replies);
    void answer_sync(classic_member& member, sync_result result, group_time now, group_replies& replies);
    static void fail_join(group_waiter who, broker_errc error, std::string member_id, group_replies& replies);
    static void fail_sync(group_waiter who, broker_errc error, group_replies& replies);
    void write();

    const group_limits* limits_;
    phase phase_ = phase::empty;
    std::int32_t generation_ = 0;
    std::string protocol_type_;
    std::string protocol_;
    std::string leader_;
    /// In the order in which they joined.
    member_list members_;
    /// Who was told an id to come with, and until when it may.
    std::map<std::string, group_time> pending_;
    /// Who has not asked for its assignment yet.
    std::set<std::string> unsynced_;
    /// Until when members may join, or may ask for their assignment.
    std::optional<group_time> join_end_;
    std::optional<group_time> sync_end_;
    /// Of an empty group's first rebalance: it waits for more members, whoever has joined.
    bool is_initial_ = false;
    bool grew_ = false;
    std::chrono::milliseconds initial_left_{0};
    written written_;
};

} // namespace testing
KASIO_END_NAMESPACE
