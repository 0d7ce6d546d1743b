// SPDX-License-Identifier: BSL-1.0
#include "group/consumer_member.hpp"

#include <kasio/broker_error.hpp>

#include <algorithm>

KASIO_BEGIN_NAMESPACE

namespace {

constexpr std::int32_t joins = 0;
constexpr std::int32_t leaves = -1;
constexpr std::int32_t leaves_for_a_while = -2;
// A broker that says less than this is not believed.
constexpr std::chrono::milliseconds shortest_interval{50};

} // namespace

consumer_member::consumer_member(member_settings settings, std::string member_id, std::string pattern,
                                 std::string remote_assignor)
    : group_member{std::move(settings)},
      member_id_{std::move(member_id)},
      pattern_{std::move(pattern)},
      remote_assignor_{std::move(remote_assignor)},
      interval_{settings_.heartbeat_interval} {}

void consumer_member::on_subscribed(time_point now) {
    say_topics_ = true;
    next_report_ = now;
}

void consumer_member::proceed(time_point now, member_actions& out) {
    // While the hook of what was lost runs, the group hears nothing: it would give us partitions again.
    if (changing_ == change::losing) return;
    if (changing_ == change::none) reconcile(now, out);
    if (changing_ == change::losing || ticket_ != 0 || now < next_report_ || now < retry_at_) return;
    ticket_ = next_ticket();
    out.emplace_back(kind::report, ticket_);
}

group_member::time_point consumer_member::next_wake() const noexcept {
    auto when = group_member::next_wake();
    if (ended() || leaving_ || absent() || !coordinator_known_ || changing_ == change::losing) return when;
    if (ticket_ == 0) when = std::min(when, std::max(next_report_, retry_at_));
    if (has_target_ && !resolving_ && changing_ == change::none && resolve_at_ != time_point{})
        when = std::min(when, resolve_at_);
    return when;
}

protocol::consumer_group_heartbeat_request consumer_member::report_request() {
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    asked_ = true;
    protocol::consumer_group_heartbeat_request request;
    request.group_id = settings_.group_id;
    request.member_id = member_id_;
    request.member_epoch = epoch_;
    request.instance_id = settings_.instance_id;
    const bool all = say_all_ || epoch_ == joins;
    if (all) {
        request.rebalance_timeout_ms =
            static_cast<std::int32_t>(duration_cast<milliseconds>(settings_.max_poll_interval).count());
        if (settings_.rack && !settings_.rack->empty()) request.rack_id = settings_.rack;
        if (!remote_assignor_.empty()) request.server_assignor = remote_assignor_;
    }
    if (all || say_topics_) {
        request.subscribed_topic_names = topics_;
        if (!pattern_.empty() || pattern_told_) request.subscribed_topic_regex = pattern_;
    }
    if (all || say_owned_) {
        auto& said = request.topic_partitions.emplace();
        // Whoever joins has nothing.
        if (epoch_ != joins) {
            for (const auto& each : owned_) {
                const auto id = ids_.find(each.topic);
                if (id == ids_.end()) continue;
                if (said.empty() || said.back().topic_id != id->second)
                    said.emplace_back().topic_id = id->second;
                said.back().partitions.push_back(each.partition);
            }
        }
    }
    say_all_ = false;
    say_topics_ = false;
    say_owned_ = false;
    sent_at_ = last_step();
    next_report_ = sent_at_ + interval_;
    return request;
}

std::int32_t consumer_member::leaving_epoch() const noexcept {
    const bool for_good = exit() == group_exit::leave || !settings_.instance_id;
    return for_good ? leaves : leaves_for_a_while;
}

protocol::consumer_group_heartbeat_request consumer_member::leave_request() const {
    protocol::consumer_group_heartbeat_request request;
    request.group_id = settings_.group_id;
    request.member_id = member_id_;
    request.member_epoch = leaving_epoch();
    request.instance_id = settings_.instance_id;
    return request;
}

void consumer_member::on_reported(std::uint64_t ticket, error_code error,
                                  const protocol::consumer_group_heartbeat_response& answer, time_point now,
                                  member_actions& out) {
    if (ticket != ticket_ || ticket_ == 0) return;
    ticket_ = 0;
    if (error || answer.error_code != 0) {
        // What was said may not have been heard.
        say_all_ = true;
        next_report_ = now;
        const bool hopeless = error == errc::unsupported_version || error == errc::authentication_failed ||
                              error == errc::server_proof_invalid || error == errc::invalid_argument;
        if (hopeless) fail(error, now, out);
        else if (error) lose_coordinator(now, out);
        else on_code(answer.error_code, now, out);
        return step(now, out);
    }
    if (answer.member_epoch < 0 || (answer.member_epoch == joins && was_in_ && epoch_ != joins)) {
        // A success that is none: only who leaves gets such an epoch.
        say_all_ = true;
        next_report_ = now;
        back_off(now);
        return step(now, out);
    }
    heard(sent_at_);
    was_in_ = true;
    tried_again_ = false;
    epoch_ = answer.member_epoch;
    if (answer.heartbeat_interval_ms > 0) {
        interval_ = std::max<time_point::duration>(std::chrono::milliseconds{answer.heartbeat_interval_ms},
                                                   shortest_interval);
    }
    // What has to be said meanwhile is said at once.
    next_report_ = say_topics_ || say_owned_ || say_all_ ? now : sent_at_ + interval_;
    if (answer.assignment) on_assignment(*answer.assignment);
    step(now, out);
}

/// The whole of what this member is to have.
void consumer_member::on_assignment(const protocol::consumer_group_heartbeat_response::assignment_t& said) {
    target_.clear();
    for (const auto& topic : said.topic_partitions) {
        for (const auto number : topic.partitions) {
            if (number >= 0 && !topic.topic_id.is_zero()) target_.emplace(topic.topic_id, number);
        }
    }
    has_target_ = true;
    resolve_rounds_ = 0;
    resolve_at_ = {};
}

void consumer_member::on_names(const std::vector<std::pair<uuid, std::string>>& names, time_point now,
                               member_actions& out) {
    resolving_ = false;
    for (const auto& [id, name] : names) {
        names_[id] = name;
        ids_[name] = id;
    }
    resolve_at_ = now + settings_.backoff.delay(std::min(resolve_rounds_++, 16), 0.5);
    step(now, out);
}

/// From what is owned towards what is assigned, as far as topics are known by name.
void consumer_member::reconcile(time_point now, member_actions& out) {
    if (!has_target_ || epoch_ == joins) return;
    partition_set wanted;
    std::vector<uuid> unknown;
    for (const auto& [id, number] : target_) {
        const auto name = names_.find(id);
        if (name != names_.end()) wanted.push_back({name->second, number});
        else if (unknown.empty() || unknown.back() != id) unknown.push_back(id);
    }
    wanted = ordered(std::move(wanted));
    if (!unknown.empty() && !resolving_ && now >= resolve_at_) {
        resolving_ = true;
        out.emplace_back(kind::resolve).ids = unknown;
    }
    auto gone = minus(owned_, wanted);
    to_take_ = minus(wanted, owned_);
    if (unknown.empty()) has_target_ = false;
    // What is known by name is not kept waiting by the rest, but the answer to `resolve` mostly comes at
    // once.
    else if (resolve_rounds_ == 0) return;
    if (!gone.empty()) return give_up(std::move(gone), false, {}, now, out);
    if (!to_take_.empty()) return take(std::exchange(to_take_, {}), now, out);
}

void consumer_member::after_given_up(time_point now, member_actions& out) {
    // Whoever was fenced begins anew, without delay.
    next_report_ = now;
    if (epoch_ == joins || leaving_) return;
    say_owned_ = true;
    if (!to_take_.empty()) take(std::exchange(to_take_, {}), now, out);
}

void consumer_member::after_taken(time_point now, member_actions&) {
    say_owned_ = true;
    next_report_ = now;
}

void consumer_member::fenced(std::int16_t code, time_point now, member_actions& out) {
    drop_requests();
    forget_membership();
    session_end_ = never;
    next_report_ = now;
    lose(from_broker(code), now, out);
    if (attempts_++ != 0) back_off(now);
}

void consumer_member::on_refused(std::int16_t code, time_point now, member_actions& out) {
    on_code(code, now, out);
}

void consumer_member::on_code(std::int16_t code, time_point now, member_actions& out) {
    switch (static_cast<broker_errc>(code)) {
        case broker_errc::illegal_generation: // the other protocol's, to a commit
        case broker_errc::fenced_member_epoch:
        case broker_errc::unknown_member_id: return fenced(code, now, out);
        case broker_errc::coordinator_not_available:
        case broker_errc::not_coordinator: return lose_coordinator(now, out);
        case broker_errc::coordinator_load_in_progress: return back_off(now);
        case broker_errc::group_id_not_found:
            // The group is gone from under a member, or is of another kind: once more from the start.
            if (!was_in_ || std::exchange(tried_again_, true)) return fail(from_broker(code), now, out);
            return fenced(code, now, out);
        case broker_errc::unreleased_instance_id:
        case broker_errc::fenced_instance_id:
        case broker_errc::unsupported_assignor:
        case broker_errc::invalid_request:
        case broker_errc::group_max_size_reached:
        case broker_errc::group_authorization_failed:
        case broker_errc::invalid_regular_expression:
        case broker_errc::unsupported_version: return fail(from_broker(code), now, out);
        // Told, and gone on with: the right may be given.
        case broker_errc::topic_authorization_failed: tell(from_broker(code), out); return back_off(now);
        default: break;
    }
    if (step_after_commit(code) == commit_step::fail) return fail(from_broker(code), now, out);
    back_off(now);
}

void consumer_member::forget_membership() {
    epoch_ = joins;
    say_all_ = true;
    has_target_ = false;
    target_.clear();
    to_take_.clear();
}

bool consumer_member::must_tell(group_exit how) const noexcept {
    if (!asked_) return false;
    return how != group_exit::stay || settings_.instance_id.has_value();
}

bool consumer_member::is_joining() const noexcept { return epoch_ == joins || changing_ == change::losing; }

bool consumer_member::stable() const noexcept {
    return epoch_ > joins && changing_ == change::none && !has_target_ && !say_owned_ && coordinator_known_ &&
           !leaving_ && !ended();
}

group_identity consumer_member::identity() const {
    group_identity as;
    as.group_id = settings_.group_id;
    as.generation = epoch_ == joins ? -1 : epoch_;
    as.member_id = member_id_;
    as.instance_id = settings_.instance_id;
    as.by_epoch = true;
    return as;
}

void consumer_member::drop_requests() { ticket_ = 0; }

KASIO_END_NAMESPACE
