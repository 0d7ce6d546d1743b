// SPDX-License-Identifier: BSL-1.0
#include "group/leader_duties.hpp"

#include "group/member_bytes.hpp"

#include <algorithm>
#include <exception>
#include <set>

KASIO_BEGIN_NAMESPACE

leader_duties::leader_duties(const protocol::join_group_response& answer) {
    for (const auto& each : answer.members) {
        member_subscription member;
        const bool known = std::any_of(members_.begin(), members_.end(),
                                       [&](const auto& other) { return other.id == each.member_id; });
        if (known) continue;
        if (decode_subscription(each.metadata, member)) {
            unreadable_.push_back(each.member_id);
            continue;
        }
        member.id = each.member_id;
        member.instance_id = each.group_instance_id;
        members_.push_back(std::move(member));
    }
}

std::vector<std::string> leader_duties::topics() const {
    std::set<std::string> all;
    for (const auto& each : members_) all.insert(each.topics.begin(), each.topics.end());
    return {all.begin(), all.end()};
}

error_code leader_duties::share_out(const assignor& by, const std::vector<topic_layout>& layouts) {
    assignments_.clear();
    std::vector<member_assignment> shares;
    try {
        shares = by.assign(members_, layouts);
    } catch (const std::exception&) {
        return errc::invalid_argument;
    }
    if (shares.size() != members_.size()) return errc::invalid_argument;
    std::set<std::pair<std::string, std::int32_t>> given;
    for (std::size_t at = 0; at < members_.size(); ++at) {
        for (const auto& topic : shares[at].partitions) {
            for (const auto number : topic.partitions) {
                if (!given.emplace(topic.topic, number).second) return errc::invalid_argument;
            }
        }
        assignments_.emplace_back(members_[at].id, encode_assignment(shares[at]));
    }
    for (const auto& id : unreadable_) assignments_.emplace_back(id, encode_assignment({}));
    return {};
}

KASIO_END_NAMESPACE
