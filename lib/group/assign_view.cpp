// SPDX-License-Identifier: BSL-1.0
#include "group/assign_view.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <string>

KASIO_BEGIN_NAMESPACE

namespace {

bool by_id(const member_subscription& a, const member_subscription& b) { return a.id < b.id; }

bool by_instance_id(const member_subscription& a, const member_subscription& b) {
    if (a.instance_id && b.instance_id) return *a.instance_id < *b.instance_id;
    if (a.instance_id || b.instance_id) return a.instance_id.has_value();
    return by_id(a, b);
}

} // namespace

assign_view::assign_view(const std::vector<member_subscription>& members,
                         const std::vector<topic_layout>& topics, member_order order) {
    place_.resize(members.size());
    std::iota(place_.begin(), place_.end(), std::size_t{0});
    std::stable_sort(place_.begin(), place_.end(), [&](std::size_t a, std::size_t b) {
        const auto& before = order == member_order::instance_id ? by_instance_id : by_id;
        return before(members[a], members[b]);
    });
    for (const std::size_t place : place_) members_.push_back(&members[place]);

    for (const auto& layout : topics)
        if (!layout.racks.empty()) topics_.push_back({&layout, 0, {}});
    std::sort(topics_.begin(), topics_.end(),
              [](const topic& a, const topic& b) { return a.layout->name < b.layout->name; });
    number_topics();
    for (index member = 0; member < member_count(); ++member)
        for (const auto& name : members_[member]->topics) {
            const auto number = find_topic(name);
            if (!number) continue;
            auto& subscribers = topics_[*number].subscribers;
            if (subscribers.empty() || subscribers.back() != member) subscribers.push_back(member);
        }
    if (std::erase_if(topics_, [](const topic& each) { return each.subscribers.empty(); }) != 0)
        number_topics();

    wanted_.resize(members_.size());
    for (index number = 0; number < topics_.size(); ++number) {
        topics_[number].first = partition_count();
        topic_of_.insert(topic_of_.end(), topics_[number].size(), number);
        for (const index member : topics_[number].subscribers) wanted_[member].push_back(number);
    }
}

void assign_view::number_topics() {
    numbers_.clear();
    numbers_.reserve(topics_.size());
    for (index number = 0; number < topics_.size(); ++number)
        numbers_.try_emplace(topics_[number].layout->name, number);
}

bool assign_view::wants(index member, index topic) const noexcept {
    return std::binary_search(wanted_[member].begin(), wanted_[member].end(), topic);
}

std::optional<assign_view::index> assign_view::find_topic(std::string_view name) const noexcept {
    const auto found = numbers_.find(name);
    if (found == numbers_.end()) return std::nullopt;
    return found->second;
}

std::optional<assign_view::index> assign_view::find(std::string_view name,
                                                    std::int32_t partition) const noexcept {
    const auto number = find_topic(name);
    if (!number || partition < 0 || static_cast<index>(partition) >= topics_[*number].size())
        return std::nullopt;
    return topics_[*number].first + static_cast<index>(partition);
}

bool assign_view::in_rack(index member, index partition) const noexcept {
    if (!has_rack(member)) return true;
    const auto& of = topics_[topic_of_[partition]];
    const auto& racks = of.layout->racks[partition - of.first];
    return std::find(racks.begin(), racks.end(), *members_[member]->rack) != racks.end();
}

bool assign_view::has_rack(index member) const noexcept {
    const auto& rack = members_[member]->rack;
    return rack && !rack->empty();
}

bool assign_view::racks_matter(const topic& of) const { return racks_matter(&of, &of + 1); }

bool assign_view::racks_matter() const {
    return racks_matter(topics_.data(), topics_.data() + topics_.size());
}

bool assign_view::racks_matter(const topic* first, const topic* end) const {
    std::set<std::string_view> wanted;
    for (const topic* of = first; of != end; ++of)
        for (const index member : of->subscribers)
            if (has_rack(member)) wanted.insert(*members_[member]->rack);
    if (wanted.empty()) return false;
    std::set<std::string_view> all;
    for (const topic* of = first; of != end; ++of)
        for (const auto& racks : of->layout->racks) all.insert(racks.begin(), racks.end());
    const bool meet =
        std::any_of(wanted.begin(), wanted.end(), [&](const auto& rack) { return all.count(rack) != 0; });
    return meet && std::any_of(first, end, [&](const topic& of) {
               const auto& partitions = of.layout->racks;
               return std::any_of(partitions.begin(), partitions.end(), [&](const auto& racks) {
                   return std::set<std::string_view>(racks.begin(), racks.end()) != all;
               });
           });
}

std::vector<member_assignment> assign_view::name(std::vector<std::vector<index>> held) const {
    std::vector<member_assignment> named(members_.size());
    for (index member = 0; member < member_count(); ++member) {
        auto& partitions = held[member];
        std::sort(partitions.begin(), partitions.end());
        auto& list = named[place_[member]].partitions;
        index last = 0;
        for (const index partition : partitions) {
            const index number = topic_of_[partition];
            const topic& of = topics_[number];
            if (list.empty() || number != last)
                list.emplace_back(of.layout->name, std::vector<std::int32_t>{});
            last = number;
            list.back().partitions.push_back(static_cast<std::int32_t>(partition - of.first));
        }
    }
    return named;
}

KASIO_END_NAMESPACE
