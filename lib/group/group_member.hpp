// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "base/backoff.hpp"
#include "group/commit_list.hpp"
#include "group/member_action.hpp"

#include <kasio/group_options.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>

KASIO_BEGIN_NAMESPACE

/// What a member needs to know of its settings.
struct member_settings {
    using duration = std::chrono::steady_clock::duration;

    std::string group_id;
    std::optional<std::string> instance_id;
    std::optional<std::string> rack;
    duration session_timeout = std::chrono::seconds{45};
    duration heartbeat_interval = std::chrono::seconds{3};
    /// The group's rebalance time-out too.
    duration max_poll_interval = std::chrono::seconds{300};
    exponential_backoff backoff{std::chrono::milliseconds{100}, std::chrono::seconds{1}};
    unsigned seed = 1;
    member_settings() {}
};

/// What both protocols have in common: a coordinator that has to be found, a caller who has to poll,
/// partitions that are taken and given up one change at a time, leaving.
///
/// Every input is followed by a step, which appends to `out` what is to be done. Answers come with the ticket
/// of the request; one that is not waited for any more is dropped.
class group_member {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit group_member(member_settings settings);
    virtual ~group_member() = default;
    group_member(const group_member&) = delete;
    group_member& operator=(const group_member&) = delete;

    // What the consumer does.

    /// Begin, or what is subscribed has changed.
    void subscribe(std::vector<std::string> topics, time_point now, member_actions& out);
    /// Somebody waits for records, or nobody any more.
    void on_poll(bool waiting, time_point now, member_actions& out);
    void on_given_up(time_point now, member_actions& out);
    void on_taken(time_point now, member_actions& out);
    /// Ends the membership; `gone` follows, at `deadline` at the latest.
    void leave(group_exit how, time_point deadline, time_point now, member_actions& out);

    // What the brokers say.

    void on_coordinator(error_code error, time_point now, member_actions& out);
    /// A commit was refused. True when it may be tried again as who we are then.
    bool on_commit_refused(commit_step step, error_code cause, const group_identity& said, time_point now,
                           member_actions& out);
    void on_left(std::uint64_t ticket, error_code error, time_point now, member_actions& out);
    void on_timer(time_point now, member_actions& out);

    // What there is to know.

    /// When to call `on_timer`.
    [[nodiscard]] virtual time_point next_wake() const noexcept;
    /// As whom the group knows this member; an empty id: not yet.
    [[nodiscard]] virtual group_identity identity() const = 0;
    [[nodiscard]] const partition_set& owned() const noexcept { return owned_; }
    /// False while the membership may have run out: what is owned may be another's by now.
    [[nodiscard]] bool may_hand_out(time_point now) const noexcept {
        return now < session_end_ && !doubtful_;
    }
    /// As whom to leave.
    [[nodiscard]] const group_identity& leaving_as() const noexcept { return leave_as_; }
    [[nodiscard]] group_exit exit() const noexcept { return exit_; }
    [[nodiscard]] bool ended() const noexcept { return ended_.failed(); }
    /// Nothing is going on but heartbeats.
    [[nodiscard]] virtual bool stable() const noexcept = 0;
    [[nodiscard]] const std::vector<std::string>& topics() const noexcept { return topics_; }
    [[nodiscard]] const member_settings& settings() const noexcept { return settings_; }

protected:
    using kind = member_action::kind;
    /// What the driver is busy with.
    enum class change : std::uint8_t { none, giving_up, losing, taking };

    virtual void on_subscribed(time_point now) = 0;
    /// What comes next, once there is nothing in the way: the coordinator is known, the caller polls.
    virtual void proceed(time_point now, member_actions& out) = 0;
    virtual void after_given_up(time_point now, member_actions& out) = 0;
    virtual void after_taken(time_point now, member_actions& out) = 0;
    /// The broker has let go of this member, or will.
    virtual void forget_membership() = 0;
    /// Does the group know of us, so that it must be told that we leave?
    [[nodiscard]] virtual bool must_tell(group_exit how) const noexcept = 0;
    /// Is the answer on its way that says as whom to leave?
    [[nodiscard]] virtual bool awaits_id(group_exit how) const noexcept = 0;
    /// As if the broker had answered a heartbeat like this.
    virtual void on_refused(std::int16_t code, time_point now, member_actions& out) = 0;
    [[nodiscard]] virtual bool is_joining() const noexcept = 0;
    /// Requests under way but for a leave are not waited for any more.
    virtual void drop_requests() = 0;

    void step(time_point now, member_actions& out);
    void give_up(partition_set partitions, bool lost, error_code cause, time_point now, member_actions& out);
    /// All that is owned, at once.
    void lose(error_code cause, time_point now, member_actions& out);
    void take(partition_set partitions, time_point now, member_actions& out);
    static void tell(error_code cause, member_actions& out);
    void fail(error_code cause, time_point now, member_actions& out);
    void lose_coordinator(time_point now, member_actions& out);
    void back_off(time_point now);
    void heard(time_point sent) noexcept;
    /// Nobody has polled for too long: nothing is done until somebody does.
    [[nodiscard]] bool absent() const noexcept { return overdue_; }
    [[nodiscard]] time_point last_step() const noexcept { return last_step_; }
    [[nodiscard]] std::uint64_t next_ticket() noexcept { return ++last_ticket_; }
    static constexpr time_point never = time_point::max();

    member_settings settings_;
    std::vector<std::string> topics_;
    partition_set owned_;
    change changing_ = change::none;
    bool coordinator_known_ = false;
    time_point retry_at_{};
    int attempts_ = 0;
    /// Until when the membership holds although nothing is heard.
    time_point session_end_ = never;
    /// We did not run for long, and do not know yet whether the group has waited.
    bool doubtful_ = false;
    bool leaving_ = false;
    group_exit exit_ = group_exit::usual;

private:
    void check_poll(time_point now, member_actions& out);
    void check_change(time_point now, member_actions& out);
    void check_session(time_point now, member_actions& out);
    void find(time_point now, member_actions& out);
    void hurry(member_actions& out);
    void go_on_leaving(time_point now, member_actions& out);
    void finish_leaving(member_actions& out);

    std::minstd_rand random_;
    time_point last_step_{};
    /// Of the change under way.
    partition_set pending_;
    change last_change_ = change::none;
    std::uint64_t last_ticket_ = 0;
    bool subscribed_ = false;
    bool finding_ = false;
    bool told_missing_ = false;
    bool polling_ = false;
    /// Nobody has polled for too long: not a member until somebody does.
    bool overdue_ = false;
    time_point poll_end_ = never;
    time_point change_end_ = never;
    time_point leave_end_ = never;
    std::uint64_t leave_ticket_ = 0;
    bool leave_told_ = false;
    std::optional<bool> told_as_;
    group_identity leave_as_;
    bool left_ = false;
    error_code ended_;
};

KASIO_END_NAMESPACE
