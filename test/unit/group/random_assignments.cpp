// SPDX-License-Identifier: BSL-1.0
// Random groups: what must hold of every assignment.
#include "groups.hpp"
#include "support/catch.hpp"

#include <kasio/assignor.hpp>
#include "group/sticky_user_data.hpp"

#include <kasio/metadata.hpp>

#include <map>
#include <random>
#include <set>

using namespace kasio_test;

namespace {

/// Millions of checks: Catch's own would take most of the time.
void must(bool holds) {
    if (!holds) FAIL("an assignment breaks its rules");
}

using owners = std::map<topic_partition, std::size_t>;

struct random_group {
    std::vector<member_subscription> members;
    std::vector<topic_layout> topics;
    bool same_topics = false;
};

random_group make_group(std::mt19937& random) {
    random_group made;
    const auto below = [&](unsigned end) { return random() % end; };
    for (unsigned t = 0; t < 1 + below(5); ++t) {
        made.topics.emplace_back("t" + std::to_string(t), 1 + below(9));
        if (below(2) == 0)
            for (auto& racks : made.topics.back().racks)
                racks = {std::string(1, static_cast<char>('a' + below(3)))};
    }
    made.same_topics = below(2) == 0;
    for (unsigned m = 0; m < 1 + below(7); ++m) {
        auto& each = made.members.emplace_back();
        each.id = "m" + std::to_string(m);
        if (below(4) == 0) each.instance_id = "i" + std::to_string(below(1000) * 10 + m);
        if (below(3) == 0) each.rack = std::string(1, static_cast<char>('a' + below(3)));
        for (const auto& topic : made.topics)
            if (made.same_topics || below(3) > 0) each.topics.push_back(topic.name);
    }
    return made;
}

/// Checks that each partition somebody wants has one owner, who wants it; `held_back` allows for none.
owners owners_of(const random_group& group, const std::vector<member_assignment>& assigned, bool held_back) {
    owners all;
    for (std::size_t m = 0; m < group.members.size(); ++m)
        for (const auto& [topic, numbers] : assigned.at(m).partitions)
            for (const auto number : numbers) {
                const auto& wanted = group.members[m].topics;
                must(std::count(wanted.begin(), wanted.end(), topic) == 1);
                must(all.emplace(topic_partition{topic, number}, m).second);
            }
    for (const auto& topic : group.topics) {
        const bool wanted = std::any_of(group.members.begin(), group.members.end(), [&](const auto& m) {
            return std::count(m.topics.begin(), m.topics.end(), topic.name) != 0;
        });
        for (std::size_t p = 0; p < topic.racks.size(); ++p) {
            const bool owned = all.count({topic.name, static_cast<std::int32_t>(p)}) != 0;
            must((owned == wanted || (held_back && !owned)));
        }
    }
    return all;
}

/// No single partition could move to someone with two less.
void check_balance(const random_group& group, const std::vector<member_assignment>& assigned) {
    for (std::size_t a = 0; a < group.members.size(); ++a)
        for (const auto& each : assigned[a].partitions)
            for (std::size_t b = 0; b < group.members.size(); ++b) {
                const auto& wanted = group.members[b].topics;
                if (std::count(wanted.begin(), wanted.end(), each.topic) == 0) continue;
                must(count(assigned[a].partitions) <= count(assigned[b].partitions) + 1);
            }
}

/// Who got a partition that another member claims has the better claim.
void check_claims(const random_group& group, const owners& all) {
    for (const auto& [partition, owner] : all) {
        const auto claims = [&, &named = partition](std::size_t m) {
            return shared({{named.topic, {named.partition}}}, group.members[m].owned) != 0;
        };
        for (std::size_t m = 0; m < group.members.size(); ++m)
            if (m != owner && claims(m)) {
                must(claims(owner));
                must(group.members[owner].generation > group.members[m].generation);
            }
    }
}

void own(member_subscription& member, const member_assignment& assigned, std::int32_t generation) {
    member.owned = assigned.partitions;
    member.generation = generation;
    member.user_data = encode_sticky(member.owned, generation);
}

} // namespace

TEST_CASE("in ten thousand random assignments every partition has one owner") {
    std::mt19937 random{1};
    for (int round = 0; round < 2500; ++round) {
        const auto group = make_group(random);
        for (const char* name : {"range", "roundrobin", "sticky", "cooperative-sticky"}) {
            const auto assigned = find_assignor(name)->assign(group.members, group.topics);
            owners_of(group, assigned, false);
            if (std::string_view{name}.find("sticky") != std::string_view::npos)
                check_balance(group, assigned);
        }
    }
}

TEST_CASE("in thousands of random changes sticky stays balanced and moves no more than it must") {
    std::mt19937 random{2};
    const auto by = sticky_assignor();
    for (int round = 0; round < 3000; ++round) {
        auto group = make_group(random);
        const auto first = by->assign(group.members, group.topics);
        for (std::size_t m = 0; m < group.members.size(); ++m) own(group.members[m], first[m], 1);
        // Nothing changed: nothing moves.
        CHECK(by->assign(group.members, group.topics) == first);
        // One leaves, one comes, a topic grows.
        if (group.members.size() > 1 && random() % 2 == 0) group.members.erase(group.members.begin());
        if (random() % 2 == 0) {
            group.members.push_back(group.members.back());
            group.members.back().id = "new";
            group.members.back().owned.clear();
            group.members.back().user_data.clear();
        }
        if (random() % 3 == 0) group.topics[0].racks.emplace_back();
        const auto second = by->assign(group.members, group.topics);
        const auto all = owners_of(group, second, false);
        check_balance(group, second);
        if (!group.same_topics) continue;
        // Each may keep up to its share, and as many as there are larger shares one more.
        const std::size_t share = all.size() / group.members.size();
        std::size_t larger = all.size() % group.members.size();
        std::size_t could_keep = 0, kept = 0;
        for (std::size_t m = 0; m < group.members.size(); ++m) {
            const auto had = count(group.members[m].owned);
            could_keep += std::min(had, share + (had > share && larger > 0 ? 1 : 0));
            if (had > share && larger > 0) --larger;
            kept += shared(group.members[m].owned, second[m].partitions);
        }
        // For the sake of racks more may move.
        const bool racks = std::any_of(group.members.begin(), group.members.end(),
                                       [](const auto& each) { return each.rack.has_value(); });
        CHECK((kept == could_keep || (racks && kept < could_keep)));
    }
}

TEST_CASE("cooperative-sticky never gives away what another still has, and is soon done") {
    std::mt19937 random{3};
    const auto by = cooperative_sticky_assignor();
    for (int round = 0; round < 2000; ++round) {
        auto group = make_group(random);
        // Members claim at random, in two generations, some of them the same.
        for (auto& each : group.members) {
            each.generation = static_cast<std::int32_t>(random() % 2) + 1;
            for (const auto& topic : each.topics) {
                each.owned.emplace_back(topic, std::vector<std::int32_t>{});
                for (std::int32_t p = 0; p < 9; ++p)
                    if (random() % 3 == 0) each.owned.back().partitions.push_back(p);
            }
        }
        // With equal wishes two rounds do; with different ones, or with racks, a round may free what moves
        // again in the next.
        std::vector<member_assignment> assigned;
        const bool racks = std::any_of(group.members.begin(), group.members.end(),
                                       [](const auto& each) { return each.rack.has_value(); });
        const int most = group.same_topics && !racks ? 2 : 5;
        for (int turn = 1; turn <= most; ++turn) {
            assigned = by->assign(group.members, group.topics);
            check_claims(group, owners_of(group, assigned, true));
            for (std::size_t m = 0; m < group.members.size(); ++m)
                own(group.members[m], assigned[m], 2 + turn);
        }
        owners_of(group, assigned, false);
        check_balance(group, assigned);
        CHECK(by->assign(group.members, group.topics) == assigned);
    }
}
