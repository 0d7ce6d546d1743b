// SPDX-License-Identifier: BSL-1.0
// Who comes, stays and goes.
#include "testing/group_consumer.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

group_time end_of(const consumer_member& member) {
    auto end = std::min(member.session_end, member.revoke_end.value_or(group_time::max()));
    if (member.classic) end = std::min(end, member.classic->join_end.value_or(group_time::max()));
    return end;
}

/// It has let go of all it had; what it is to have comes with the next answer.
void restart(consumer_member& member) {
    member.epoch = 0;
    member.previous_epoch = -1;
    member.state = consumer_member::phase::stable;
    member.revoking.clear();
}

} // namespace

partition_set consumer_member::partitions() const {
    partition_set all;
    for (const auto& [partition, epoch] : assigned) all.insert(partition);
    return all;
}

consumer_member* consumer_group::find(std::string_view id) {
    return const_cast<consumer_member*>(std::as_const(*this).find(id));
}

const consumer_member* consumer_group::find(std::string_view id) const {
    const auto at =
        std::find_if(members_.begin(), members_.end(), [id](const auto& member) { return member.id == id; });
    return at == members_.end() ? nullptr : &*at;
}

consumer_member* consumer_group::find_static(const std::optional<std::string>& instance_id) {
    if (!instance_id) return nullptr;
    const auto at = std::find_if(members_.begin(), members_.end(),
                                 [&](const auto& member) { return member.instance_id == instance_id; });
    return at == members_.end() ? nullptr : &*at;
}

consumer_member* consumer_group::find(const std::string& id, const std::optional<std::string>& instance_id) {
    return instance_id ? find_static(instance_id) : find(id);
}

void consumer_group::replace_static(consumer_member& holder, const std::string& id) {
    auto target = targets_.extract(holder.id);
    if (!target.empty()) targets_[id] = std::move(target.mapped());
    holder.id = id;
    restart(holder);
}

consumer_beat_result consumer_group::beat(consumer_beat asked, const group_topics& topics, group_time now) {
    if (asked.epoch < 0) return leave(asked);
    consumer_beat_result result;
    const bool is_full =
        asked.epoch == 0 || (asked.rebalance_timeout && asked.owned && (asked.topics || asked.regex));
    // Whoever joins owns nothing, whatever it had.
    if (asked.epoch == 0) asked.owned = partition_set{};
    const std::size_t size = members_.size();
    consumer_member* const member = admit(asked, result.error);
    if (member == nullptr) return result;
    const partition_set before = member->partitions();
    const bool has_changed = update(*member, asked) || members_.size() != size;
    move_on(*member, has_changed, asked.owned, topics, now);
    result.epoch = member->epoch;
    if (is_full || member->partitions() != before) result.assignment = member->partitions();
    return result;
}

void consumer_group::move_on(consumer_member& member, bool has_changed,
                             const std::optional<partition_set>& owned, const group_topics& topics,
                             group_time now) {
    group_topics wanted;
    for (const auto& each : members_)
        for (const std::string& name : wanted_by(each, topics)) wanted[name] = topics.at(name);
    if (wanted != seen_) has_changed = true;
    seen_ = std::move(wanted);
    if (has_changed) ++epoch_;
    if (epoch_ > target_epoch_) retarget(topics);
    reconcile(member, owned);
    renew(member, now);
}

broker_errc consumer_group::check_epoch(const consumer_member& member, const consumer_beat& asked) const {
    if (asked.epoch == member.epoch) return broker_errc::none;
    // The last answer may have been lost: then it has at most what it was given.
    const auto has_it = [&](const auto& partition) { return member.assigned.contains(partition); };
    const bool is_late = asked.epoch == member.previous_epoch && asked.owned &&
                         std::all_of(asked.owned->begin(), asked.owned->end(), has_it);
    return is_late ? broker_errc::none : broker_errc::fenced_member_epoch;
}

consumer_member* consumer_group::admit(const consumer_beat& asked, broker_errc& error) {
    consumer_member* const known = find(asked.member_id, asked.instance_id);
    if (asked.epoch != 0) {
        if (known == nullptr) error = broker_errc::unknown_member_id;
        else if (known->id != asked.member_id) error = broker_errc::fenced_instance_id;
        else error = check_epoch(*known, asked);
        return error == broker_errc::none ? known : nullptr;
    }
    if (known != nullptr && known->id != asked.member_id) {
        // A static member takes its place again, once whoever held it said that it left for a while. Members
        // of the classic protocol do not say that.
        if (known->epoch != leaving_for_a_while && !known->classic) {
            error = broker_errc::unreleased_instance_id;
            return nullptr;
        }
        replace_static(*known, asked.member_id);
    }
    if (known != nullptr) {
        restart(*known);
        known->classic.reset();
        return known;
    }
    if (members_.size() >= limits_->max_size) {
        error = broker_errc::group_max_size_reached;
        return nullptr;
    }
    consumer_member& joined = members_.emplace_back();
    joined.id = asked.member_id;
    joined.instance_id = asked.instance_id;
    return &joined;
}

bool consumer_group::update(consumer_member& member, const consumer_beat& asked) {
    const auto before = std::tuple{member.topics, member.regex, member.assignor, member.rack_id};
    member.client_id = asked.client_id;
    member.client_host = asked.client_host;
    if (asked.rack_id) member.rack_id = asked.rack_id;
    if (asked.rebalance_timeout) member.rebalance_timeout = limits_->scaled(*asked.rebalance_timeout);
    if (asked.topics) member.topics = *asked.topics;
    if (asked.regex) member.regex = *asked.regex;
    if (asked.assignor) member.assignor = asked.assignor;
    return before != std::tuple{member.topics, member.regex, member.assignor, member.rack_id};
}

consumer_beat_result consumer_group::leave(const consumer_beat& asked) {
    consumer_beat_result result;
    result.epoch = asked.epoch;
    consumer_member* const member = find(asked.member_id, asked.instance_id);
    if (member == nullptr) result.error = broker_errc::unknown_member_id;
    else if (member->id != asked.member_id) result.error = broker_errc::fenced_instance_id;
    else if (asked.epoch == leaving_for_a_while) member->epoch = leaving_for_a_while;
    else remove(asked.member_id);
    return result;
}

void consumer_group::remove(const std::string& id) {
    targets_.erase(id);
    std::erase_if(members_, [&](const auto& member) { return member.id == id; });
    // A group that becomes a classic one goes on with the epoch it has, which its members know.
    if (!has_only_classic_members()) ++epoch_;
}

broker_errc consumer_group::check_commit(const std::string& member_id, std::int32_t epoch,
                                         const partition_set::value_type& partition) const {
    if (epoch < 0 && members_.empty()) return broker_errc::none;
    const consumer_member* const member = find(member_id);
    if (member == nullptr) return broker_errc::unknown_member_id;
    if (epoch == member->epoch) return broker_errc::none;
    if (member->classic) return broker_errc::illegal_generation;
    // Also an older epoch, as long as it had the partition by then (KIP-1251).
    const auto given = member->assigned.find(partition);
    const bool had_it = given != member->assigned.end() && epoch >= given->second && epoch < member->epoch;
    return had_it ? broker_errc::none : broker_errc::stale_member_epoch;
}

broker_errc consumer_group::check_fetch(const std::string& member_id, std::int32_t epoch) const {
    const consumer_member* const member = find(member_id);
    if (member == nullptr) return broker_errc::unknown_member_id;
    return epoch == member->epoch ? broker_errc::none : broker_errc::stale_member_epoch;
}

std::chrono::milliseconds consumer_group::session_of(const consumer_member& member) const {
    return member.classic ? member.classic->session_timeout : session_timeout_;
}

void consumer_group::renew(consumer_member& member, group_time now) {
    member.session_end = now + session_of(member);
    if (member.state != consumer_member::phase::unrevoked) member.revoke_end.reset();
    else if (!member.revoke_end) member.revoke_end = now + member.rebalance_timeout;
}

void consumer_group::on_time(group_time now) {
    std::vector<std::string> gone;
    for (const auto& member : members_)
        if (end_of(member) <= now) gone.push_back(member.id);
    for (const std::string& id : gone) remove(id);
}

std::optional<group_time> consumer_group::next_deadline() const {
    std::optional<group_time> first;
    for (const auto& member : members_) {
        first = first ? std::min(*first, end_of(member)) : end_of(member);
    }
    return first;
}

bool consumer_group::expire(std::string_view member_id) {
    if (find(member_id) == nullptr) return false;
    remove(std::string{member_id});
    return true;
}

void consumer_group::on_moved(group_time now) {
    for (consumer_member& member : members_) {
        member.session_end = now + session_of(member);
        if (member.revoke_end) member.revoke_end = now + member.rebalance_timeout;
        if (member.classic && member.classic->join_end)
            member.classic->join_end = now + member.rebalance_timeout;
    }
}

} // namespace testing
KASIO_END_NAMESPACE
