// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#include <kasio/assignor.hpp>
#include "group/assign_view.hpp"

#include <algorithm>
#include <map>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

using index = assign_view::index;

/// The shares of one topic while it is given out.
class topic_shares {
public:
    topic_shares(const assign_view& view, index number)
        : view_{view},
          topic_{view.topics()[number]},
          counts_(topic_.subscribers.size()),
          given_(topic_.size()),
          share_{topic_.size() / static_cast<index>(counts_.size())},
          extra_{topic_.size() % static_cast<index>(counts_.size())} {}

    [[nodiscard]] const assign_view::topic& topic() const noexcept { return topic_; }
    [[nodiscard]] bool full(std::size_t subscriber) const noexcept { return room(subscriber) == 0; }
    [[nodiscard]] bool in_rack(std::size_t subscriber, index partition) const noexcept {
        return view_.in_rack(topic_.subscribers[subscriber], topic_.first + partition);
    }

    void give(std::size_t subscriber, index partition, std::vector<std::vector<index>>& held) {
        held[topic_.subscribers[subscriber]].push_back(topic_.first + partition);
        given_[partition] = true;
        if (++counts_[subscriber] > share_) --extra_;
    }

    /// Each subscriber in turn takes the first partitions that are left, up to its share.
    void give_ranges(bool in_racks_only, std::vector<std::vector<index>>& held) {
        for (std::size_t subscriber = 0; subscriber < counts_.size(); ++subscriber) {
            // The room is measured once, as it was before: whoever takes the extra partition ends the extras
            // of others, not its own.
            index left = room(subscriber);
            for (index partition = 0; partition < topic_.size() && left > 0; ++partition) {
                if (given_[partition] || (in_racks_only && !in_rack(subscriber, partition))) continue;
                give(subscriber, partition, held);
                --left;
            }
        }
    }

private:
    [[nodiscard]] index room(std::size_t subscriber) const noexcept {
        const index most = share_ + (extra_ > 0 ? 1 : 0);
        return most > counts_[subscriber] ? most - counts_[subscriber] : 0;
    }

    const assign_view& view_;
    const assign_view::topic& topic_;
    std::vector<index> counts_;
    std::vector<bool> given_;
    index share_;
    index extra_;
};

/// Topics of one size with the same subscribers: partition n of all of them goes to one member, so that
/// who joins topics by key finds both sides in one place. That comes before racks.
void give_aligned(const std::vector<topic_shares*>& topics, std::vector<std::vector<index>>& held) {
    const auto& first = topics.front()->topic();
    for (index partition = 0; partition < first.size(); ++partition)
        for (std::size_t subscriber = 0; subscriber < first.subscribers.size(); ++subscriber) {
            const bool fits = std::all_of(topics.begin(), topics.end(), [&](const topic_shares* each) {
                return !each->full(subscriber) && each->in_rack(subscriber, partition);
            });
            if (!fits) continue;
            for (topic_shares* each : topics) each->give(subscriber, partition, held);
            break;
        }
}

void give_by_racks(const assign_view& view, std::vector<topic_shares>& shares,
                   std::vector<std::vector<index>>& held) {
    std::map<std::pair<std::vector<index>, index>, std::vector<topic_shares*>> alike;
    for (auto& each : shares) alike[{each.topic().subscribers, each.topic().size()}].push_back(&each);
    for (const auto& [key, topics] : alike) {
        const bool any_rack = std::any_of(key.first.begin(), key.first.end(), [&](index member) {
            const auto& rack = view.member(member).rack;
            return rack && !rack->empty();
        });
        if (topics.size() > 1 && any_rack) give_aligned(topics, held);
        else if (topics.size() == 1 && view.racks_matter(topics.front()->topic()))
            topics.front()->give_ranges(true, held);
    }
}

class range final : public assignor {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "range"; }

    [[nodiscard]] std::vector<member_assignment> assign(
        const std::vector<member_subscription>& members,
        const std::vector<topic_layout>& topics) const override {
        const assign_view view{members, topics, assign_view::member_order::instance_id};
        std::vector<std::vector<index>> held(members.size());
        std::vector<topic_shares> shares;
        shares.reserve(view.topics().size());
        for (index number = 0; number < view.topics().size(); ++number) shares.emplace_back(view, number);
        if (std::any_of(view.topics().begin(), view.topics().end(),
                        [&](const assign_view::topic& each) { return view.racks_matter(each); }))
            give_by_racks(view, shares, held);
        for (auto& each : shares) each.give_ranges(false, held);
        return view.name(std::move(held));
    }
};

class round_robin final : public assignor {
public:
    [[nodiscard]] std::string_view name() const noexcept override { return "roundrobin"; }

    [[nodiscard]] std::vector<member_assignment> assign(
        const std::vector<member_subscription>& members,
        const std::vector<topic_layout>& topics) const override {
        const assign_view view{members, topics, assign_view::member_order::instance_id};
        std::vector<std::vector<index>> held(members.size());
        index next = 0;
        for (index partition = 0; partition < view.partition_count(); ++partition) {
            // Each topic in the view has a subscriber, so this ends.
            while (!view.wants(next, view.topic_of(partition))) next = (next + 1) % view.member_count();
            held[next].push_back(partition);
            next = (next + 1) % view.member_count();
        }
        return view.name(std::move(held));
    }
};

} // namespace

std::shared_ptr<assignor> range_assignor() { return std::make_shared<range>(); }
std::shared_ptr<assignor> round_robin_assignor() { return std::make_shared<round_robin>(); }

std::shared_ptr<assignor> find_assignor(std::string_view name) {
    for (const auto& make :
         {range_assignor, round_robin_assignor, sticky_assignor, cooperative_sticky_assignor}) {
        auto made = make();
        if (made->name() == name) return made;
    }
    return nullptr;
}

KASIO_END_NAMESPACE
