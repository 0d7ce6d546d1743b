// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
// What each member is to have, and how it gets there.
#include "testing/group_consumer.hpp"

#include <algorithm>
#include <regex>

KASIO_BEGIN_NAMESPACE
namespace testing {

bool is_regex(const std::string& text) {
    try {
        const std::regex compiled{text};
        return true;
    } catch (const std::regex_error&) {
        return false;
    }
}

std::set<std::string> consumer_group::wanted_by(const consumer_member& member,
                                                const group_topics& topics) const {
    std::set<std::string> wanted;
    for (const std::string& name : member.topics)
        if (topics.contains(name)) wanted.insert(name);
    if (member.regex.empty()) return wanted;
    const std::regex pattern{member.regex};
    for (const auto& [name, topic] : topics)
        if (std::regex_match(name, pattern)) wanted.insert(name);
    return wanted;
}

bool consumer_group::is_subscribed(const std::string& topic) const { return seen_.contains(topic); }

std::string consumer_group::assignor() const {
    std::map<std::string, std::size_t> votes;
    for (const auto& member : members_)
        if (member.assignor) ++votes[*member.assignor];
    const auto most = std::max_element(votes.begin(), votes.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == votes.end() ? std::string{uniform_name} : most->first;
}

partition_set consumer_group::target_of(const std::string& member_id) const {
    const auto at = targets_.find(member_id);
    return at == targets_.end() ? partition_set{} : at->second;
}

void consumer_group::retarget(const group_topics& topics) {
    std::vector<assignable_member> members;
    for (const auto& member : members_)
        members.push_back({member.id, member.instance_id, wanted_by(member, topics), target_of(member.id)});
    targets_ = assign(assignor(), members, topics);
    target_epoch_ = epoch_;
}

bool consumer_group::is_owned_by_other(const consumer_member& member,
                                       const partition_set::value_type& partition) const {
    return std::any_of(members_.begin(), members_.end(), [&](const auto& other) {
        return &other != &member &&
               (other.assigned.contains(partition) || other.revoking.contains(partition));
    });
}

void consumer_group::reconcile(consumer_member& member, const std::optional<partition_set>& owned) {
    if (member.state == consumer_member::phase::unrevoked) {
        const auto still_has = [&](const auto& partition) { return owned->contains(partition); };
        if (!owned || std::any_of(member.revoking.begin(), member.revoking.end(), still_has)) return;
        member.revoking.clear();
        // It let go: its next epoch may begin.
        member.previous_epoch = member.epoch++;
        return advance(member, owned);
    }
    if (member.state == consumer_member::phase::stable && member.epoch == target_epoch_) return;
    advance(member, owned);
}

void consumer_group::advance(consumer_member& member, const std::optional<partition_set>& owned) {
    const partition_set target = target_of(member.id);
    member.revoking.clear();
    bool still_has = false;
    for (auto at = member.assigned.begin(); at != member.assigned.end();) {
        if (target.contains(at->first)) {
            ++at;
            continue;
        }
        member.revoking.insert(at->first);
        // Whoever does not say what it has, has it.
        still_has = still_has || !owned || owned->contains(at->first);
        at = member.assigned.erase(at);
    }
    if (still_has) {
        member.state = consumer_member::phase::unrevoked;
        return;
    }
    member.revoking.clear();
    bool waits = false;
    for (const auto& partition : target) {
        if (member.assigned.contains(partition)) continue;
        if (is_owned_by_other(member, partition)) waits = true;
        else member.assigned.emplace(partition, target_epoch_);
    }
    member.state = waits ? consumer_member::phase::unreleased : consumer_member::phase::stable;
    if (member.epoch == target_epoch_) return;
    member.previous_epoch = member.epoch;
    member.epoch = target_epoch_;
}

std::string_view consumer_group::state_name() const {
    if (members_.empty()) return "Empty";
    if (epoch_ > target_epoch_) return "Assigning";
    const bool settled = std::all_of(members_.begin(), members_.end(), [this](const auto& member) {
        return member.state == consumer_member::phase::stable && member.epoch == target_epoch_;
    });
    return settled ? "Stable" : "Reconciling";
}

} // namespace testing
KASIO_END_NAMESPACE
