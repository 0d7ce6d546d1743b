// SPDX-License-Identifier: BSL-1.0
// What members send. On the strand.
#include "group/consumer_group.hpp"

#include <kasio/broker_error.hpp>

#include <algorithm>

KASIO_BEGIN_NAMESPACE

namespace {

// How much longer than the rebalance a JoinGroup may be held back (Java).
constexpr std::chrono::seconds join_slack{5};

} // namespace

time_point consumer_group::request_limit() const {
    return std::min(close_end_, steady_clock::now() + cluster_->options().request_timeout);
}

void consumer_group::find_coordinator() {
    const auto entry = entries_;
    const auto known = [entry, weak = weak_from_this()](error_code error) {
        const auto self = weak.lock();
        if (!self) return;
        self->answer(entry, [error](group_member& member, time_point now, member_actions& out) {
            member.on_coordinator(error, now, out);
        });
    };
    // Found by a commit, maybe.
    if (!without_coordinator()) return known({});
    line_->find(request_limit(), known);
}

void consumer_group::send_join(std::uint64_t ticket) {
    const auto heard = [ticket, entry = entries_, self = shared_from_this()](
                           error_code error, const protocol::join_group_response& answer) {
        self->join_under_way_ = false;
        self->answer(entry, [&](group_member& member, time_point now, member_actions& out) {
            auto& mine = static_cast<classic_member&>(member);
            if (!error && answer.error_code == 0 && answer.leader == answer.member_id)
                self->duties_ = std::make_unique<leader_duties>(answer);
            else self->duties_.reset();
            mine.on_joined(ticket, error, answer, now, out);
        });
    };
    if (without_coordinator()) return heard(errc::connection_lost, {});
    join_under_way_ = true;
    const auto space = std::make_shared<std::vector<std::string>>();
    const auto held_back = options_.max_poll_interval + join_slack;
    const auto limit =
        std::max<std::chrono::milliseconds>(cluster_->options().request_timeout,
                                            std::chrono::duration_cast<std::chrono::milliseconds>(held_back));
    auto request = classic_->join_request(*space);
    line_->ask<protocol::join_group_request>(
        line_->lane(), steady_clock::now() + limit, highest_version,
        [request = std::move(request)](std::int16_t) { return request; }, heard, space);
}

void consumer_group::send_sync(std::uint64_t ticket) {
    assignments_.reset();
    if (classic_->has_duties() && duties_) return start_duties(ticket);
    duties_.reset();
    send_assignments(ticket);
}

/// Those of the leader; others, and a leader whose group keeps what it has, send none.
void consumer_group::send_assignments(std::uint64_t ticket) {
    const auto heard = [ticket, entry = entries_, self = shared_from_this()](
                           error_code error, const protocol::sync_group_response& answer) {
        self->answer(entry, [&](group_member& member, time_point now, member_actions& out) {
            static_cast<classic_member&>(member).on_synced(ticket, error, answer, now, out);
        });
    };
    if (without_coordinator()) return heard(errc::connection_lost, {});
    const auto given = assignments_;
    // Made now: by the time the line is open the machine may have gone on.
    auto request = classic_->sync_request();
    if (given) {
        for (const auto& [id, bytes] : *given) {
            auto& each = request.assignments.emplace_back();
            each.member_id = id;
            each.assignment = bytes;
        }
    }
    line_->ask<protocol::sync_group_request>(
        line_->lane(),
        steady_clock::now() + std::max(cluster_->options().request_timeout, options_.max_poll_interval),
        highest_version,
        [request = std::move(request)](std::int16_t version) {
            auto adapted = request;
            classic_member::adapt(adapted, version);
            return adapted;
        },
        heard, given);
}

void consumer_group::send_heartbeat(std::uint64_t ticket) {
    const auto heard = [ticket, entry = entries_, self = shared_from_this()](
                           error_code error, const protocol::heartbeat_response& answer) {
        self->answer(entry, [&](group_member& member, time_point now, member_actions& out) {
            static_cast<classic_member&>(member).on_heartbeat(ticket, error, answer.error_code, now, out);
        });
    };
    if (without_coordinator()) return heard(errc::connection_lost, {});
    line_->ask<protocol::heartbeat_request>(
        line_->lane(), request_limit(), highest_version,
        [request = classic_->heartbeat_request()](std::int16_t version) {
            auto adapted = request;
            classic_member::adapt(adapted, version);
            return adapted;
        },
        heard);
}

void consumer_group::send_leave(std::uint64_t ticket) {
    const auto heard = [ticket, entry = entries_, self = shared_from_this()](
                           error_code error, const protocol::leave_group_response& answer) {
        if (!error) error = from_broker(answer.error_code);
        if (!error && !answer.members.empty()) error = from_broker(answer.members.front().error_code);
        self->answer(entry, [&](group_member& member, time_point now, member_actions& out) {
            member.on_left(ticket, error, now, out);
        });
    };
    if (without_coordinator()) return heard(errc::connection_lost, {});
    // Behind a JoinGroup that is held back it would wait for all the others.
    const auto over = join_under_way_ ? purpose::coordinator : line_->lane();
    line_->ask<protocol::leave_group_request>(
        over, request_limit(), highest_version,
        [request = classic_->leave_request()](std::int16_t version) {
            auto adapted = request;
            classic_member::adapt(adapted, version);
            return adapted;
        },
        heard);
}

void consumer_group::send_report(std::uint64_t ticket) {
    const auto heard = [ticket, entry = entries_, self = shared_from_this()](
                           error_code error, const protocol::consumer_group_heartbeat_response& answer) {
        self->answer(entry, [&](group_member& member, time_point now, member_actions& out) {
            static_cast<consumer_member&>(member).on_reported(ticket, error, answer, now, out);
        });
    };
    if (without_coordinator()) return heard(errc::connection_lost, {});
    line_->ask<protocol::consumer_group_heartbeat_request>(
        line_->lane(), request_limit(), highest_version,
        [request = by_epoch_->report_request()](std::int16_t) { return request; }, heard);
}

void consumer_group::send_last_report(std::uint64_t ticket) {
    const auto heard = [ticket, entry = entries_, self = shared_from_this()](
                           error_code error, const protocol::consumer_group_heartbeat_response& answer) {
        if (!error) error = from_broker(answer.error_code);
        self->answer(entry, [&](group_member& member, time_point now, member_actions& out) {
            member.on_left(ticket, error, now, out);
        });
    };
    if (without_coordinator()) return heard(errc::connection_lost, {});
    line_->ask<protocol::consumer_group_heartbeat_request>(
        line_->lane(), request_limit(), highest_version,
        [request = by_epoch_->leave_request()](std::int16_t) { return request; }, heard);
}

KASIO_END_NAMESPACE
