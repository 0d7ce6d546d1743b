// SPDX-License-Identifier: BSL-1.0
#include "group/group_member.hpp"

#include <kasio/broker_error.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

KASIO_BEGIN_NAMESPACE

partition_set ordered(partition_set partitions) {
    std::sort(partitions.begin(), partitions.end());
    partitions.erase(std::unique(partitions.begin(), partitions.end()), partitions.end());
    return partitions;
}

partition_set minus(const partition_set& from, const partition_set& without) {
    partition_set rest;
    std::set_difference(from.begin(), from.end(), without.begin(), without.end(), std::back_inserter(rest));
    return rest;
}

partition_set plus(const partition_set& some, const partition_set& others) {
    partition_set all;
    std::set_union(some.begin(), some.end(), others.begin(), others.end(), std::back_inserter(all));
    return all;
}

namespace {

/// How long what is given up may take. The group's own clock began when it told the first member of the
/// rebalance, a heartbeat earlier, and the join must still get there: who is late is thrown out.
group_member::time_point::duration hand_over_limit(const member_settings& settings) {
    const auto ahead = std::min(2 * settings.heartbeat_interval, settings.max_poll_interval / 4);
    return settings.max_poll_interval - ahead;
}

} // namespace

group_member::group_member(member_settings settings)
    : settings_{std::move(settings)}, random_{settings_.seed} {}

void group_member::subscribe(std::vector<std::string> topics, time_point now, member_actions& out) {
    std::sort(topics.begin(), topics.end());
    topics.erase(std::unique(topics.begin(), topics.end()), topics.end());
    topics_ = std::move(topics);
    if (!std::exchange(subscribed_, true) && !polling_) poll_end_ = now + settings_.max_poll_interval;
    on_subscribed(now);
    step(now, out);
}

void group_member::on_poll(bool waiting, time_point now, member_actions& out) {
    polling_ = waiting;
    poll_end_ = waiting ? never : now + settings_.max_poll_interval;
    if (waiting && std::exchange(overdue_, false)) on_subscribed(now);
    step(now, out);
}

void group_member::on_given_up(time_point now, member_actions& out) {
    if (changing_ != change::giving_up && changing_ != change::losing) return;
    changing_ = change::none;
    change_end_ = never;
    owned_ = minus(owned_, pending_);
    after_given_up(now, out);
    step(now, out);
}

void group_member::on_taken(time_point now, member_actions& out) {
    if (changing_ != change::taking) return;
    changing_ = change::none;
    change_end_ = never;
    after_taken(now, out);
    step(now, out);
}

void group_member::leave(group_exit how, time_point deadline, time_point now, member_actions& out) {
    exit_ = how;
    leave_end_ = std::min(leave_end_, deadline);
    // What is under way still says as whom to commit, and a leader's group waits for its assignments.
    if (!std::exchange(leaving_, true)) retry_at_ = now;
    step(now, out);
}

void group_member::on_coordinator(error_code error, time_point now, member_actions& out) {
    if (!std::exchange(finding_, false)) return;
    if (!error) {
        coordinator_known_ = true;
        told_missing_ = false;
    } else {
        const bool refused = error.category() == broker_category() &&
                             step_after_commit(static_cast<std::int16_t>(error.value())) == commit_step::fail;
        const bool hopeless = refused || error == errc::authentication_failed ||
                              error == errc::unsupported_version || error == errc::server_proof_invalid;
        // Once for each time that it is missing; what it is missed for goes on.
        if (!hopeless && !std::exchange(told_missing_, true)) tell(errc::coordinator_unavailable, out);
        if (hopeless) fail(error, now, out);
        else back_off(now);
    }
    step(now, out);
}

bool group_member::on_commit_refused(commit_step what, error_code cause, const group_identity& said,
                                     time_point now, member_actions& out) {
    if (ended_) return false;
    // Between two generations: as whom the group will know us then. Whoever leaves will not be anybody else,
    // but the others come to an end.
    if (what == commit_step::rejoining || identity() != said) return true;
    if (leaving_) return false;
    if (is_joining()) return true;
    on_refused(static_cast<std::int16_t>(cause.value()), now, out);
    step(now, out);
    return false;
}

void group_member::on_left(std::uint64_t ticket, error_code error, time_point now, member_actions& out) {
    if (ticket != leave_ticket_ || !leaving_ || leave_told_) return;
    leave_ticket_ = 0;
    const bool of_broker = error.category() == broker_category();
    if (error == broker_errc::coordinator_load_in_progress) {
        back_off(now);
    } else if (error == broker_errc::not_coordinator || error == broker_errc::coordinator_not_available ||
               (error && !of_broker && is_retriable(error))) {
        lose_coordinator(now, out);
    } else {
        // Done, or the group does not know us: either way there is nothing to leave any more.
        leave_told_ = true;
    }
    step(now, out);
}

void group_member::on_timer(time_point now, member_actions& out) { step(now, out); }

group_member::time_point group_member::next_wake() const noexcept {
    if (ended_) return never;
    auto when = std::min(leaving_ ? leave_end_ : session_end_, change_end_);
    if (subscribed_ && !leaving_ && !overdue_) when = std::min(when, poll_end_);
    const bool may_leave = leaving_ && leave_ticket_ == 0 && changing_ == change::none && !awaits_id(exit_);
    const bool tries =
        !finding_ && (may_leave || (subscribed_ && !leaving_ && !overdue_ && !coordinator_known_));
    return tries ? std::min(when, retry_at_) : when;
}

void group_member::step(time_point now, member_actions& out) {
    last_step_ = now;
    if (ended_) {
        if (leaving_) finish_leaving(out);
        return;
    }
    check_change(now, out);
    check_poll(now, out);
    check_session(now, out);
    if (leaving_) return go_on_leaving(now, out);
    if (!subscribed_ || overdue_) return;
    if (coordinator_known_) return proceed(now, out);
    find(now, out);
}

void group_member::find(time_point now, member_actions& out) {
    if (finding_ || now < retry_at_) return;
    finding_ = true;
    out.emplace_back(kind::find_coordinator);
}

void group_member::check_change(time_point now, member_actions& out) {
    if (changing_ == change::none || now < change_end_) return;
    tell(errc::hook_timed_out, out);
    hurry(out);
    if (last_change_ == change::taking) after_taken(now, out);
    else after_given_up(now, out);
}

/// What has begun counts as done.
void group_member::hurry(member_actions& out) {
    last_change_ = std::exchange(changing_, change::none);
    change_end_ = never;
    if (last_change_ == change::none) return;
    out.emplace_back(kind::hurry);
    if (last_change_ == change::giving_up) owned_ = minus(owned_, pending_);
}

void group_member::check_poll(time_point now, member_actions& out) {
    if (!subscribed_ || leaving_ || overdue_ || now < poll_end_) return;
    overdue_ = true;
    poll_end_ = never;
    tell(errc::poll_overdue, out);
    drop_requests();
    if (coordinator_known_ && must_tell(group_exit::usual)) {
        leave_as_ = identity();
        out.emplace_back(kind::leave, next_ticket());
    }
    lose(errc::poll_overdue, now, out);
    forget_membership();
    session_end_ = never;
}

void group_member::check_session(time_point now, member_actions& out) {
    if (now < session_end_ || leaving_) return;
    if (!doubtful_ && now - session_end_ > settings_.heartbeat_interval) {
        // It is we who did not run: what came meanwhile has to be read, and the broker asked, before anything
        // is given up. Nothing is handed out until it has answered.
        doubtful_ = true;
        session_end_ = now + settings_.heartbeat_interval;
        return;
    }
    doubtful_ = false;
    session_end_ = never;
    tell(errc::coordinator_unavailable, out);
    drop_requests();
    lose(errc::coordinator_unavailable, now, out);
    forget_membership();
    if (!overdue_) on_subscribed(now);
}

void group_member::give_up(partition_set partitions, bool lost, error_code cause, time_point now,
                           member_actions& out) {
    changing_ = lost ? change::losing : change::giving_up;
    change_end_ = now + hand_over_limit(settings_);
    if (lost) owned_ = minus(owned_, partitions);
    pending_ = partitions;
    auto& action = out.emplace_back(kind::give_up);
    action.partitions = std::move(partitions);
    action.lost = lost;
    action.cause = cause;
}

void group_member::lose(error_code cause, time_point now, member_actions& out) {
    if (changing_ == change::losing) return; // they are all gone already
    const bool interrupted = changing_ == change::giving_up;
    hurry(out);
    if (!owned_.empty()) return give_up(owned_, true, cause, now, out);
    // What was being handed over went without its hook's end; only that it did is left to tell.
    if (interrupted && cause.category() == broker_category()) tell(errc::assignment_lost, out);
}

void group_member::take(partition_set partitions, time_point now, member_actions& out) {
    changing_ = change::taking;
    change_end_ = now + settings_.max_poll_interval;
    owned_ = plus(owned_, partitions);
    pending_.clear();
    out.emplace_back(kind::take).partitions = std::move(partitions);
}

void group_member::tell(error_code cause, member_actions& out) { out.emplace_back(kind::tell).cause = cause; }

void group_member::fail(error_code cause, time_point now, member_actions& out) {
    if (ended_) return;
    lose(cause, now, out);
    changing_ = change::none;
    session_end_ = never;
    drop_requests();
    forget_membership();
    ended_ = cause;
    out.emplace_back(kind::fail).cause = cause;
}

void group_member::lose_coordinator(time_point now, member_actions& out) {
    if (coordinator_known_) out.emplace_back(kind::forget_coordinator);
    coordinator_known_ = false;
    back_off(now);
}

void group_member::back_off(time_point now) {
    std::uniform_real_distribution<double> fraction{0.0, 1.0};
    retry_at_ = now + settings_.backoff.delay(std::min(attempts_++, 16), fraction(random_));
}

void group_member::heard(time_point sent) noexcept {
    attempts_ = 0;
    doubtful_ = false;
    session_end_ = sent + settings_.session_timeout;
}

void group_member::go_on_leaving(time_point now, member_actions& out) {
    if (left_) return;
    if (now >= leave_end_) {
        hurry(out);
        if (!owned_.empty()) give_up(owned_, true, errc::closed, now, out);
        return finish_leaving(out);
    }
    if (changing_ != change::none) return;
    if (!owned_.empty()) {
        give_up(owned_, false, {}, now, out);
        return;
    }
    // The broker has made a place for us, and keeps the others waiting for it for a whole session.
    if (!told_as_ && awaits_id(exit_)) return;
    if (!told_as_) told_as_ = must_tell(exit_);
    if (leave_told_ || !*told_as_) return finish_leaving(out);
    if (leave_ticket_ != 0) return;
    if (!coordinator_known_) return find(now, out);
    if (now < retry_at_) return;
    drop_requests();
    leave_as_ = identity();
    leave_ticket_ = next_ticket();
    out.emplace_back(kind::leave, leave_ticket_);
}

void group_member::finish_leaving(member_actions& out) {
    if (std::exchange(left_, true)) return;
    session_end_ = never;
    drop_requests();
    forget_membership();
    if (!ended_) ended_ = errc::closed;
    out.emplace_back(kind::gone);
}

KASIO_END_NAMESPACE
