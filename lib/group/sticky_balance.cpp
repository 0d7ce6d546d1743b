// SPDX-License-Identifier: BSL-1.0
#include "group/sticky_balance.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

using index = assign_view::index;
using holdings = std::vector<std::vector<index>>;
constexpr index nobody = sticky_claims::nobody;

std::vector<index> unheld(const assign_view& view, const holdings& held) {
    std::vector<bool> taken(view.partition_count());
    for (const auto& partitions : held)
        for (const index partition : partitions) taken[partition] = true;
    std::vector<index> left;
    for (index partition = 0; partition < view.partition_count(); ++partition)
        if (!taken[partition]) left.push_back(partition);
    return left;
}

/// All want the same topics: quotas say it all.
class even_shares {
public:
    even_shares(const assign_view& view, const sticky_claims& claims)
        : view_{view},
          held_(view.member_count()),
          least_{view.partition_count() / view.member_count()},
          larger_{view.partition_count() % view.member_count()} {
        for (index member = 0; member < view.member_count(); ++member) {
            const auto& kept = claims.kept(member);
            std::size_t count = std::min<std::size_t>(kept.size(), least_);
            if (kept.size() > least_ && larger_ > 0) {
                count = least_ + 1;
                --larger_;
            }
            held_[member].assign(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(count));
        }
    }

    holdings fill() && {
        auto left = unheld(view_, held_);
        const bool racks = std::any_of(view_.topics().begin(), view_.topics().end(),
                                       [&](const auto& each) { return view_.racks_matter(each); });
        if (racks) left = fill_by_racks(left);
        fill_in_turn(left);
        return std::move(held_);
    }

private:
    /// Gives partitions to members in their racks that are below the common share; what is left comes back.
    std::vector<index> fill_by_racks(const std::vector<index>& partitions) {
        std::vector<index> left;
        index start = 0;
        for (const index partition : partitions) {
            index taker = nobody;
            for (index step = 0; step < view_.member_count() && taker == nobody; ++step) {
                const index member = (start + step) % view_.member_count();
                if (held_[member].size() < least_ && view_.in_rack(member, partition)) taker = member;
            }
            if (taker == nobody) {
                left.push_back(partition);
            } else {
                held_[taker].push_back(partition);
                start = (taker + 1) % view_.member_count();
            }
        }
        return left;
    }

    /// Java's order: in turn to those below the common share; whoever reaches it queues up for one more.
    void fill_in_turn(const std::vector<index>& partitions) {
        std::vector<index> below;
        std::vector<index> ready;
        for (index member = 0; member < view_.member_count(); ++member) {
            if (held_[member].size() < least_) below.push_back(member);
            else if (held_[member].size() == least_) ready.push_back(member);
        }
        auto next = partitions.begin();
        while (!below.empty() && next != partitions.end()) {
            std::vector<index> still_below;
            for (const index member : below) {
                if (next == partitions.end()) break;
                held_[member].push_back(*next++);
                (held_[member].size() < least_ ? still_below : ready).push_back(member);
            }
            below = std::move(still_below);
        }
        for (auto member = ready.begin(); next != partitions.end(); ++member)
            held_[*member].push_back(*next++);
    }

    const assign_view& view_;
    holdings held_;
    /// What everyone gets, and how many may still get one more.
    index least_;
    index larger_;
};

/// Members want different topics. Each starts with what it had, the rest goes to whoever has least; then
/// partitions move along chains (a gives to b, b gives to c) from the most to the least loaded, as long as
/// that brings them closer.
class uneven_shares {
public:
    uneven_shares(const assign_view& view, const sticky_claims& claims)
        : view_{view},
          held_(view.member_count()),
          former_(view.partition_count(), nobody),
          came_by_(view.member_count()),
          seen_topic_(view.topics().size()),
          seen_(view.member_count()) {
        for (index member = 0; member < view.member_count(); ++member) {
            held_[member] = claims.kept(member);
            for (const index partition : held_[member]) former_[partition] = member;
        }
    }

    holdings fill() && {
        auto left = unheld(view_, held_);
        std::stable_sort(left.begin(), left.end(),
                         [&](index a, index b) { return subscribers(a).size() < subscribers(b).size(); });
        for (const index partition : left) {
            const auto& takers = subscribers(partition);
            held_[*std::min_element(takers.begin(), takers.end(), [&](index a, index b) {
                return held_[a].size() < held_[b].size();
            })].push_back(partition);
        }
        balance();
        while (give_back()) {
        }
        return std::move(held_);
    }

private:
    struct step {
        index from = nobody;
        index partition = 0;
    };

    [[nodiscard]] const std::vector<index>& subscribers(index partition) const {
        return view_.topics()[view_.topic_of(partition)].subscribers;
    }

    void balance() {
        std::set<std::pair<std::size_t, index>> open;
        for (index member = 0; member < view_.member_count(); ++member)
            open.insert({held_[member].size(), member});
        while (!open.empty()) {
            const index from = open.rbegin()->second;
            const auto to = find_lighter(from);
            if (!to) {
                // Nobody who can be reached from here is lighter by two, and none of those who stay open is
                // heavier: all that were reached are done for good.
                for (const index member : reached_) open.erase({held_[member].size(), member});
                continue;
            }
            open.erase({held_[from].size(), from});
            open.erase({held_[*to].size(), *to});
            move_along(*to);
            open.insert({held_[from].size(), from});
            open.insert({held_[*to].size(), *to});
        }
    }

    /// The nearest member to which partitions can wander, and which has at least two less.
    std::optional<index> find_lighter(index from) {
        std::fill(seen_topic_.begin(), seen_topic_.end(), false);
        std::fill(seen_.begin(), seen_.end(), false);
        reached_.assign(1, from);
        seen_[from] = true;
        came_by_[from] = {};
        const std::size_t wanted = held_[from].size();
        for (std::size_t at = 0; at < reached_.size(); ++at) {
            const index giver = reached_[at];
            // What the giver did not have before first: moving that costs nothing.
            for (const bool had_before : {false, true})
                for (const index partition : held_[giver]) {
                    if ((former_[partition] == giver) != had_before || seen_topic_[view_.topic_of(partition)])
                        continue;
                    seen_topic_[view_.topic_of(partition)] = true;
                    const index best = reach({giver, partition});
                    if (best != nobody && held_[best].size() + 2 <= wanted) return best;
                }
        }
        return std::nullopt;
    }

    /// Marks all that could take the partition; the lightest of them comes back.
    index reach(step by) {
        index lightest = nobody;
        for (const index member : subscribers(by.partition)) {
            if (seen_[member]) continue;
            seen_[member] = true;
            came_by_[member] = by;
            reached_.push_back(member);
            if (lightest == nobody || held_[member].size() < held_[lightest].size()) lightest = member;
        }
        return lightest;
    }

    void move_along(index to) {
        while (came_by_[to].from != nobody) {
            const step by = came_by_[to];
            auto& giver = held_[by.from];
            giver.erase(std::find(giver.begin(), giver.end(), by.partition));
            held_[to].push_back(by.partition);
            to = by.from;
        }
    }

    /// Partitions that moved go back to whoever had them, where that costs no balance: from the heavier of
    /// both, or for another that the former owner has not had either. False when nothing went back.
    bool give_back() {
        bool any = false;
        for (index holder = 0; holder < view_.member_count(); ++holder)
            for (std::size_t at = 0; at < held_[holder].size();) {
                const index former = former_[held_[holder][at]];
                if (former != nobody && former != holder && give_back(holder, at, former)) any = true;
                else ++at;
            }
        return any;
    }

    bool give_back(index holder, std::size_t at, index former) {
        auto& from = held_[holder];
        auto& to = held_[former];
        const auto other = std::find_if(to.begin(), to.end(), [&](index partition) {
            return former_[partition] != former && view_.wants(holder, view_.topic_of(partition));
        });
        if (other != to.end()) {
            std::swap(*other, from[at]);
            return true;
        }
        if (from.size() <= to.size()) return false;
        to.push_back(from[at]);
        from.erase(from.begin() + static_cast<std::ptrdiff_t>(at));
        return true;
    }

    const assign_view& view_;
    holdings held_;
    /// Who had the partition before.
    std::vector<index> former_;
    // Of the search that runs: how each member was reached, and what was seen.
    std::vector<step> came_by_;
    std::vector<bool> seen_topic_;
    std::vector<bool> seen_;
    std::vector<index> reached_;
};

} // namespace

holdings balance_sticky(const assign_view& view, const sticky_claims& claims) {
    if (view.member_count() == 0 || view.partition_count() == 0) return holdings(view.member_count());
    bool same = true;
    for (index member = 1; member < view.member_count(); ++member)
        same = same && view.wanted(member) == view.wanted(0);
    return same ? even_shares{view, claims}.fill() : uneven_shares{view, claims}.fill();
}

KASIO_END_NAMESPACE
