// SPDX-License-Identifier: BSL-1.0
// What was written, and what of it is in the logs.
#include "chaos/checker.hpp"

#include <algorithm>

namespace chaos {

namespace {

std::string named(const event& send) { return "value " + std::to_string(send.value) + " of " + send.process; }

std::string topic_of(const std::string& key) { return key.substr(0, key.rfind('/')); }

} // namespace

void checker::check_sightings() {
    for (const auto& [key, values] : versions_) {
        for (const auto& [offset, value] : values) {
            if (!writes_.contains(value)) report("foreign", "value " + std::to_string(value), key, offset);
        }
    }
    for (const auto& [value, write] : writes_) {
        if (write.begin == nullptr) continue;
        for (const auto& [key, offset] : write.seen_at) {
            if (key != write.begin->key && topic_of(key) != write.begin->key)
                report("K2", named(*write.begin) + " was for " + write.begin->key, key, offset);
        }
        if (write.seen_at.size() > 1) {
            const auto& [key, offset] = *write.seen_at.rbegin();
            report("duplicate",
                   named(*write.begin) + " is at " + std::to_string(write.seen_at.size()) + " places", key,
                   offset);
        }
    }
}

void checker::check_fates() {
    for (const auto& each : events_) {
        if (each.what == "transaction" && each.phase == phase::fail) {
            for (auto& [value, write] : writes_)
                if (write.begin != nullptr && write.begin->group == each.value) write.aborted = true;
        }
    }
    for (const auto& each : events_) {
        if (each.what != "poll") continue;
        for (const auto& item : each.items) {
            const auto found = writes_.find(item.value);
            if (found != writes_.end() && found->second.is_void() && found->second.begin != nullptr)
                report("G1a",
                       each.process + " polled " + named(*found->second.begin) +
                           ", which was never sent or aborted",
                       item.key, item.offset);
        }
    }
    // Logs hold what was aborted, but never what was not sent.
    for (const auto& [key, log] : logs_) {
        for (const auto& [offset, value] : log) {
            const auto found = writes_.find(value);
            if (found == writes_.end() || found->second.end == nullptr) continue;
            const auto& write = found->second;
            if (write.end->phase == phase::fail)
                report("K2", named(*write.begin) + " ended as not sent, but is in the log", key, offset);
        }
    }
}

void checker::check_losses() {
    std::map<std::string, std::set<std::int64_t>> values_in;
    for (const auto& [key, log] : logs_)
        for (const auto& [offset, value] : log) values_in[key].insert(value);
    std::map<std::string, std::int64_t> highest;
    for (const auto& each : events_) {
        if (each.what != "poll") continue;
        for (const auto& item : each.items) highest[item.key] = std::max(highest[item.key], item.offset);
    }
    for (const auto& [value, write] : writes_) {
        if (write.end == nullptr || write.end->phase != phase::ok || write.aborted) continue;
        const auto& key = write.end->key;
        if (logs_.contains(key) && !values_in[key].contains(value))
            report("lost-write", named(*write.end) + " was acknowledged and is not in the log", key,
                   write.end->offset);
        if (write.polled || !final_) continue;
        const auto known = highest.find(key);
        const bool below =
            known != highest.end() && write.end->offset >= 0 && write.end->offset < known->second;
        report(below ? "lost-write" : "unseen", named(*write.end) + " was acknowledged, and nobody polled it",
               key, write.end->offset);
    }
}

void checker::check_order() {
    struct last_write {
        const write_of* write = nullptr;
        std::int64_t offset = -1;
    };
    for (const auto& [key, values] : versions_) {
        std::map<std::string, last_write> last;
        for (const auto& [offset, value] : values) {
            const auto found = writes_.find(value);
            if (found == writes_.end() || found->second.begin == nullptr) continue;
            const auto& write = found->second;
            auto& before = last[write.begin->process];
            if (before.write != nullptr && before.write->place > write.place) {
                const bool together =
                    write.begin->group >= 0 && write.begin->group == before.write->begin->group;
                report(together ? "int-nonmonotonic-send" : "nonmonotonic-send",
                       named(*write.begin) + " lies behind " + named(*before.write->begin) +
                           ", which was sent later",
                       key, offset);
            }
            before = {&write, offset};
        }
    }
}

void checker::check_transactions() {
    std::map<std::int64_t, std::pair<int, int>> parts; // seen, and not
    if (!final_) return;
    for (const auto& [value, write] : writes_) {
        if (write.begin == nullptr || write.begin->group < 0) continue;
        const bool ended_well = write.end != nullptr && write.end->phase == phase::ok;
        auto& [seen, unseen] = parts[write.begin->group];
        if (write.polled) ++seen;
        else if (ended_well) ++unseen;
    }
    for (const auto& each : events_) {
        if (each.what != "transaction") continue;
        const auto [seen, unseen] = parts[each.value];
        if (seen > 0 && unseen > 0)
            report("torn", "of transaction " + std::to_string(each.value) + " " + std::to_string(seen) +
                               " writes were read and " + std::to_string(unseen) + " never");
    }
}

} // namespace chaos
