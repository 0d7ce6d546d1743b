// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "testing/group_assign.hpp"
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

    [[nodiscard]] consumer_beat_result beat(consumer_beat asked, const group_topics& topics, group_time now);
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

    [[nodiscard]] consumer_beat_result leave(const consumer_beat& asked);
    [[nodiscard]] broker_errc check_epoch(const consumer_member& member, const consumer_beat& asked) const;
    /// The member that beats; one that joins is added. Null, with `error` set, when it is refused.
    [[nodiscard]] consumer_member* admit(const consumer_beat& asked, broker_errc& error);
    void remove(const std::string& id);
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
