// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "group/group_member.hpp"

#include <kasio/messages/consumer_group.hpp>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// A member by the protocol of KIP-848 (Java's ConsumerMembershipManager and
/// ConsumerHeartbeatRequestManager).
///
/// The broker assigns; the member says with each heartbeat in which epoch it is, and, once it has given up
/// and taken what a new assignment asks for, what it owns now. One change at a time: what is assigned
/// meanwhile waits. Partitions of topics whose names are not known yet are not owned.
class consumer_member final : public group_member {
public:
    /// `member_id` is a new uuid (KIP-1082). `pattern` empty: none.
    consumer_member(member_settings settings, std::string member_id, std::string pattern,
                    std::string remote_assignor);

    /// To be called before `subscribe`.
    void set_pattern(std::string pattern) {
        pattern_told_ = pattern_told_ || !pattern_.empty();
        pattern_ = std::move(pattern);
    }

    /// The heartbeat that `report` asked for; it counts as sent.
    [[nodiscard]] protocol::consumer_group_heartbeat_request report_request();
    [[nodiscard]] protocol::consumer_group_heartbeat_request leave_request() const;

    void on_reported(std::uint64_t ticket, error_code error,
                     const protocol::consumer_group_heartbeat_response& answer, time_point now,
                     member_actions& out);
    /// Topics by id, those among them that are known.
    void on_names(const std::vector<std::pair<uuid, std::string>>& names, time_point now,
                  member_actions& out);
    /// Before this member was in: the broker may be one that wants the classic protocol.
    [[nodiscard]] bool was_in() const noexcept { return was_in_; }

    [[nodiscard]] time_point next_wake() const noexcept override;
    [[nodiscard]] group_identity identity() const override;
    [[nodiscard]] bool stable() const noexcept override;
    [[nodiscard]] std::int32_t epoch() const noexcept { return epoch_; }

protected:
    void on_subscribed(time_point now) override;
    void proceed(time_point now, member_actions& out) override;
    void after_given_up(time_point now, member_actions& out) override;
    void after_taken(time_point now, member_actions& out) override;
    void forget_membership() override;
    [[nodiscard]] bool must_tell(group_exit how) const noexcept override;
    /// It has named itself.
    [[nodiscard]] bool awaits_id(group_exit) const noexcept override { return false; }
    void on_refused(std::int16_t code, time_point now, member_actions& out) override;
    [[nodiscard]] bool is_joining() const noexcept override;
    void drop_requests() override;

private:
    using id_partition = std::pair<uuid, std::int32_t>;

    void on_code(std::int16_t code, time_point now, member_actions& out);
    void on_assignment(const protocol::consumer_group_heartbeat_response::assignment_t& said);
    void fenced(std::int16_t code, time_point now, member_actions& out);
    void reconcile(time_point now, member_actions& out);
    [[nodiscard]] std::int32_t leaving_epoch() const noexcept;

    const std::string member_id_;
    std::string pattern_;
    /// An empty one takes a former one back.
    bool pattern_told_ = false;
    const std::string remote_assignor_;
    std::int32_t epoch_ = 0;
    bool was_in_ = false;
    /// The broker may have heard of this member.
    bool asked_ = false;
    /// Tried anew after a code that may be a passing one.
    bool tried_again_ = false;

    std::uint64_t ticket_ = 0;
    time_point sent_at_{};
    time_point next_report_{};
    time_point::duration interval_;
    /// Say everything: the broker may not have got what was said last.
    bool say_all_ = true;
    bool say_topics_ = false;
    bool say_owned_ = false;

    std::set<id_partition> target_;
    bool has_target_ = false;
    std::map<uuid, std::string> names_;
    std::map<std::string, uuid, std::less<>> ids_;
    bool resolving_ = false;
    time_point resolve_at_{};
    int resolve_rounds_ = 0;
    /// Added after what is being given up.
    partition_set to_take_;
};

KASIO_END_NAMESPACE
