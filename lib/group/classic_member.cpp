// SPDX-License-Identifier: BSL-1.0
#include "group/classic_member.hpp"

#include "group/member_bytes.hpp"

#include <kasio/broker_error.hpp>

#include <algorithm>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

rebalance_protocol common_protocol(const std::vector<std::shared_ptr<assignor>>& assignors) {
    const bool eager = std::any_of(assignors.begin(), assignors.end(), [](const auto& each) {
        return each->protocol() == rebalance_protocol::eager;
    });
    return eager ? rebalance_protocol::eager : rebalance_protocol::cooperative;
}

} // namespace

partition_list by_topic(const partition_set& partitions) {
    partition_list all;
    for (const auto& each : partitions) {
        if (all.empty() || all.back().topic != each.topic) all.emplace_back().topic = each.topic;
        all.back().partitions.push_back(each.partition);
    }
    return all;
}

partition_set one_by_one(const partition_list& partitions) {
    partition_set all;
    for (const auto& topic : partitions) {
        for (const auto number : topic.partitions) all.push_back({topic.topic, number});
    }
    return ordered(std::move(all));
}

classic_member::classic_member(member_settings settings, std::vector<std::shared_ptr<assignor>> assignors)
    : group_member{std::move(settings)},
      assignors_{std::move(assignors)},
      protocol_{common_protocol(assignors_)} {}

void classic_member::want_join(const char* reason) noexcept {
    if (!std::exchange(wants_join_, true)) {
        prepared_ = false;
        reason_ = reason;
    }
}

void classic_member::on_subscribed(time_point) {
    want_join(generation_ < 0 ? "the consumer subscribes" : "the subscription has changed");
    prepared_ = false;
    // The request under way says what was subscribed before.
    if (asking_ == request::join) outdated_ = true;
}

void classic_member::on_topics_changed(time_point now, member_actions& out) {
    if (!leads_ || generation_ < 0 || ended() || leaving_) return;
    want_join("topics have changed, as the leader sees them");
    step(now, out);
}

void classic_member::proceed(time_point now, member_actions& out) {
    beat(now, out);
    if (!wants_join_ || asking_ != request::none || changing_ != change::none) return;
    if (!prepared_ && !prepare(now, out)) return;
    if (now < retry_at_) return;
    asking_ = request::join;
    heartbeat_ticket_ = 0;
    asked_ = true;
    ticket_ = next_ticket();
    // The broker holds the answer back until all have joined, and waits for us as long.
    session_end_ = never;
    out.emplace_back(kind::join, ticket_);
}

/// Gives up what must not be kept over the join. False while that goes on.
bool classic_member::prepare(time_point now, member_actions& out) {
    prepared_ = true;
    partition_set gone = owned_;
    if (protocol_ == rebalance_protocol::cooperative) {
        std::erase_if(gone, [this](const topic_partition& each) {
            return std::binary_search(topics_.begin(), topics_.end(), each.topic);
        });
    }
    if (gone.empty()) return true;
    give_up(std::move(gone), false, {}, now, out);
    return false;
}

/// Brokers hear of a member from its join on; while a JoinGroup is held back nothing else goes over its line.
void classic_member::beat(time_point now, member_actions& out) {
    if (generation_ < 0 || asking_ == request::join || heartbeat_ticket_ != 0 || now < next_heartbeat_)
        return;
    heartbeat_ticket_ = next_ticket();
    heartbeat_at_ = now;
    next_heartbeat_ = now + settings_.heartbeat_interval;
    out.emplace_back(kind::heartbeat, heartbeat_ticket_);
}

group_member::time_point classic_member::next_wake() const noexcept {
    auto when = group_member::next_wake();
    if (ended() || leaving_ || absent() || !coordinator_known_) return when;
    if (generation_ >= 0 && asking_ != request::join && heartbeat_ticket_ == 0)
        when = std::min(when, next_heartbeat_);
    if (wants_join_ && asking_ == request::none && changing_ == change::none)
        when = std::min(when, retry_at_);
    return when;
}

protocol::join_group_request classic_member::join_request(std::vector<std::string>& space) const {
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    constexpr std::size_t longest_reason = 255;
    protocol::join_group_request request;
    request.group_id = settings_.group_id;
    request.session_timeout_ms =
        static_cast<std::int32_t>(duration_cast<milliseconds>(settings_.session_timeout).count());
    request.rebalance_timeout_ms =
        static_cast<std::int32_t>(duration_cast<milliseconds>(settings_.max_poll_interval).count());
    request.member_id = member_id_;
    request.group_instance_id = settings_.instance_id;
    request.protocol_type = "consumer";
    request.reason = std::string{reason_}.substr(0, longest_reason);
    member_subscription mine;
    mine.topics = topics_;
    mine.owned = by_topic(owned_);
    mine.generation = owned_since_;
    mine.rack = settings_.rack;
    space.clear();
    space.reserve(assignors_.size());
    for (const auto& each : assignors_) {
        const auto added = each->user_data(mine.owned, owned_since_);
        space.push_back(encode_subscription(mine, added));
        auto& offered = request.protocols.emplace_back();
        offered.name = each->name();
        offered.metadata = space.back();
    }
    return request;
}

protocol::sync_group_request classic_member::sync_request() const {
    protocol::sync_group_request request;
    request.group_id = settings_.group_id;
    request.generation_id = generation_;
    request.member_id = member_id_;
    request.group_instance_id = settings_.instance_id;
    request.protocol_type = "consumer";
    request.protocol_name = std::string{agreed_->name()};
    return request;
}

protocol::heartbeat_request classic_member::heartbeat_request() const {
    protocol::heartbeat_request request;
    request.group_id = settings_.group_id;
    request.generation_id = generation_;
    request.member_id = member_id_;
    request.group_instance_id = settings_.instance_id;
    return request;
}

protocol::leave_group_request classic_member::leave_request() const {
    protocol::leave_group_request request;
    request.group_id = settings_.group_id;
    auto& member = request.members.emplace_back();
    member.member_id = leaving_as().member_id;
    member.group_instance_id = settings_.instance_id;
    member.reason = leaving_ ? "the consumer leaves" : "the consumer has not polled for too long";
    return request;
}

void classic_member::adapt(protocol::sync_group_request& request, std::int16_t version) {
    if (version < 3) request.group_instance_id.reset();
    if (version >= 5) return;
    request.protocol_type.reset();
    request.protocol_name.reset();
}

void classic_member::adapt(protocol::heartbeat_request& request, std::int16_t version) {
    if (version < 3) request.group_instance_id.reset();
}

void classic_member::adapt(protocol::leave_group_request& request, std::int16_t version) {
    if (version >= 3) return;
    request.member_id = request.members.front().member_id;
    request.members.clear();
}

void classic_member::forget_membership() {
    generation_ = -1;
    member_id_.clear();
    leads_ = false;
    next_heartbeat_ = never;
    heartbeat_ticket_ = 0;
    has_target_ = false;
    join_again_ = false;
}

/// Static members come back, unless they say that they do not.
bool classic_member::tells(group_exit how) const noexcept {
    return how == group_exit::leave || (how == group_exit::usual && !settings_.instance_id);
}

bool classic_member::must_tell(group_exit how) const noexcept { return !member_id_.empty() && tells(how); }

bool classic_member::awaits_id(group_exit how) const noexcept {
    return member_id_.empty() && asking_ == request::join && tells(how);
}

bool classic_member::is_joining() const noexcept {
    return wants_join_ || asking_ != request::none || changing_ == change::losing;
}

bool classic_member::stable() const noexcept {
    return generation_ >= 0 && !wants_join_ && asking_ == request::none && changing_ == change::none &&
           coordinator_known_ && !leaving_ && !ended();
}

group_identity classic_member::identity() const {
    group_identity as;
    as.group_id = settings_.group_id;
    as.generation = generation_;
    as.member_id = member_id_;
    as.instance_id = settings_.instance_id;
    return as;
}

void classic_member::drop_requests() {
    asking_ = request::none;
    ticket_ = 0;
    heartbeat_ticket_ = 0;
}

KASIO_END_NAMESPACE
