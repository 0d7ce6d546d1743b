// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "testing/group_assign.hpp"
#include "testing/group_classic.hpp"
#include "testing/group_types.hpp"

#include <string_view>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// What ConsumerGroupHeartbeat says, apart from the group's name. What is not set is as before.
struct consumer_beat {
    std::string member_id;
    std::int32_t epoch = 0;
    std::optional<std::string> instance_id;
    std::optional<std::string> rack_id;
    std::string client_id;
    std::string client_host;
    std::optional<std::chrono::milliseconds> rebalance_timeout;
    std::optional<std::set<std::string>> topics;
    std::optional<std::string> regex;
    std::optional<std::string> assignor;
    std::optional<partition_set> owned;
};

/// What it is answered with.
struct consumer_beat_result {
    broker_errc error = broker_errc::none;
    std::string message;
    std::int32_t epoch = 0;
    /// Not set: as before.
    std::optional<partition_set> assignment;
};

/// Of a member that speaks the classic protocol in a group of the other.
struct classic_side {
    /// Most wanted first; never empty.
    std::vector<std::pair<std::string, held_bytes>> protocols;
    std::chrono::milliseconds session_timeout{0};
    /// Until when it has to join again, once it was told to.
    std::optional<group_time> join_end;
};

struct consumer_member {
    enum class phase : std::uint8_t {
        /// It has what it is to have.
        stable,
        /// It has not let go of what it is to lose.
        unrevoked,
        /// It waits for what others have not let go of.
        unreleased,
    };
    std::string id;
    std::optional<std::string> instance_id;
    std::optional<std::string> rack_id;
    std::string client_id;
    std::string client_host;
    std::chrono::milliseconds rebalance_timeout{0};
    std::set<std::string> topics;
    std::string regex;
    std::optional<std::string> assignor;
    std::optional<classic_side> classic;

    phase state = phase::stable;
    std::int32_t epoch = 0;
    std::int32_t previous_epoch = -1;
    /// With the epoch in which each was given.
    std::map<partition_set::value_type, std::int32_t> assigned;
    /// Given up by the target, but not by the member.
    partition_set revoking;
    group_time session_end{};
    std::optional<group_time> revoke_end;

    [[nodiscard]] partition_set partitions() const;
};

/// A group of the protocol in which the coordinator assigns (KIP-848), as Kafka's keeps it
/// (GroupMetadataManager, CurrentAssignmentBuilder).
class consumer_group {
public:
    /// Epochs by which members leave: for good, and for a while (static members).
    static constexpr std::int32_t leaving = -1;
    static constexpr std::int32_t leaving_for_a_while = -2;

    consumer_group(const group_limits& limits, std::chrono::milliseconds session_timeout)
        : limits_{&limits}, session_timeout_{session_timeout} {}

    /// What a classic group becomes when the first member of the other protocol comes (KIP-848): its members
    /// stay, with what they have.
    consumer_group(const group_limits& limits, std::chrono::milliseconds session_timeout,
                   const classic_group& from, const group_topics& topics, group_time now);

    [[nodiscard]] consumer_beat_result beat(consumer_beat asked, const group_topics& topics, group_time now);

    // Members of the classic protocol: they join, sync and beat as ever, and are given what the coordinator
    // has assigned.

    [[nodiscard]] join_result join(classic_join asked, const group_topics& topics, group_time now);
    [[nodiscard]] sync_result sync(const classic_sync& asked, const group_topics& topics, group_time now);
    [[nodiscard]] broker_errc heartbeat(const std::string& member_id,
                                        const std::optional<std::string>& instance_id,
                                        std::int32_t generation, group_time now);
    /// An instance id without a member id removes whoever holds it.
    [[nodiscard]] broker_errc leave(const std::string& member_id,
                                    const std::optional<std::string>& instance_id);
    /// With these alone the group is a classic one again.
    [[nodiscard]] bool has_only_classic_members() const;
    [[nodiscard]] bool is_classic(std::string_view member_id) const;
    /// What they are as members of a classic group.
    [[nodiscard]] std::vector<classic_member> classic_members(const group_topics& topics) const;

    /// Whether that member may commit that partition.
    [[nodiscard]] broker_errc check_commit(const std::string& member_id, std::int32_t epoch,
                                           const partition_set::value_type& partition) const;
    /// Whether the member that fetches offsets is who it says.
    [[nodiscard]] broker_errc check_fetch(const std::string& member_id, std::int32_t epoch) const;

    void on_time(group_time now);
    [[nodiscard]] std::optional<group_time> next_deadline() const;
    bool expire(std::string_view member_id);
    /// Another node coordinates now. It knows all, since all is written; sessions start anew.
    void on_moved(group_time now);

    [[nodiscard]] std::string_view state_name() const;
    [[nodiscard]] std::int32_t epoch() const noexcept { return epoch_; }
    [[nodiscard]] std::int32_t assignment_epoch() const noexcept { return target_epoch_; }
    [[nodiscard]] std::string assignor() const;
    [[nodiscard]] const std::vector<consumer_member>& members() const noexcept { return members_; }
    [[nodiscard]] partition_set target_of(const std::string& member_id) const;
    [[nodiscard]] bool is_subscribed(const std::string& topic) const;

private:
    [[nodiscard]] consumer_member* find(std::string_view id);
    [[nodiscard]] const consumer_member* find(std::string_view id) const;
    [[nodiscard]] consumer_member* find_static(const std::optional<std::string>& instance_id);

    /// Whoever holds the instance id, or has the id when there is none.
    [[nodiscard]] consumer_member* find(const std::string& id, const std::optional<std::string>& instance_id);
    /// A static member has another id from now on, and nothing of what it had.
    void replace_static(consumer_member& holder, const std::string& id);

    [[nodiscard]] consumer_beat_result leave(const consumer_beat& asked);
    [[nodiscard]] broker_errc check_epoch(const consumer_member& member, const consumer_beat& asked) const;
    /// The member that beats; one that joins is added. Null, with `error` set, when it is refused.
    [[nodiscard]] consumer_member* admit(const consumer_beat& asked, broker_errc& error);
    void remove(const std::string& id);
    /// The next epoch, if something has changed, and what that means for the member.
    void move_on(consumer_member& member, bool has_changed, const std::optional<partition_set>& owned,
                 const group_topics& topics, group_time now);

    // group_mixed.cpp
    [[nodiscard]] broker_errc check_join(const classic_join& asked);
    /// Null, with `error` set, when that member is not here, or not of that generation.
    [[nodiscard]] consumer_member* find_classic(const std::string& id,
                                                const std::optional<std::string>& instance_id,
                                                std::int32_t generation, broker_errc& error);
    [[nodiscard]] consumer_member& admit(const classic_join& asked);
    /// True when what it wants has changed; `owned` is what it says it has.
    static bool update(consumer_member& member, classic_join asked, const group_topics& topics,
                       partition_set& owned);
    /// Whether it has to join again to get what it is to have.
    [[nodiscard]] bool must_rejoin(const consumer_member& member) const;
    /// True when what it wants has changed.
    bool update(consumer_member& member, const consumer_beat& asked);
    [[nodiscard]] std::set<std::string> wanted_by(const consumer_member& member,
                                                  const group_topics& topics) const;
    void retarget(const group_topics& topics);
    void reconcile(consumer_member& member, const std::optional<partition_set>& owned);
    /// Towards the target, from there on.
    void advance(consumer_member& member, const std::optional<partition_set>& owned);
    [[nodiscard]] bool is_owned_by_other(const consumer_member& member,
                                         const partition_set::value_type& partition) const;
    void renew(consumer_member& member, group_time now);
    [[nodiscard]] std::chrono::milliseconds session_of(const consumer_member& member) const;

    const group_limits* limits_;
    std::chrono::milliseconds session_timeout_;
    std::int32_t epoch_ = 0;
    std::int32_t target_epoch_ = 0;
    /// In the order in which they joined.
    std::vector<consumer_member> members_;
    group_targets targets_;
    /// The wanted topics, as the target was made for.
    group_topics seen_;
};

/// Whether Kafka would take that as a regular expression.
[[nodiscard]] bool is_regex(const std::string& text);

} // namespace testing
KASIO_END_NAMESPACE
