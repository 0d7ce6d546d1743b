// SPDX-License-Identifier: BSL-1.0
// Members that join, sync, stay and leave.
#include "testing/group_classic.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE
namespace testing {

const held_bytes* classic_member::metadata(std::string_view protocol) const {
    const auto at = std::find_if(protocols.begin(), protocols.end(),
                                 [&](const auto& each) { return each.first == protocol; });
    return at == protocols.end() ? nullptr : &at->second;
}

classic_member* classic_group::find(std::string_view id) {
    const auto at =
        std::find_if(members_.begin(), members_.end(), [&](const auto& member) { return member.id == id; });
    return at == members_.end() ? nullptr : &*at;
}

classic_member* classic_group::find_static(const std::optional<std::string>& instance_id) {
    if (!instance_id) return nullptr;
    const auto at = std::find_if(members_.begin(), members_.end(),
                                 [&](const auto& member) { return member.instance_id == instance_id; });
    return at == members_.end() ? nullptr : &*at;
}

broker_errc classic_group::check_member(const std::string& id,
                                        const std::optional<std::string>& instance_id) {
    if (instance_id) {
        const classic_member* const holder = find_static(instance_id);
        if (holder == nullptr) return broker_errc::unknown_member_id;
        return holder->id == id ? broker_errc::none : broker_errc::fenced_instance_id;
    }
    return find(id) == nullptr ? broker_errc::unknown_member_id : broker_errc::none;
}

bool classic_group::supports(const classic_join& asked) const {
    if (asked.protocols.empty() || asked.protocol_type.empty()) return false;
    if (members_.empty()) return true;
    if (asked.protocol_type != protocol_type_) return false;
    const auto common = common_protocols();
    return std::any_of(asked.protocols.begin(), asked.protocols.end(),
                       [&](const auto& each) { return common.contains(each.first); });
}

broker_errc classic_group::check_join(const classic_join& asked) {
    if (asked.session_timeout < limits_->min_session_timeout ||
        asked.session_timeout > limits_->max_session_timeout) {
        return broker_errc::invalid_session_timeout;
    }
    const bool known = find(asked.member_id) != nullptr || pending_.contains(asked.member_id) ||
                       find_static(asked.instance_id) != nullptr;
    if (!known && members_.size() + pending_.size() >= limits_->max_size)
        return broker_errc::group_max_size_reached;
    return supports(asked) ? broker_errc::none : broker_errc::inconsistent_group_protocol;
}

void classic_group::join(classic_join asked, group_waiter who, group_time now, group_replies& replies) {
    if (const auto error = check_join(asked); error != broker_errc::none)
        return fail_join(who, error, asked.member_id, replies);
    asked.session_timeout = limits_->scaled(asked.session_timeout);
    asked.rebalance_timeout = limits_->scaled(asked.rebalance_timeout);
    if (asked.member_id.empty()) join_new(std::move(asked), who, now, replies);
    else join_known(std::move(asked), who, now, replies);
}

void classic_group::join_new(classic_join asked, group_waiter who, group_time now, group_replies& replies) {
    asked.member_id = asked.fresh_id;
    if (find_static(asked.instance_id) != nullptr) return replace_static(std::move(asked), who, now, replies);
    if (!asked.instance_id && asked.needs_known_id) {
        pending_[asked.member_id] = now + asked.session_timeout;
        return fail_join(who, broker_errc::member_id_required, asked.member_id, replies);
    }
    add(std::move(asked), who, now, replies);
}

void classic_group::join_known(classic_join asked, group_waiter who, group_time now, group_replies& replies) {
    if (pending_.erase(asked.member_id) != 0) return add(std::move(asked), who, now, replies);
    if (const auto error = check_member(asked.member_id, asked.instance_id); error != broker_errc::none)
        return fail_join(who, error, asked.member_id, replies);
    classic_member& member = *find(asked.member_id);
    const bool same = member.protocols == asked.protocols;
    const bool is_settled = phase_ == phase::completing_rebalance
                                ? same
                                : phase_ == phase::stable && same && member.id != leader_;
    if (is_settled) {
        // It missed the answer; the generation goes on.
        member.joining = who;
        return answer_join(member, view_for(member), now, replies);
    }
    update(member, asked, who);
    rebalance_or_complete(now, replies);
}

void classic_group::add(classic_join asked, group_waiter who, group_time now, group_replies& replies) {
    if (members_.empty()) protocol_type_ = asked.protocol_type;
    classic_member member;
    member.id = asked.member_id;
    member.instance_id = asked.instance_id;
    member.client_id = std::move(asked.client_id);
    member.client_host = std::move(asked.client_host);
    update(member, asked, who);
    if (leader_.empty()) leader_ = member.id;
    members_.push_back(std::move(member));
    grew_ = true;
    rebalance_or_complete(now, replies);
}

void classic_group::update(classic_member& member, classic_join& asked, group_waiter who) {
    member.protocols = std::move(asked.protocols);
    member.session_timeout = asked.session_timeout;
    member.rebalance_timeout = asked.rebalance_timeout;
    member.joining = who;
}

void classic_group::replace_static(classic_join asked, group_waiter who, group_time now,
                                   group_replies& replies) {
    classic_member& member = *find_static(asked.instance_id);
    const std::string old_id = std::exchange(member.id, asked.member_id);
    const std::string old_leader = leader_;
    if (member.joining) fail_join(*member.joining, broker_errc::fenced_instance_id, old_id, replies);
    if (member.syncing) fail_sync(*member.syncing, broker_errc::fenced_instance_id, replies);
    member.syncing.reset();
    if (leader_ == old_id) leader_ = member.id;
    if (unsynced_.erase(old_id) != 0) unsynced_.insert(member.id);
    const bool can_skip = asked.can_skip_assignment;
    update(member, asked, who);
    if (phase_ != phase::stable || voted_protocol() != protocol_) return rebalance_or_complete(now, replies);
    // Nothing changes for the others. Older clients are told the leader's former id, or they would assign.
    join_result view = view_for(member);
    if (can_skip) {
        view.skip_assignment = leader_ == member.id;
    } else {
        view.leader = old_leader;
        view.members.clear();
    }
    write();
    answer_join(member, std::move(view), now, replies);
}

void classic_group::remove(const std::string& id, broker_errc told, group_time now, group_replies& replies) {
    const auto at =
        std::find_if(members_.begin(), members_.end(), [&](const auto& member) { return member.id == id; });
    if (at->joining) fail_join(*at->joining, told, id, replies);
    if (at->syncing) fail_sync(*at->syncing, told, replies);
    const std::string gone = id;
    members_.erase(at);
    unsynced_.erase(gone);
    if (leader_ == gone) leader_ = members_.empty() ? std::string{} : members_.front().id;
    rebalance_or_complete(now, replies);
}

void classic_group::sync(const classic_sync& asked, group_waiter who, group_time now,
                         group_replies& replies) {
    broker_errc error = check_member(asked.member_id, asked.instance_id);
    if (error == broker_errc::none && asked.generation != generation_)
        error = broker_errc::illegal_generation;
    if (error == broker_errc::none && ((asked.protocol_type && *asked.protocol_type != protocol_type_) ||
                                       (asked.protocol && *asked.protocol != protocol_))) {
        error = broker_errc::inconsistent_group_protocol;
    }
    if (error == broker_errc::none && phase_ == phase::preparing_rebalance)
        error = broker_errc::rebalance_in_progress;
    if (error != broker_errc::none) return fail_sync(who, error, replies);
    classic_member& member = *find(asked.member_id);
    member.syncing = who;
    unsynced_.erase(member.id);
    if (unsynced_.empty()) sync_end_.reset();
    if (phase_ == phase::stable) return answer_sync(member, assignment_for(member), now, replies);
    if (member.id != leader_) return;
    for (classic_member& each : members_) each.assignment = {};
    for (const auto& [id, bytes] : asked.assignments)
        if (classic_member* const owner = find(id)) owner->assignment = bytes;
    phase_ = phase::stable;
    write();
    for (classic_member& each : members_)
        if (each.syncing) answer_sync(each, assignment_for(each), now, replies);
}

broker_errc classic_group::heartbeat(const std::string& member_id,
                                     const std::optional<std::string>& instance_id, std::int32_t generation,
                                     group_time now) {
    if (const auto error = check_member(member_id, instance_id); error != broker_errc::none) return error;
    if (generation != generation_) return broker_errc::illegal_generation;
    classic_member& member = *find(member_id);
    member.session_end = now + member.session_timeout;
    return phase_ == phase::preparing_rebalance ? broker_errc::rebalance_in_progress : broker_errc::none;
}

broker_errc classic_group::leave(const std::string& member_id, const std::optional<std::string>& instance_id,
                                 group_time now, group_replies& replies) {
    if (member_id.empty() && instance_id) {
        const classic_member* const holder = find_static(instance_id);
        if (holder == nullptr) return broker_errc::unknown_member_id;
        const std::string id = holder->id;
        remove(id, broker_errc::unknown_member_id, now, replies);
        return broker_errc::none;
    }
    if (!instance_id && pending_.erase(member_id) != 0) {
        complete_if_all_joined(now, replies);
        return broker_errc::none;
    }
    if (const auto error = check_member(member_id, instance_id); error != broker_errc::none) return error;
    remove(member_id, broker_errc::unknown_member_id, now, replies);
    return broker_errc::none;
}

broker_errc classic_group::check_commit(const std::string& member_id,
                                        const std::optional<std::string>& instance_id,
                                        std::int32_t generation, bool transactional, group_time now) {
    if (generation < 0 && phase_ == phase::empty) return broker_errc::none;
    if (generation >= 0 || !member_id.empty() || instance_id) {
        if (const auto error = check_member(member_id, instance_id); error != broker_errc::none) return error;
        if (generation != generation_) return broker_errc::illegal_generation;
        classic_member& member = *find(member_id);
        member.session_end = now + member.session_timeout;
    } else if (!transactional && phase_ != phase::empty) {
        return broker_errc::unknown_member_id;
    }
    const bool refused = !transactional && phase_ == phase::completing_rebalance;
    return refused ? broker_errc::rebalance_in_progress : broker_errc::none;
}

} // namespace testing
KASIO_END_NAMESPACE
