// SPDX-License-Identifier: BSL-1.0
// What brokers answer a classic member.
#include "group/classic_member.hpp"

#include "group/member_bytes.hpp"

#include <kasio/broker_error.hpp>

#include <algorithm>
#include <utility>

KASIO_BEGIN_NAMESPACE

void classic_member::on_joined(std::uint64_t ticket, error_code error,
                               const protocol::join_group_response& answer, time_point now,
                               member_actions& out) {
    if (asking_ != request::join || ticket != ticket_) return;
    asking_ = request::none;
    // It has been waited for, or not: the session runs from here on.
    if (generation_ >= 0) session_end_ = now + settings_.session_timeout;
    if (on_line_failed(error, now, out)) return step(now, out);
    const auto code = answer.error_code;
    if (code == static_cast<std::int16_t>(broker_errc::member_id_required) && !answer.member_id.empty()) {
        // KIP-394: at once, as who the broker says. Who came with an id already is not asked in a circle.
        const bool came_without = member_id_.empty();
        member_id_ = answer.member_id;
        if (came_without) retry_at_ = now;
        else back_off(now);
        return step(now, out);
    }
    if (code != 0) {
        on_code(code, now, out);
        return step(now, out);
    }
    const auto agreed = std::find_if(assignors_.begin(), assignors_.end(), [&](const auto& each) {
        return each->name() == answer.protocol_name.value_or("");
    });
    const bool other_type = answer.protocol_type && *answer.protocol_type != "consumer";
    if (leaving_ && member_id_.empty()) {
        // Waited for only to leave as that.
        member_id_ = answer.member_id;
        return step(now, out);
    }
    if (agreed == assignors_.end() || other_type || answer.member_id.empty() || answer.generation_id < 0) {
        const bool nonsense = answer.member_id.empty() || answer.generation_id < 0;
        fail(nonsense ? error_code{errc::malformed_response} : broker_errc::inconsistent_group_protocol, now,
             out);
        return step(now, out); // who leaves has left by that
    }
    wants_join_ = false;
    if (std::exchange(outdated_, false)) join_again_ = true;
    agreed_ = *agreed;
    generation_ = answer.generation_id;
    member_id_ = answer.member_id;
    leads_ = answer.leader == member_id_;
    skips_ = answer.skip_assignment;
    heard(now); // it was held back: the session runs from the answer on
    next_heartbeat_ = now + settings_.heartbeat_interval;
    asking_ = request::sync;
    ticket_ = next_ticket();
    out.emplace_back(kind::sync, ticket_);
    step(now, out);
}

void classic_member::on_duties_failed(std::uint64_t ticket, error_code error, time_point now,
                                      member_actions& out) {
    if (asking_ != request::sync || ticket != ticket_) return;
    asking_ = request::none;
    // Whoever leads must share out: the others wait for it. What passes is tried again, with the same
    // generation as long as the broker waits; for what does not another member leads once this one is gone.
    if (is_retriable(error)) {
        want_join("the topics could not be read");
        back_off(now);
    } else {
        fail(error, now, out);
    }
    step(now, out);
}

void classic_member::on_synced(std::uint64_t ticket, error_code error,
                               const protocol::sync_group_response& answer, time_point now,
                               member_actions& out) {
    if (asking_ != request::sync || ticket != ticket_) return;
    asking_ = request::none;
    if (error || answer.error_code != 0) {
        // Whatever it was, this generation is not ours without an assignment.
        want_join("the assignment did not come");
        if (!on_line_failed(error, now, out)) on_code(answer.error_code, now, out);
        return step(now, out);
    }
    const auto name = answer.protocol_name.value_or("");
    if (!name.empty() && name != agreed_->name()) {
        fail(broker_errc::inconsistent_group_protocol, now, out);
        return step(now, out);
    }
    member_assignment mine;
    if (decode_assignment(answer.assignment, mine)) {
        // The leader has sent bytes that are none: with the next generation it may do better.
        tell(errc::malformed_response, out);
        want_join("the assignment cannot be read");
        back_off(now);
        return step(now, out);
    }
    heard(now);
    target_ = one_by_one(mine.partitions);
    has_target_ = true;
    owned_since_ = generation_;
    agreed_->on_assigned(mine, generation_);
    reconcile(now, out);
    step(now, out);
}

/// From what is owned to what was assigned.
void classic_member::reconcile(time_point now, member_actions& out) {
    if (!has_target_ || changing_ != change::none || leaving_) return;
    auto gone = minus(owned_, target_);
    if (!gone.empty()) {
        join_again_ = protocol_ == rebalance_protocol::cooperative;
        return give_up(std::move(gone), false, {}, now, out);
    }
    has_target_ = false;
    auto added = minus(target_, owned_);
    if (!added.empty()) return take(std::move(added), now, out);
    after_taken(now, out);
}

void classic_member::after_given_up(time_point now, member_actions& out) { reconcile(now, out); }

void classic_member::after_taken(time_point, member_actions&) {
    if (std::exchange(join_again_, false)) want_join("partitions have been given up");
}

void classic_member::on_heartbeat(std::uint64_t ticket, error_code error, std::int16_t code, time_point now,
                                  member_actions& out) {
    // A join that has begun since makes the answer one to another generation.
    if (ticket != heartbeat_ticket_ || heartbeat_ticket_ == 0) return;
    heartbeat_ticket_ = 0;
    if (on_line_failed(error, now, out)) {
        next_heartbeat_ = now; // as soon as the coordinator is found
        return step(now, out);
    }
    if (code == 0 || code == static_cast<std::int16_t>(broker_errc::rebalance_in_progress))
        heard(heartbeat_at_);
    if (code != 0) on_code(code, now, out);
    step(now, out);
}

bool classic_member::on_line_failed(error_code error, time_point now, member_actions& out) {
    if (!error) return false;
    const bool hopeless = error == errc::unsupported_version || error == errc::authentication_failed ||
                          error == errc::server_proof_invalid || error == errc::invalid_argument;
    if (hopeless) fail(error, now, out);
    else lose_coordinator(now, out);
    return true;
}

void classic_member::on_refused(std::int16_t code, time_point now, member_actions& out) {
    on_code(code, now, out);
}

/// A code of any of the group's apis.
void classic_member::on_code(std::int16_t code, time_point now, member_actions& out) {
    switch (static_cast<broker_errc>(code)) {
        case broker_errc::rebalance_in_progress:
            if (asking_ == request::none && !wants_join_) want_join("the group is rebalancing");
            else back_off(now);
            return;
        case broker_errc::illegal_generation: return lose_generation(true, code, now, out);
        case broker_errc::fenced_member_epoch: // the other protocol's, to a commit
        case broker_errc::unknown_member_id: return lose_generation(false, code, now, out);
        case broker_errc::coordinator_not_available:
        case broker_errc::not_coordinator: return lose_coordinator(now, out);
        case broker_errc::member_id_required: // and says none
        case broker_errc::coordinator_load_in_progress: return back_off(now);
        case broker_errc::fenced_instance_id:
        case broker_errc::inconsistent_group_protocol:
        case broker_errc::invalid_group_id:
        case broker_errc::invalid_session_timeout:
        case broker_errc::group_authorization_failed:
        case broker_errc::group_max_size_reached:
        case broker_errc::unreleased_instance_id:
        case broker_errc::unsupported_version: return fail(from_broker(code), now, out);
        default: break;
    }
    // Nobody foresaw it: the same again, later. A known code that trying again does not mend is the end.
    if (step_after_commit(code) == commit_step::fail) return fail(from_broker(code), now, out);
    back_off(now);
}

/// The group goes on without us, or without our generation.
void classic_member::lose_generation(bool keep_id, std::int16_t code, time_point now, member_actions& out) {
    const auto id = member_id_;
    drop_requests();
    forget_membership();
    if (keep_id) member_id_ = id;
    session_end_ = never;
    owned_since_ = -1;
    wants_join_ = false;
    want_join("the group went on without this member");
    lose(from_broker(code), now, out);
    // Once is at once; a group that goes on refusing is not asked in a circle.
    if (attempts_++ != 0) back_off(now);
}

KASIO_END_NAMESPACE
