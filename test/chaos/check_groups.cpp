// SPDX-License-Identifier: BSL-1.0
// What groups may do with partitions and offsets.
#include "chaos/checker.hpp"

#include <algorithm>

namespace chaos {

namespace {

using group_key = std::pair<std::int64_t, std::string>;

} // namespace

void checker::check_committed(std::int64_t group, const sighting& item,
                              const std::set<std::int64_t>& handed_out) {
    const auto values = versions_.find(item.key);
    if (values == versions_.end()) return;
    for (const auto& [offset, value] : values->second) {
        if (offset >= item.offset) return;
        const auto write = writes_.find(value);
        if ((write != writes_.end() && write->second.is_void()) || handed_out.contains(offset)) continue;
        return report(
            "K3", "group " + std::to_string(group) + " committed " + std::to_string(item.offset) + " past it",
            item.key, offset);
    }
}

/// K3: a committed offset passes no record that nobody was given, and goes back only when a caller said so.
void checker::check_commits() {
    std::map<std::string, std::int64_t> group_of;
    for (const auto& each : events_)
        if (each.what == "assigned") group_of[each.process] = each.group;
    std::map<group_key, std::set<std::int64_t>> handed_out;
    std::map<group_key, std::int64_t> latest;
    std::map<group_key, std::int64_t> given; // the least that callers have asked for since the last look
    for (const auto& each : events_) {
        const auto group = each.group >= 0                   ? each.group
                           : group_of.contains(each.process) ? group_of[each.process]
                                                             : -1;
        if (each.what == "poll") {
            for (const auto& item : each.items) handed_out[{group, item.key}].insert(item.offset);
        } else if (each.what == "commit" && each.phase == phase::invoke && each.text != "auto") {
            for (const auto& item : each.items) {
                const auto [at, is_new] = given.try_emplace({group, item.key}, item.offset);
                if (!is_new) at->second = std::min(at->second, item.offset);
            }
        } else if (each.what == "committed") {
            for (const auto& item : each.items) {
                const group_key where{group, item.key};
                check_committed(group, item, handed_out[where]);
                const auto before = latest.find(where);
                const auto asked = given.find(where);
                const bool wanted = asked != given.end() && asked->second <= item.offset;
                if (before != latest.end() && item.offset < before->second && !wanted)
                    report("K3", "the committed offset went back from " + std::to_string(before->second),
                           item.key, item.offset);
                latest[where] = item.offset;
            }
        }
    }
}

/// K4: a partition has one owner at a time, and who has lost it commits in vain.
void checker::check_owners() {
    // Who holds it, and who was given it meanwhile: wrong unless the holder learns that it has lost it.
    std::map<group_key, std::map<std::string, std::string>> owners;
    std::map<std::pair<std::string, std::string>, std::string> left; // process and key: how
    std::map<std::int64_t, std::set<std::string>> in_vain; // commits begun after the loss, by operation
    for (const auto& each : events_) {
        const group_key where{each.group, each.key};
        if (each.what == "assigned") {
            for (auto& [holder, beside] : owners[where])
                if (holder != each.process && beside.empty()) beside = each.process;
            owners[where][each.process] = {};
            left.erase({each.process, each.key});
        } else if (each.what == "revoked" || each.what == "lost") {
            auto& holders = owners[where];
            const auto at = holders.find(each.process);
            if (at != holders.end()) {
                if (each.what == "revoked" && !at->second.empty())
                    report("K4", at->second + " was given it before " + each.process + " had given it up",
                           each.key);
                holders.erase(at);
            }
            // What was lost was held in vain: whoever held it meanwhile is in the right.
            for (auto& [holder, beside] : holders)
                if (each.what == "lost" && beside == each.process) beside.clear();
            left[{each.process, each.key}] = each.what;
        } else if (each.what == "commit" && each.phase == phase::invoke) {
            for (const auto& item : each.items) {
                const auto gone = left.find({each.process, item.key});
                if (gone != left.end() && gone->second == "lost") in_vain[each.operation].insert(item.key);
            }
        } else if (each.what == "commit" && each.phase == phase::ok) {
            const auto known = in_vain.find(each.operation);
            for (const auto& item : each.items) {
                if (known != in_vain.end() && known->second.contains(item.key))
                    report("K4", each.process + " committed it after it was lost", item.key, item.offset);
            }
        }
    }
    for (const auto& [where, holders] : owners)
        for (const auto& [holder, beside] : holders)
            if (!beside.empty())
                report("K4", holder + " and " + beside + " both hold it in the end", where.second);
}

/// K7: what was committed was copied, once; and with clean hand-overs nothing is given twice.
void checker::check_copies() {
    std::map<group_key, std::map<std::int64_t, int>> copies;
    std::map<group_key, std::int64_t> committed;
    std::set<std::int64_t> copying;
    std::set<std::int64_t> clean;
    for (const auto& each : events_) {
        if (each.what == "copied") {
            ++copies[{each.group, each.key}][each.offset];
            copying.insert(each.group);
            if (const auto& known = versions_[each.key];
                known.contains(each.offset) && known.at(each.offset) != each.value)
                report("K7", "its copy has another value", each.key, each.offset);
        }
        if (each.what == "committed")
            for (const auto& item : each.items) committed[{each.group, item.key}] = item.offset;
        if (each.what == "clean") clean.insert(each.group);
    }
    for (const auto& [where, end] : committed) {
        if (!copying.contains(where.first)) continue;
        auto& made = copies[where];
        for (const auto& [offset, value] : versions_[where.second]) {
            const auto write = writes_.find(value);
            if (write != writes_.end() && write->second.is_void()) continue;
            if (offset < end && !made.contains(offset)) report("K7", "it has no copy", where.second, offset);
            if (offset >= end && made.contains(offset))
                report("K7", "its copy was not committed", where.second, offset);
        }
    }
    for (const auto& [where, made] : copies)
        for (const auto& [offset, count] : made)
            if (count > 1) report("K7", "it has " + std::to_string(count) + " copies", where.second, offset);
    check_hand_overs(clean);
}

void checker::check_hand_overs(const std::set<std::int64_t>& clean) {
    if (clean.empty()) return;
    std::map<std::string, std::int64_t> group_of;
    std::map<std::pair<std::int64_t, std::pair<std::string, std::int64_t>>, int> given;
    for (const auto& each : events_) {
        if (each.what == "assigned") group_of[each.process] = each.group;
        if (each.what != "poll" || !group_of.contains(each.process)) continue;
        const auto group = group_of[each.process];
        if (!clean.contains(group)) continue;
        for (const auto& item : each.items)
            if (++given[{group, {item.key, item.offset}}] == 2)
                report("twice-consumed", "group " + std::to_string(group) + " was given it twice", item.key,
                       item.offset);
    }
}

} // namespace chaos
