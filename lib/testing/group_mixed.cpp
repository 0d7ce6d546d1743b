// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
// Members of the classic protocol in a group of the other, as Kafka has them while a group moves from one to
// the other (GroupMetadataManager, `classicGroupJoinToConsumerGroup` and its neighbours).
#include "testing/group_bytes.hpp"
#include "testing/group_consumer.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

constexpr std::string_view consumers = "consumer";

bool offers(const consumer_member& member, const std::string& protocol) {
    const auto& all = member.classic->protocols;
    return std::any_of(all.begin(), all.end(), [&](const auto& each) { return each.first == protocol; });
}

partition_set owned_in(const protocol::consumer_protocol_subscription& said, const group_topics& topics) {
    std::vector<std::pair<std::string, std::int32_t>> owned;
    for (const auto& topic : said.owned_partitions)
        for (const std::int32_t partition : topic.partitions) owned.emplace_back(topic.topic, partition);
    return by_id(owned, topics);
}

} // namespace

consumer_group::consumer_group(const group_limits& limits, std::chrono::milliseconds session_timeout,
                               const classic_group& from, const group_topics& topics, group_time now)
    : limits_{&limits},
      session_timeout_{session_timeout},
      epoch_{from.generation()},
      target_epoch_{from.generation()} {
    for (const auto& each : from.members()) {
        consumer_member& member = members_.emplace_back();
        member.id = each.id;
        member.instance_id = each.instance_id;
        member.client_id = each.client_id;
        member.client_host = each.client_host;
        member.rebalance_timeout = each.rebalance_timeout;
        for (const std::string& topic : topics_of(each.protocols.front().second.view()))
            member.topics.insert(topic);
        member.classic = classic_side{each.protocols, each.session_timeout, {}};
        member.epoch = member.previous_epoch = epoch_;
        partition_set& target = targets_[each.id];
        target = by_id(partitions_of(each.assignment.view()), topics);
        for (const auto& partition : target) member.assigned.emplace(partition, epoch_);
        renew(member, now);
    }
}

broker_errc consumer_group::check_join(const classic_join& asked) {
    if (asked.session_timeout < limits_->min_session_timeout ||
        asked.session_timeout > limits_->max_session_timeout) {
        return broker_errc::invalid_session_timeout;
    }
    const auto is_common = [&](const auto& each) {
        return std::all_of(members_.begin(), members_.end(), [&](const consumer_member& member) {
            return !member.classic || member.id == asked.member_id || offers(member, each.first);
        });
    };
    if (asked.protocol_type != consumers ||
        std::none_of(asked.protocols.begin(), asked.protocols.end(), is_common) ||
        !subscription_of(asked.protocols.front().second.view())) {
        return broker_errc::inconsistent_group_protocol;
    }
    const consumer_member* const holder = find_static(asked.instance_id);
    if (holder != nullptr && !asked.member_id.empty() && holder->id != asked.member_id)
        return broker_errc::fenced_instance_id;
    const bool is_known = holder != nullptr || find(asked.member_id) != nullptr;
    if (!is_known && members_.size() >= limits_->max_size) return broker_errc::group_max_size_reached;
    const bool needs_id = asked.member_id.empty() && !asked.instance_id && asked.needs_known_id;
    return needs_id ? broker_errc::member_id_required : broker_errc::none;
}

consumer_member& consumer_group::admit(const classic_join& asked) {
    const std::string id = asked.member_id.empty() ? asked.fresh_id : asked.member_id;
    if (consumer_member* const holder = find_static(asked.instance_id);
        holder != nullptr && holder->id != id) {
        // A static member came back: whoever held its place is fenced.
        replace_static(*holder, id);
        return *holder;
    }
    if (consumer_member* const known = find(id)) return *known;
    consumer_member& joined = members_.emplace_back();
    joined.id = id;
    joined.instance_id = asked.instance_id;
    return joined;
}

bool consumer_group::update(consumer_member& member, classic_join asked, const group_topics& topics,
                            partition_set& owned) {
    const auto before = std::tuple{member.topics, member.regex, member.assignor, member.rack_id};
    member.client_id = std::move(asked.client_id);
    member.client_host = std::move(asked.client_host);
    member.rebalance_timeout = asked.rebalance_timeout;
    member.topics.clear();
    member.regex.clear();
    member.assignor.reset();
    if (const auto said = subscription_of(asked.protocols.front().second.view())) {
        member.topics.insert(said->topics.begin(), said->topics.end());
        member.rack_id = said->rack_id;
        owned = owned_in(*said, topics);
    }
    member.classic = classic_side{std::move(asked.protocols), asked.session_timeout, {}};
    return before != std::tuple{member.topics, member.regex, member.assignor, member.rack_id};
}

join_result consumer_group::join(classic_join asked, const group_topics& topics, group_time now) {
    join_result result;
    result.error = check_join(asked);
    result.member_id = result.error == broker_errc::member_id_required ? asked.fresh_id : asked.member_id;
    if (result.error != broker_errc::none) return result;
    asked.session_timeout = limits_->scaled(asked.session_timeout);
    asked.rebalance_timeout = limits_->scaled(asked.rebalance_timeout);
    const std::size_t size = members_.size();
    consumer_member& member = admit(asked);
    partition_set owned;
    const bool has_changed = update(member, std::move(asked), topics, owned) || members_.size() != size;
    move_on(member, has_changed, owned, topics, now);
    // No leader: nobody but the coordinator assigns.
    result.member_id = member.id;
    result.generation = member.epoch;
    result.protocol_type = consumers;
    result.protocol = member.classic->protocols.front().first;
    return result;
}

consumer_member* consumer_group::find_classic(const std::string& id,
                                              const std::optional<std::string>& instance_id,
                                              std::int32_t generation, broker_errc& error) {
    consumer_member* const member = find(id, instance_id);
    if (member == nullptr || !member->classic) error = broker_errc::unknown_member_id;
    else if (member->id != id) error = broker_errc::fenced_instance_id;
    else if (member->epoch != generation) error = broker_errc::illegal_generation;
    else return member;
    return nullptr;
}

bool consumer_group::must_rejoin(const consumer_member& member) const {
    using phase = consumer_member::phase;
    if (member.state == phase::unrevoked || member.epoch < epoch_) return true;
    if (member.state != phase::unreleased) return false;
    const partition_set target = target_of(member.id);
    return std::none_of(target.begin(), target.end(), [&](const auto& partition) {
        return !member.assigned.contains(partition) && is_owned_by_other(member, partition);
    });
}

sync_result consumer_group::sync(const classic_sync& asked, const group_topics& topics, group_time now) {
    sync_result result;
    consumer_member* const member =
        find_classic(asked.member_id, asked.instance_id, asked.generation, result.error);
    if (member == nullptr) return result;
    result.protocol_type = consumers;
    result.protocol = member->classic->protocols.front().first;
    if ((asked.protocol_type && *asked.protocol_type != result.protocol_type) ||
        (asked.protocol && *asked.protocol != result.protocol)) {
        result.error = broker_errc::inconsistent_group_protocol;
        return result;
    }
    // One that has to let go of something first hears what it keeps.
    if (member->epoch < epoch_ && member->state != consumer_member::phase::unrevoked) {
        if (!member->classic->join_end) member->classic->join_end = now + member->rebalance_timeout;
        result.error = broker_errc::rebalance_in_progress;
        return result;
    }
    result.assignment = assignment_bytes(member->partitions(), topics);
    return result;
}

broker_errc consumer_group::heartbeat(const std::string& member_id,
                                      const std::optional<std::string>& instance_id, std::int32_t generation,
                                      group_time now) {
    broker_errc error = broker_errc::none;
    consumer_member* const member = find_classic(member_id, instance_id, generation, error);
    if (member == nullptr) return error;
    member->session_end = now + session_of(*member);
    if (!must_rejoin(*member)) return broker_errc::none;
    if (!member->classic->join_end) member->classic->join_end = now + member->rebalance_timeout;
    return broker_errc::rebalance_in_progress;
}

broker_errc consumer_group::leave(const std::string& member_id,
                                  const std::optional<std::string>& instance_id) {
    const consumer_member* const member = find(member_id, instance_id);
    if (member == nullptr) return broker_errc::unknown_member_id;
    if (!member_id.empty() && member->id != member_id) return broker_errc::fenced_instance_id;
    const std::string id = member->id;
    remove(id);
    return broker_errc::none;
}

bool consumer_group::is_classic(std::string_view member_id) const {
    const consumer_member* const member = find(member_id);
    return member != nullptr && member->classic;
}

bool consumer_group::has_only_classic_members() const {
    return !members_.empty() && std::all_of(members_.begin(), members_.end(),
                                            [](const auto& member) { return member.classic.has_value(); });
}

std::vector<classic_member> consumer_group::classic_members(const group_topics& topics) const {
    std::vector<classic_member> all;
    for (const auto& member : members_) {
        classic_member& each = all.emplace_back();
        each.id = member.id;
        each.instance_id = member.instance_id;
        each.client_id = member.client_id;
        each.client_host = member.client_host;
        each.session_timeout = member.classic->session_timeout;
        each.rebalance_timeout = member.rebalance_timeout;
        each.protocols = member.classic->protocols;
        each.assignment = assignment_bytes(member.partitions(), topics);
    }
    return all;
}

} // namespace testing
KASIO_END_NAMESPACE
