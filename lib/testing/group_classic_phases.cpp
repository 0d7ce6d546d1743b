// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
// From one generation to the next, and what ends by time.
#include "testing/group_classic.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE
namespace testing {

std::chrono::milliseconds classic_group::rebalance_timeout() const {
    // Not nothing, so that an end that sets the next one lies behind it.
    std::chrono::milliseconds longest{1};
    for (const auto& member : members_) longest = std::max(longest, member.rebalance_timeout);
    return longest;
}

std::set<std::string> classic_group::common_protocols() const {
    std::map<std::string, std::size_t> counts;
    for (const auto& member : members_)
        for (const auto& [name, metadata] : member.protocols) ++counts[name];
    std::set<std::string> common;
    for (const auto& [name, count] : counts)
        if (count == members_.size()) common.insert(name);
    return common;
}

std::string classic_group::voted_protocol() const {
    const auto common = common_protocols();
    std::map<std::string, std::size_t> votes;
    for (const auto& member : members_) {
        const auto choice = std::find_if(member.protocols.begin(), member.protocols.end(),
                                         [&](const auto& each) { return common.contains(each.first); });
        if (choice != member.protocols.end()) ++votes[choice->first];
    }
    const auto most = std::max_element(votes.begin(), votes.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == votes.end() ? std::string{} : most->first;
}

void classic_group::rebalance_or_complete(group_time now, group_replies& replies) {
    if (phase_ == phase::preparing_rebalance) complete_if_all_joined(now, replies);
    else prepare_rebalance(now, replies);
}

void classic_group::prepare_rebalance(group_time now, group_replies& replies) {
    if (phase_ == phase::completing_rebalance) {
        for (classic_member& member : members_) {
            member.assignment = {};
            if (!member.syncing) continue;
            sync_result result;
            result.error = broker_errc::rebalance_in_progress;
            answer_sync(member, std::move(result), now, replies);
        }
    }
    is_initial_ = phase_ == phase::empty && limits_->initial_rebalance_delay.count() > 0;
    const bool was_empty = phase_ == phase::empty;
    phase_ = phase::preparing_rebalance;
    unsynced_.clear();
    sync_end_.reset();
    if (is_initial_) {
        const auto delay = limits_->initial_rebalance_delay;
        initial_left_ = std::max(rebalance_timeout() - delay, std::chrono::milliseconds{0});
        join_end_ = now + delay;
        grew_ = false;
        return;
    }
    if (was_empty) return complete_join(now, replies);
    join_end_ = now + rebalance_timeout();
    complete_if_all_joined(now, replies);
}

void classic_group::complete_if_all_joined(group_time now, group_replies& replies) {
    if (phase_ != phase::preparing_rebalance || is_initial_ || !pending_.empty()) return;
    const bool all = std::all_of(members_.begin(), members_.end(),
                                 [](const auto& member) { return member.joining.has_value(); });
    if (all) complete_join(now, replies);
}

bool classic_group::elect_leader() {
    const classic_member* const leader = find(leader_);
    if (leader != nullptr && leader->joining) return true;
    const auto next = std::find_if(members_.begin(), members_.end(),
                                   [](const auto& member) { return member.joining.has_value(); });
    if (next == members_.end()) return false;
    leader_ = next->id;
    return true;
}

void classic_group::complete_join(group_time now, group_replies& replies) {
    is_initial_ = false;
    // Static members that are away stay until their sessions end.
    std::erase_if(members_, [](const auto& member) { return !member.joining && !member.instance_id; });
    if (members_.empty()) leader_.clear();
    if (!elect_leader() && !members_.empty()) {
        join_end_ = now + rebalance_timeout();
        return;
    }
    join_end_.reset();
    start_generation(now, replies);
}

void classic_group::start_generation(group_time now, group_replies& replies) {
    ++generation_;
    if (members_.empty()) {
        phase_ = phase::empty;
        protocol_.clear();
        return write();
    }
    phase_ = phase::completing_rebalance;
    protocol_ = voted_protocol();
    sync_end_ = now + rebalance_timeout();
    for (classic_member& member : members_) {
        unsynced_.insert(member.id);
        if (member.joining) answer_join(member, view_for(member), now, replies);
        member.session_end = now + member.session_timeout;
    }
}

void classic_group::on_join_end(group_time now, group_replies& replies) {
    if (!is_initial_ || !grew_ || initial_left_.count() == 0) return complete_join(now, replies);
    grew_ = false;
    const auto delay = std::min(limits_->initial_rebalance_delay, initial_left_);
    initial_left_ -= delay;
    join_end_ = now + delay;
}

void classic_group::on_sync_end(group_time now, group_replies& replies) {
    sync_end_.reset();
    std::erase_if(members_, [this](const auto& member) { return unsynced_.contains(member.id); });
    unsynced_.clear();
    if (find(leader_) == nullptr) leader_ = members_.empty() ? std::string{} : members_.front().id;
    prepare_rebalance(now, replies);
}

bool classic_group::expire(std::string_view member_id, group_time now, group_replies& replies) {
    const classic_member* const member = find(member_id);
    if (member == nullptr) return false;
    remove(std::string{member_id}, broker_errc::unknown_member_id, now, replies);
    return true;
}

void classic_group::on_time(group_time now, group_replies& replies) {
    if (std::erase_if(pending_, [now](const auto& each) { return each.second <= now; }) != 0)
        complete_if_all_joined(now, replies);
    std::vector<std::string> silent;
    for (const auto& member : members_)
        if (!member.joining && !member.syncing && member.session_end <= now) silent.push_back(member.id);
    for (const std::string& id : silent)
        if (find(id) != nullptr) remove(id, broker_errc::unknown_member_id, now, replies);
    if (join_end_ && *join_end_ <= now) on_join_end(now, replies);
    if (sync_end_ && *sync_end_ <= now) on_sync_end(now, replies);
}

std::optional<group_time> classic_group::next_deadline() const {
    std::optional<group_time> first;
    const auto consider = [&first](group_time at) { first = first ? std::min(*first, at) : at; };
    for (const auto& [id, end] : pending_) consider(end);
    for (const auto& member : members_)
        if (!member.joining && !member.syncing) consider(member.session_end);
    if (join_end_) consider(*join_end_);
    if (sync_end_) consider(*sync_end_);
    return first;
}

classic_group::classic_group(const group_limits& limits, std::int32_t generation,
                             std::vector<classic_member> members, group_time now, group_replies& replies)
    : limits_{&limits},
      phase_{phase::stable},
      generation_{generation},
      protocol_type_{"consumer"},
      leader_{members.front().id},
      members_{std::move(members)} {
    protocol_ = voted_protocol();
    for (classic_member& member : members_) member.session_end = now + member.session_timeout;
    write();
    prepare_rebalance(now, replies);
}

void classic_group::dissolve(group_replies& replies) const {
    for (const auto& member : members_) {
        if (member.joining)
            fail_join(*member.joining, broker_errc::rebalance_in_progress, member.id, replies);
        if (member.syncing) fail_sync(*member.syncing, broker_errc::rebalance_in_progress, replies);
    }
}

void classic_group::on_moved(group_time now, group_replies& replies) {
    for (const auto& member : members_) {
        if (member.joining) fail_join(*member.joining, broker_errc::not_coordinator, member.id, replies);
        if (member.syncing) fail_sync(*member.syncing, broker_errc::not_coordinator, replies);
    }
    phase_ = written_.state;
    generation_ = written_.generation;
    protocol_type_ = written_.protocol_type;
    protocol_ = written_.protocol;
    leader_ = written_.leader;
    members_ = written_.members;
    pending_.clear();
    unsynced_.clear();
    join_end_.reset();
    sync_end_.reset();
    is_initial_ = false;
    for (classic_member& member : members_) {
        member.joining.reset();
        member.syncing.reset();
        member.session_end = now + member.session_timeout;
    }
}

void classic_group::abandon(group_waiter who) {
    for (classic_member& member : members_) {
        if (member.joining == who) member.joining = 0;
        if (member.syncing == who) member.syncing = 0;
    }
}

join_result classic_group::view_for(const classic_member& member) const {
    join_result view;
    view.generation = generation_;
    view.protocol_type = protocol_type_;
    view.protocol = protocol_;
    view.leader = leader_;
    view.member_id = member.id;
    if (member.id != leader_) return view;
    for (const auto& each : members_) {
        const held_bytes* const metadata = each.metadata(protocol_);
        view.members.push_back({each.id, each.instance_id, metadata == nullptr ? held_bytes{} : *metadata});
    }
    return view;
}

sync_result classic_group::assignment_for(const classic_member& member) const {
    return {broker_errc::none, protocol_type_, protocol_, member.assignment};
}

void classic_group::answer_join(classic_member& member, join_result result, group_time now,
                                group_replies& replies) {
    if (*member.joining != 0) replies.joins[*member.joining] = std::move(result);
    member.joining.reset();
    member.session_end = now + member.session_timeout;
}

void classic_group::answer_sync(classic_member& member, sync_result result, group_time now,
                                group_replies& replies) {
    if (*member.syncing != 0) replies.syncs[*member.syncing] = std::move(result);
    member.syncing.reset();
    member.session_end = now + member.session_timeout;
}

void classic_group::fail_join(group_waiter who, broker_errc error, std::string member_id,
                              group_replies& replies) {
    if (who == 0) return;
    join_result& result = replies.joins[who];
    result.error = error;
    result.member_id = std::move(member_id);
}

void classic_group::fail_sync(group_waiter who, broker_errc error, group_replies& replies) {
    if (who != 0) replies.syncs[who].error = error;
}

void classic_group::write() {
    written_ = {phase_, generation_, protocol_type_, protocol_, leader_, members_};
}

} // namespace testing
KASIO_END_NAMESPACE
