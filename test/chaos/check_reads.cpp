// SPDX-License-Identifier: BSL-1.0
// What readers were given: every record of their partitions, once, in order.
#include "chaos/checker.hpp"

#include <algorithm>

namespace chaos {

void checker::walk_readers() {
    std::set<std::string> polling;
    for (const auto& each : events_) {
        if (each.what == "poll") {
            if (each.phase == phase::invoke) {
                polling.insert(each.process);
                continue;
            }
            on_poll(each);
            polling.erase(each.process);
            for (auto& [who, where] : places_) {
                if (who.first != each.process) continue;
                where.before.clear();
                where.left_during_poll = false;
            }
            continue;
        }
        if (each.phase != phase::note || each.key.empty()) continue;
        const bool starts = each.what == "assign" || each.what == "seek" || each.what == "reset" ||
                            each.what == "truncated" || each.what == "assigned";
        const bool leaves = each.what == "unassign" || each.what == "revoked" || each.what == "lost";
        if (!starts && !leaves && each.what != "pause" && each.what != "resume") continue;
        auto& where = places_[{each.process, each.key}];
        const bool during = polling.contains(each.process);
        if (starts) {
            if (during) where.before.insert(where.before.end(), where.next.begin(), where.next.end());
            where.next = {each.offset};
            where.assigned = true;
            if (each.what == "assign" || each.what == "assigned") where.paused = false;
        }
        if (leaves) where.assigned = false;
        if (each.what == "pause") where.paused = true;
        if (each.what == "resume") where.paused = false;
        if ((leaves || each.what == "pause") && during) where.left_during_poll = true;
    }
}

void checker::on_poll(const event& what) {
    std::map<std::string, std::vector<std::int64_t>> by_key;
    for (const auto& item : what.items) by_key[item.key].push_back(item.offset);
    for (const auto& [key, offsets] : by_key) {
        check_inside_poll(what, key, offsets);
        walk_key(what, key, offsets);
    }
}

void checker::check_inside_poll(const event& poll, const std::string& key,
                                const std::vector<std::int64_t>& offsets) {
    for (std::size_t i = 1; i < offsets.size(); ++i) {
        const auto before = offsets[i - 1];
        const auto now = offsets[i];
        if (now <= before)
            report("int-nonmonotonic-poll", poll.process + " was given it after " + std::to_string(before),
                   key, now);
        else if (visible_between(key, before + 1, now))
            report("int-poll-skip", poll.process + " was given it after " + std::to_string(before), key, now);
    }
}

void checker::walk_key(const event& poll, const std::string& key, const std::vector<std::int64_t>& offsets) {
    auto& where = places_[{poll.process, key}];
    if (!where.assigned && !where.left_during_poll)
        report("unassigned-poll", poll.process + " does not read that partition", key, offsets.front());
    if (where.paused && !where.left_during_poll)
        report("paused-poll", poll.process + " has paused that partition", key, offsets.front());
    const auto wrong = misfit(key, where.next, offsets.front());
    const bool was_before = !where.before.empty() && misfit(key, where.before, offsets.front()).empty();
    if (!wrong.empty() && !was_before)
        report(wrong,
               poll.process + " was given it where " + std::to_string(where.next.front()) + " came next", key,
               offsets.front());
    // Given before the change: what holds since then is still to come.
    if (!was_before) where.next.clear();
    if (wrong.empty() || !was_before)
        where.next.push_back(*std::max_element(offsets.begin(), offsets.end()) + 1);
}

std::string checker::misfit(const std::string& key, const std::vector<std::int64_t>& next,
                            std::int64_t first) const {
    std::string wrong;
    for (const auto one : next) {
        if (one >= 0 && first < one) wrong = "nonmonotonic-poll";
        else if (one >= 0 && visible_between(key, one, first)) wrong = "poll-skip";
        else return {};
    }
    return wrong;
}

bool checker::visible_between(const std::string& key, std::int64_t from, std::int64_t to) const {
    const auto values = versions_.find(key);
    if (values == versions_.end()) return false;
    for (auto at = values->second.lower_bound(from); at != values->second.end() && at->first < to; ++at) {
        const auto write = writes_.find(at->second);
        if (write == writes_.end() || !write->second.is_void()) return true;
    }
    return false;
}

} // namespace chaos
