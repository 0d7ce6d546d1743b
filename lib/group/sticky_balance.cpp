// SPDX-License-Identifier: BSL-1.0
#include "group/sticky_balance.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
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

/// How many partitions are with members of other racks.
std::size_t strangers(const assign_view& view, const holdings& held) {
    std::size_t count = 0;
    for (index member = 0; member < view.member_count(); ++member)
        for (const index partition : held[member]) count += !view.in_rack(member, partition);
    return count;
}

/// All want the same topics: quotas say it all. The order is Java's throughout.
class even_shares {
public:
    even_shares(const assign_view& view, const holdings& former, bool racks)
        : view_{view},
          racks_{racks},
          held_(view.member_count()),
          least_{view.partition_count() / view.member_count()},
          larger_{view.partition_count() % view.member_count()} {
        for (index member = 0; member < view.member_count(); ++member) keep(member, former[member]);
        for (index member = 0; member < view_.member_count(); ++member) {
            if (held_[member].size() < least_) below_.push_back(member);
            else if (held_[member].size() == least_) ready_.push_back(member);
        }
    }

    holdings fill() && {
        auto left = unheld(view_, held_);
        if (racks_) fill_by_racks(left);
        fill_in_turn(left);
        return std::move(held_);
    }

private:
    [[nodiscard]] index number(index partition) const {
        return partition - view_.topics()[view_.topic_of(partition)].first;
    }

    /// The first partitions of each topic rather than the first topics: what is given up is then of all.
    void keep(index member, std::vector<index> kept) {
        std::stable_sort(kept.begin(), kept.end(), [&](index a, index b) { return number(a) < number(b); });
        std::size_t count = std::min<std::size_t>(kept.size(), least_);
        if (kept.size() > least_ && larger_ > 0) {
            count = least_ + 1;
            --larger_;
        }
        held_[member].assign(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(count));
    }

    /// Partitions with the fewest members in their racks go first, to those below the common share in turn,
    /// else as one more to who has reached it.
    void fill_by_racks(std::vector<index>& partitions) {
        std::unordered_map<std::string_view, index> members_in;
        for (index member = 0; member < view_.member_count(); ++member)
            if (view_.has_rack(member)) ++members_in[*view_.member(member).rack];
        std::vector<index> takers(view_.partition_count());
        for (const index partition : partitions) {
            const auto& of = view_.topics()[view_.topic_of(partition)];
            const auto& racks = of.layout->racks[partition - of.first];
            for (auto rack = racks.begin(); rack != racks.end(); ++rack)
                if (std::find(racks.begin(), rack, *rack) == rack)
                    if (const auto found = members_in.find(*rack); found != members_in.end())
                        takers[partition] += found->second;
        }
        std::stable_sort(partitions.begin(), partitions.end(),
                         [&](index a, index b) { return takers[a] < takers[b]; });
        std::size_t start = 0;
        std::erase_if(partitions, [&](index partition) {
            return takers[partition] > 0 && (give_below(partition, start) || give_ready(partition));
        });
    }

    [[nodiscard]] bool at_home(index member, index partition) const {
        return view_.has_rack(member) && view_.in_rack(member, partition);
    }

    bool give_below(index partition, std::size_t& start) {
        for (std::size_t step = 0; step < below_.size(); ++step) {
            const std::size_t at = (start + step) % below_.size();
            const index member = below_[at];
            if (!at_home(member, partition)) continue;
            held_[member].push_back(partition);
            start = at + 1;
            if (held_[member].size() == least_) {
                below_.erase(below_.begin() + static_cast<std::ptrdiff_t>(at));
                ready_.push_back(member);
                start = at;
            }
            if (start >= below_.size()) start = 0;
            return true;
        }
        return false;
    }

    bool give_ready(index partition) {
        if (larger_ == 0) return false;
        const auto member =
            std::find_if(ready_.begin(), ready_.end(), [&](index each) { return at_home(each, partition); });
        if (member == ready_.end()) return false;
        held_[*member].push_back(partition);
        ready_.erase(member);
        --larger_;
        return true;
    }

    /// In turn to those below the common share; whoever reaches it queues up for one more.
    void fill_in_turn(const std::vector<index>& partitions) {
        auto next = partitions.begin();
        while (!below_.empty() && next != partitions.end()) {
            std::vector<index> still_below;
            for (const index member : below_) {
                if (next == partitions.end()) break;
                held_[member].push_back(*next++);
                (held_[member].size() < least_ ? still_below : ready_).push_back(member);
            }
            below_ = std::move(still_below);
        }
        for (auto member = ready_.begin(); next != partitions.end(); ++member)
            held_[*member].push_back(*next++);
    }

    const assign_view& view_;
    bool racks_;
    holdings held_;
    /// What everyone gets, and how many may still get one more.
    index least_;
    index larger_;
    /// Who has less, and who has just as much.
    std::vector<index> below_;
    std::vector<index> ready_;
};

/// Members want different topics. Each starts with what it had, the rest goes to whoever has least; then
/// partitions move along chains (a gives to b, b gives to c) from the most to the least loaded, as long as
/// that brings them closer.
class uneven_shares {
public:
    uneven_shares(const assign_view& view, const holdings& former, bool racks)
        : view_{view},
          racks_{racks},
          held_{former},
          former_(view.partition_count(), nobody),
          came_by_(view.member_count()),
          seen_topic_(view.topics().size()),
          seen_(view.member_count()) {
        for (index member = 0; member < view.member_count(); ++member)
            for (const index partition : held_[member]) former_[partition] = member;
    }

    holdings fill() && {
        auto left = unheld(view_, held_);
        std::stable_sort(left.begin(), left.end(),
                         [&](index a, index b) { return subscribers(a).size() < subscribers(b).size(); });
        if (racks_) std::erase_if(left, [&](index partition) { return give(partition, true); });
        for (const index partition : left) give(partition, false);
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

    /// To whoever has least of those who want it; false when none of them is in its racks, as asked.
    bool give(index partition, bool in_racks_only) {
        index taker = nobody;
        for (const index member : subscribers(partition))
            if ((!in_racks_only || view_.in_rack(member, partition)) &&
                (taker == nobody || held_[member].size() < held_[taker].size()))
                taker = member;
        if (taker == nobody) return false;
        held_[taker].push_back(partition);
        return true;
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
    bool racks_;
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
    const bool racks = view.racks_matter();
    const auto share = [&](const holdings& former) {
        return same ? even_shares{view, former, racks}.fill() : uneven_shares{view, former, racks}.fill();
    };
    holdings former(view.member_count());
    for (index member = 0; member < view.member_count(); ++member) former[member] = claims.kept(member);
    auto best = share(former);
    if (!racks) return best;
    // Racks go before what members had, as in Java; but where that brings no partition more into the racks
    // of its owner, nothing moves for it. Again, until the next rebalance would find nothing better.
    const auto align = [&](holdings from) {
        for (index member = 0; member < view.member_count(); ++member)
            std::erase_if(from[member], [&](index partition) { return !view.in_rack(member, partition); });
        auto aligned = share(from);
        if (strangers(view, aligned) >= strangers(view, best)) return false;
        best = std::move(aligned);
        return true;
    };
    if (strangers(view, best) != 0) align(std::move(former));
    while (strangers(view, best) != 0 && align(best)) {
    }
    return best;
}

KASIO_END_NAMESPACE
