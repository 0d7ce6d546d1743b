// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "groups.hpp"
#include "support/catch.hpp"

#include <kasio/assignor.hpp>
#include "group/sticky_user_data.hpp"

#include <map>
#include <set>
#include <utility>

// Situations that the tests of Kafka's own client state, told as facts in tables.
namespace kasio_test {

using racks = std::vector<std::string>;

/// `t=6,u=7`: topics and their sizes. Each broker stands in one of the racks ("-": in none), and the
/// replicas of partitions stand on one broker after the other, on and on through all topics.
inline std::vector<topic_layout> spread(std::string_view sizes, std::size_t replicas, const racks& brokers) {
    std::vector<topic_layout> made;
    std::size_t next = 0;
    for (const auto& each : split(sizes, ',')) {
        const auto equals = each.find('=');
        made.emplace_back(each.substr(0, equals), std::stoul(each.substr(equals + 1)));
        for (auto& of : made.back().racks) {
            for (std::size_t i = 0; i < replicas; ++i)
                if (const auto& rack = brokers[(next + i) % brokers.size()];
                    rack != "-" && std::find(of.begin(), of.end(), rack) == of.end())
                    of.push_back(rack);
            ++next;
        }
    }
    return made;
}

/// Tells what it owns in the way of that assignor.
inline void own(const assignor& by, member_subscription& member, partition_list owned, int generation) {
    member.owned = std::move(owned);
    member.generation = generation;
    member.user_data = by.user_data(member.owned, generation).value_or("");
    if (by.name() == "sticky") member.owned.clear();
}

inline partition_list owned_by(const assignor& by, const member_subscription& member) {
    if (by.name() != "sticky") return member.owned;
    const auto read = decode_sticky(member.user_data);
    return read ? read->partitions : partition_list{};
}

inline std::vector<member_subscription> members_of(const assignor& by, const std::vector<std::string>& all) {
    std::vector<member_subscription> made;
    for (const auto& each : all) {
        made.push_back(member(each));
        own(by, made.back(), made.back().owned, made.back().generation);
    }
    return made;
}

struct fact {
    const char* what;
    const char* sizes;
    std::vector<std::string> members;
    const char* result;
};

/// What racks brokers and members have; with both, every partition is in every rack.
enum class rack_use : std::uint8_t { none, brokers, both };
constexpr rack_use rack_uses[] = {rack_use::none, rack_use::brokers, rack_use::both};

inline std::vector<topic_layout> spread(std::string_view sizes, rack_use use) {
    return spread(sizes, 3, use == rack_use::none ? racks{"-", "-", "-"} : racks{"a", "b", "c"});
}

inline void give_racks(std::vector<member_subscription>& members, rack_use use) {
    for (std::size_t i = 0; i < members.size(); ++i)
        if (use == rack_use::both) members[i].rack = std::string(1, static_cast<char>('a' + i % 3));
}

inline void check_facts(const std::shared_ptr<assignor>& by, const std::vector<fact>& all) {
    for (const auto& each : all)
        for (const auto use : rack_uses) {
            INFO(by->name() << ": " << each.what << ", racks " << static_cast<int>(use));
            auto members = members_of(*by, each.members);
            give_racks(members, use);
            CHECK(text_of(members, by->assign(members, spread(each.sizes, use))) == each.result);
        }
}

/// A group that rebalances on, as often as its assignor needs: who has to let go of something joins again.
class sticky_group {
public:
    sticky_group(std::shared_ptr<assignor> by, rack_use use) : by_{std::move(by)}, use_{use} {}

    /// A new member, or a known one that says something else.
    void join(const std::string& text) {
        auto made = members_of(*by_, {text}).front();
        if (use_ == rack_use::both) made.rack = std::string(1, static_cast<char>('a' + joined_++ % 3));
        members_[made.id] = std::move(made);
    }
    void leave(const std::string& id) { members_.erase(id); }
    void want(const std::string& id, const std::string& topics) {
        members_.at(id).topics = split(topics, ',');
    }
    [[nodiscard]] bool has(const std::string& id) const { return members_.count(id) != 0; }
    [[nodiscard]] partition_list of(const std::string& id) const { return owned_by(*by_, members_.at(id)); }

    /// The answer of the first rebalance is kept too: in it nothing is given away that others still have.
    std::string settle(std::string_view sizes) {
        const auto topics = spread(sizes, use_);
        std::string text;
        for (int round = 0; round < 5; ++round) {
            std::vector<member_subscription> all;
            for (const auto& [id, each] : members_) all.push_back(each);
            const auto assigned = by_->assign(all, topics);
            text = text_of(all, assigned);
            if (round == 0) first = text;
            std::size_t revoked = 0;
            ++generation_;
            for (std::size_t i = 0; i < all.size(); ++i) {
                const auto before = owned_by(*by_, all[i]);
                revoked += count(before) - shared(before, assigned[i].partitions);
                own(*by_, members_[all[i].id], assigned[i].partitions, generation_);
            }
            if (by_->protocol() == rebalance_protocol::eager || revoked == 0) {
                check_balance(topics);
                return text;
            }
        }
        FAIL("a group that never settles");
        return text;
    }

    std::string first;

private:
    /// Each gets what it wants, nothing has two owners or none, and nothing could move to who has two less.
    void check_balance(const std::vector<topic_layout>& topics) const {
        std::map<std::string, std::size_t> least, total;
        for (const auto& [id, each] : members_)
            for (const auto& topic : std::set<std::string>(each.topics.begin(), each.topics.end())) {
                const auto size = count(of(id));
                const auto [at, is_new] = least.emplace(topic, size);
                if (!is_new) at->second = std::min(at->second, size);
            }
        std::set<std::pair<std::string, std::int32_t>> owned;
        bool right = true;
        for (const auto& [id, each] : members_)
            for (const auto& [topic, numbers] : of(id)) {
                const bool wanted =
                    std::find(each.topics.begin(), each.topics.end(), topic) != each.topics.end();
                right = right && wanted && count(of(id)) <= least.at(topic) + 1;
                for (const auto number : numbers) right = right && owned.emplace(topic, number).second;
            }
        CHECK(right);
        std::size_t all = 0;
        for (const auto& topic : topics)
            if (least.count(topic.name) != 0) all += topic.racks.size();
        CHECK(owned.size() == all);
    }

    std::shared_ptr<assignor> by_;
    rack_use use_;
    int joined_ = 0;
    /// Above all that facts name.
    int generation_ = 20;
    std::map<std::string, member_subscription> members_;
};

/// What comes out once nobody has to let go of anything any more.
inline void check_settled(const std::shared_ptr<assignor>& by, const std::vector<fact>& all) {
    for (const auto& each : all)
        for (const auto use : rack_uses) {
            INFO(by->name() << ": " << each.what << ", racks " << static_cast<int>(use));
            sticky_group group{by, use};
            for (const auto& joins : each.members) group.join(joins);
            const auto settled = group.settle(each.sizes);
            if (*each.result != 0) CHECK(settled == each.result);
        }
}

struct rack_fact {
    const char* sizes;
    std::size_t replicas;
    racks brokers;
    racks members;
    /// By member.
    std::vector<std::string> topics;
    std::vector<std::string> owned;
    std::vector<std::string> result;
    /// Partitions that members got from other racks; -1: not stated.
    int strangers;
};

inline void check_racks(const std::shared_ptr<assignor>& by, const std::vector<rack_fact>& all) {
    for (const auto& each : all) {
        std::vector<member_subscription> members;
        std::string expected;
        for (std::size_t i = 0; i < each.members.size(); ++i) {
            const std::string id = 'm' + std::to_string(i);
            const auto owned = each.owned.empty() ? std::string{} : each.owned[i];
            members.push_back(
                member(id + "|-|" + each.members[i] + '|' + each.topics[i] + '|' + owned + "|-1"));
            expected += (i ? " " : "") + id + '=' + each.result[i];
        }
        const auto layout = spread(each.sizes, each.replicas, each.brokers);
        const auto assigned = by->assign(members, layout);
        INFO(by->name() << ' ' << each.replicas << " of " << each.brokers.size() << " brokers, "
                        << each.members[0] << ' ' << each.strangers);
        CHECK(text_of(members, assigned) == expected);
        int strangers = 0;
        for (std::size_t i = 0; i < members.size(); ++i)
            for (const auto& [topic, numbers] : assigned[i].partitions)
                for (const auto number : numbers)
                    for (const auto& of : layout)
                        if (of.name == topic && members[i].rack) {
                            const auto& in = of.racks[static_cast<std::size_t>(number)];
                            strangers += std::find(in.begin(), in.end(), *members[i].rack) == in.end();
                        }
        if (each.strangers >= 0) CHECK(strangers == each.strangers);
    }
}

} // namespace kasio_test
