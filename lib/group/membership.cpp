// SPDX-License-Identifier: BSL-1.0
// Being a member: which protocol, and doing what its machine wants. On the strand, but for the functions that
// post there.
#include "group/consumer_group.hpp"
#include "group/protocol_choice.hpp"

#include "net/api_versions.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/uuid.hpp>

#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <random>
#include <regex>

KASIO_BEGIN_NAMESPACE

namespace {

void check(bool valid, const char* what) {
    if (!valid) throw boost::system::system_error{make_error_code(errc::invalid_argument), what};
}

std::string new_member_id() {
    std::random_device source;
    uuid made;
    for (auto& each : made.bytes) each = static_cast<std::uint8_t>(source());
    return made.to_string();
}

} // namespace

void consumer_group::subscribe(subscription to) {
    check(!options_.group_id.empty(), "consumer: subscribe needs a group_id");
    check(!to.topics.empty() || !to.pattern.empty(), "consumer: nothing to subscribe to");
    for (const auto& each : to.topics) check(!each.empty(), "consumer: a topic needs a name");
    if (!to.pattern.empty() && options_.group_protocol == group_protocol::classic) {
        try {
            (void)std::regex{to.pattern};
        } catch (const std::regex_error&) {
            check(false, "consumer: the regular expression cannot be read");
        }
    }
    const auto core = core_.lock();
    if (!core || cluster_->context_gone()) return;
    core->be_ruled(true);
    boost::asio::post(cluster_->strand(), [self = shared_from_this(), to = std::move(to)]() mutable {
        self->start_subscription(std::move(to));
    });
}

void consumer_group::unsubscribe() {
    if (cluster_->context_gone()) return;
    boost::asio::post(cluster_->strand(), [self = shared_from_this()] { self->start_unsubscribing(); });
}

void consumer_group::start_subscription(subscription to) {
    const auto core = core_.lock();
    if (!core || ended_ || closing_) return;
    if (leaving_) {
        next_ = std::move(to);
        return;
    }
    core->fail_waits({});
    const bool first = !subscription_;
    subscription_ = std::move(to);
    matched_.clear();
    if (first) core->assign_none();
    watch_topics();
    if (!subscription_->pattern.empty() && classic_) match_topics();
    if (member_ && member_->ended()) {
        member_.reset();
        classic_ = nullptr;
        by_epoch_ = nullptr;
    }
    if (by_epoch_) by_epoch_->set_pattern(subscription_->pattern);
    if (classic_ && !subscription_->pattern.empty()) return; // once the names are known
    if (member_) {
        act([this](group_member& member, time_point now, member_actions& out) {
            member.subscribe(subscription_->topics, now, out);
        });
        return;
    }
    if (deciding_) return;
    if (options_.group_protocol == group_protocol::automatic && options_.assignors.empty()) {
        deciding_ = true;
        decide_attempts_ = 0;
        return decide();
    }
    enter(options_.group_protocol == group_protocol::consumer ? group_protocol::consumer
                                                              : group_protocol::classic);
}

/// The coordinator says what it can.
void consumer_group::decide() {
    if (!deciding_ || ended_) return;
    const auto until = steady_clock::now() + cluster_->options().request_timeout;
    line_->find(until, [self = shared_from_this(), until](error_code error) {
        if (error) return self->on_decided(error, nullptr);
        self->cluster_->async_session(self->line_->node(), self->line_->lane(), until,
                                      [self](error_code failure, const std::shared_ptr<session>& line) {
                                          if (failure) self->line_->forget();
                                          self->on_decided(failure, line);
                                      });
    });
}

void consumer_group::on_decided(error_code error, const std::shared_ptr<session>& line) {
    if (!deciding_ || ended_) {
        if (ended_ && line) line->close(errc::closed);
        return;
    }
    if (error) return retry_deciding(error);
    std::int16_t version = 0;
    const auto picked =
        pick_version(*line, protocol::consumer_group_heartbeat_request::api, highest_version, version);
    const auto by = protocol_by_offer(picked, version);
    // The connection has ended since it was handed over: nothing was said.
    if (!by) return retry_deciding(picked);
    deciding_ = false;
    enter(*by);
}

void consumer_group::retry_deciding(error_code error) {
    const auto core = core_.lock();
    if (!core) return;
    const bool refused = error.category() == broker_category() &&
                         step_after_commit(static_cast<std::int16_t>(error.value())) == commit_step::fail;
    if (refused || error == errc::authentication_failed || error == errc::server_proof_invalid) {
        deciding_ = false;
        return core->fail_waits(error);
    }
    if (decide_attempts_ == 0) core->tell_group(errc::coordinator_unavailable);
    const auto when = steady_clock::now() + cluster_->retry_delay(std::min(decide_attempts_++, 16));
    cluster_->call_at(when, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->decide();
    });
}

member_settings consumer_group::settings() {
    member_settings with;
    with.group_id = options_.group_id;
    if (!options_.group_instance_id.empty()) with.instance_id = options_.group_instance_id;
    if (!cluster_->options().client_rack.empty()) with.rack = cluster_->options().client_rack;
    with.session_timeout = options_.session_timeout;
    with.heartbeat_interval = options_.heartbeat_interval;
    with.max_poll_interval = options_.max_poll_interval;
    with.backoff = {cluster_->options().retry_backoff, cluster_->options().retry_backoff_max};
    with.seed = std::random_device{}();
    return with;
}

void consumer_group::enter(group_protocol by) {
    ++entries_;
    if (by == group_protocol::consumer) {
        auto made = std::make_unique<consumer_member>(settings(), new_member_id(), subscription_->pattern,
                                                      options_.remote_assignor);
        by_epoch_ = made.get();
        classic_ = nullptr;
        member_ = std::move(made);
    } else {
        auto assignors = options_.assignors;
        if (assignors.empty()) assignors = {range_assignor(), cooperative_sticky_assignor()};
        auto made = std::make_unique<classic_member>(settings(), std::move(assignors));
        classic_ = made.get();
        by_epoch_ = nullptr;
        member_ = std::move(made);
        // The names have to be found out first; then it joins.
        if (!subscription_->pattern.empty()) return match_topics();
    }
    const auto core = core_.lock();
    const bool waiting = core && core->waits_for_records();
    act([this, waiting](group_member& member, time_point now, member_actions& out) {
        if (waiting) member.on_poll(true, now, out);
        member.subscribe(subscription_->topics, now, out);
    });
}

void consumer_group::start_unsubscribing() {
    next_.reset();
    const auto core = core_.lock();
    if (!core || ended_ || !subscription_ || closing_ || leaving_) return;
    deciding_ = false;
    if (!member_) return on_gone();
    leaving_ = true;
    const auto end = steady_clock::now() + cluster_->options().default_timeout;
    act([end](group_member& member, time_point now, member_actions& out) {
        member.leave(group_exit::usual, end, now, out);
    });
    // The caller has done with what it has.
    if (change_ && change_->gives_up) go_on_giving_up(change_);
}

/// In order, those that come up meanwhile too.
void consumer_group::perform_all() {
    if (std::exchange(performing_, true)) return;
    while (!wanted_.empty()) {
        auto next = std::move(wanted_.front());
        wanted_.pop_front();
        perform(next);
    }
    performing_ = false;
    if (ended_) return;
    publish();
    arm();
    if (held_up_ && may_hand_out(steady_clock::now())) {
        held_up_ = false;
        if (const auto core = core_.lock()) core->go_on_reading();
    }
}

void consumer_group::perform(member_action& action) {
    using kind = member_action::kind;
    const auto core = core_.lock();
    if (!core || ended_) return;
    switch (action.what) {
        case kind::find_coordinator: return find_coordinator();
        case kind::forget_coordinator: return line_->forget();
        case kind::join: return send_join(action.ticket);
        case kind::sync: return send_sync(action.ticket);
        case kind::heartbeat: return send_heartbeat(action.ticket);
        case kind::leave: return classic_ ? send_leave(action.ticket) : send_last_report(action.ticket);
        case kind::report: return send_report(action.ticket);
        case kind::resolve: return resolve(std::move(action.ids));
        case kind::give_up: return start_giving_up(action);
        case kind::take: return start_taking(action);
        case kind::hurry: return hurry();
        case kind::tell: return tell(action.cause);
        case kind::fail: return on_failed(action.cause);
        case kind::gone: return on_gone();
    }
}

void consumer_group::tell(error_code cause) {
    // Not the hook: the caller has not come back for more in time.
    const bool caller = change_ && change_->gives_up && !change_->at_rest;
    if (cause == errc::hook_timed_out && caller) cause = errc::assignment_lost;
    if (const auto core = core_.lock()) core->tell_group(cause);
}

void consumer_group::on_failed(error_code cause) {
    const auto core = core_.lock();
    const bool may_choose = options_.group_protocol == group_protocol::automatic && by_epoch_ != nullptr &&
                            !closing_ && !leaving_;
    const bool passed = by_epoch_ && by_epoch_->was_in() && cause == broker_errc::group_id_not_found;
    if (may_choose && asks_for_classic(cause) && !passed) return enter(group_protocol::classic);
    if (may_choose_again(cause)) {
        // The group is of the other kind by now, whose coordinator was a broker without it: ask again.
        chose_again_ = true;
        core->tell_group(cause);
        deciding_ = true;
        decide_attempts_ = 0;
        return decide();
    }
    core->fail_waits(cause);
}

/// Once in a membership: a group that refuses both is not asked in a circle.
bool consumer_group::may_choose_again(const error_code& cause) const {
    return options_.group_protocol == group_protocol::automatic && options_.assignors.empty() && classic_ &&
           cause == broker_errc::inconsistent_group_protocol && !chose_again_ && !change_ && !closing_ &&
           !leaving_;
}

void consumer_group::on_gone() {
    leaving_ = false;
    member_.reset();
    classic_ = nullptr;
    by_epoch_ = nullptr;
    duties_.reset();
    shared_out_.clear();
    last_committed_.clear();
    held_since_.clear();
    chose_again_ = false;
    subscription_.reset();
    matched_.clear();
    watch_topics();
    publish();
    const auto core = core_.lock();
    if (closing_) return finish_closing();
    if (next_) {
        auto to = std::move(*next_);
        next_.reset();
        return start_subscription(std::move(to));
    }
    if (!core) return;
    core->be_ruled(false);
    core->fail_waits({});
    core->go_on_reading(); // a poll that waits for nothing ends
}

void consumer_group::arm() {
    if (!member_) return;
    const auto when = member_->next_wake();
    if (when >= armed_ || when == time_point::max()) return;
    armed_ = when;
    cluster_->call_at(when, [weak = weak_from_this(), when] {
        const auto self = weak.lock();
        // A later call finds that an earlier one has done its work.
        if (!self || self->armed_ != when) return;
        self->armed_ = time_point::max();
        self->act(
            [](group_member& member, time_point now, member_actions& out) { member.on_timer(now, out); });
    });
}

void consumer_group::publish() {
    kasio::group_metadata now;
    const auto as = identity();
    now.group_id = as.group_id;
    now.generation_id = as.generation;
    if (as.generation >= 0) now.member_id = as.member_id;
    if (!options_.group_instance_id.empty()) now.group_instance_id = options_.group_instance_id;
    const std::lock_guard lock{mutex_};
    published_ = std::move(now);
}

kasio::group_metadata consumer_group::metadata() const {
    const std::lock_guard lock{mutex_};
    return published_;
}

bool consumer_group::may_hand_out(time_point now) noexcept {
    if (!member_ || member_->may_hand_out(now)) return true;
    held_up_ = true;
    return false;
}

void consumer_group::on_worked_off() {
    if (change_ && change_->gives_up && !change_->at_rest) go_on_giving_up(change_);
}

void consumer_group::on_back_for_more() {
    on_worked_off();
    act([](group_member& member, time_point now, member_actions& out) { member.on_poll(true, now, out); });
}

void consumer_group::on_served(bool waiting) {
    if (waiting) return;
    act([](group_member& member, time_point now, member_actions& out) { member.on_poll(false, now, out); });
}

group_identity consumer_group::identity() const {
    if (member_ && !member_->ended()) return member_->identity();
    group_identity nobody;
    nobody.group_id = options_.group_id;
    return nobody;
}

std::uint64_t consumer_group::held_since(const topic_partition& partition) const {
    // Whoever has no subscription may commit anything, always.
    if (!subscription_) return 1;
    const auto place = held_since_.find(partition);
    return member_ && place != held_since_.end() ? place->second : 0;
}

bool consumer_group::on_refused(commit_step step, error_code cause, const group_identity& said) {
    bool hope = false;
    act([&](group_member& member, time_point now, member_actions& out) {
        hope = member.on_commit_refused(step, cause, said, now, out);
    });
    return hope;
}

KASIO_END_NAMESPACE
