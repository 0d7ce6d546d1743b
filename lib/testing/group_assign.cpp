// SPDX-License-Identifier: BSL-1.0
#include "testing/group_assign.hpp"

#include <algorithm>
#include <tuple>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

/// Static members first, by their instance ids; then the others by their ids.
std::vector<const assignable_member*> in_order(const std::vector<assignable_member>& members) {
    std::vector<const assignable_member*> order;
    for (const auto& member : members) order.push_back(&member);
    std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
        return std::tuple{!a->instance_id, a->instance_id.value_or(a->id)} <
               std::tuple{!b->instance_id, b->instance_id.value_or(b->id)};
    });
    return order;
}

group_targets by_range(const std::vector<assignable_member>& members, const group_topics& topics) {
    group_targets targets;
    for (const auto& member : members) targets[member.id];
    const auto order = in_order(members);
    for (const auto& [name, topic] : topics) {
        std::vector<const assignable_member*> takers;
        for (const auto* const member : order)
            if (member->topics.contains(name)) takers.push_back(member);
        std::int32_t next = 0;
        for (std::size_t i = 0; i < takers.size(); ++i) {
            const auto count = static_cast<std::int32_t>(takers.size());
            const bool gets_more = static_cast<std::int32_t>(i) < topic.partitions % count;
            for (std::int32_t left = topic.partitions / count + (gets_more ? 1 : 0); left > 0; --left)
                targets[takers[i]->id].insert({topic.id, next++});
        }
    }
    return targets;
}

/// Evenly, and sticky.
class uniform_sharing {
public:
    uniform_sharing(const std::vector<assignable_member>& members, const group_topics& topics)
        : members_{in_order(members)}, topics_{topics} {
        for (const auto& [name, topic] : topics) names_[topic.id] = name;
        for (const auto* const member : members_) targets_[member->id];
    }

    group_targets share() {
        keep();
        give_the_rest();
        while (move_one()) {
        }
        return std::move(targets_);
    }

private:
    [[nodiscard]] bool wants(const assignable_member& member, const uuid& topic) const {
        const auto name = names_.find(topic);
        return name != names_.end() && member.topics.contains(name->second);
    }

    void keep() {
        for (const auto* const member : members_) {
            for (const auto& partition : member->target) {
                const bool exists = names_.contains(partition.first) &&
                                    partition.second < topics_.at(names_.at(partition.first)).partitions;
                if (!exists || !wants(*member, partition.first)) continue;
                if (taken_.insert(partition).second) targets_[member->id].insert(partition);
            }
        }
    }

    /// Null when nobody wants the topic.
    [[nodiscard]] const assignable_member* least_loaded(const uuid& topic) {
        const assignable_member* least = nullptr;
        for (const auto* const member : members_) {
            if (!wants(*member, topic)) continue;
            if (least == nullptr || targets_[member->id].size() < targets_[least->id].size()) least = member;
        }
        return least;
    }

    void give_the_rest() {
        for (const auto& [name, topic] : topics_) {
            for (std::int32_t i = 0; i < topic.partitions; ++i) {
                if (taken_.contains({topic.id, i})) continue;
                if (const auto* const taker = least_loaded(topic.id))
                    targets_[taker->id].insert({topic.id, i});
            }
        }
    }

    /// False when nothing is left that would even things out.
    bool move_one() {
        auto givers = members_;
        std::stable_sort(givers.begin(), givers.end(), [this](const auto* a, const auto* b) {
            return targets_[a->id].size() > targets_[b->id].size();
        });
        for (const auto* const giver : givers) {
            partition_set& from = targets_[giver->id];
            // The last first: what was given last moves first.
            for (auto at = from.rbegin(); at != from.rend(); ++at) {
                const auto* const taker = least_loaded(at->first);
                if (taker == nullptr || targets_[taker->id].size() + 1 >= from.size()) continue;
                const auto partition = *at;
                from.erase(partition);
                targets_[taker->id].insert(partition);
                return true;
            }
        }
        return false;
    }

    std::vector<const assignable_member*> members_;
    const group_topics& topics_;
    std::map<uuid, std::string> names_;
    partition_set taken_;
    group_targets targets_;
};

} // namespace

bool is_server_assignor(std::string_view name) noexcept { return name == uniform_name || name == range_name; }

group_targets assign(std::string_view assignor, const std::vector<assignable_member>& members,
                     const group_topics& topics) {
    if (assignor == range_name) return by_range(members, topics);
    return uniform_sharing{members, topics}.share();
}

} // namespace testing
KASIO_END_NAMESPACE
