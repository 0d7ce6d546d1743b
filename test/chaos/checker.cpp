// SPDX-License-Identifier: BSL-1.0
#include "chaos/checker.hpp"

#include <algorithm>
#include <utility>

namespace chaos {

checker::checker(const history& events) : events_{events} {}

std::vector<finding> checker::run() {
    index();
    pair_operations();
    check_resources();
    check_sightings();
    check_fates();
    check_losses();
    check_order();
    check_transactions();
    walk_readers();
    check_commits();
    check_owners();
    check_copies();
    return std::move(findings_);
}

void checker::report(std::string anomaly, std::string text, std::string key, std::int64_t offset) {
    findings_.push_back({std::move(anomaly), std::move(text), std::move(key), offset});
}

void checker::note_sighting(const std::string& key, std::int64_t offset, std::int64_t value) {
    const auto [at, is_new] = versions_[key].try_emplace(offset, value);
    if (!is_new && at->second != value) {
        report("inconsistent-offsets",
               "there are values " + std::to_string(at->second) + " and " + std::to_string(value), key,
               offset);
    }
    if (const auto written = writes_.find(value); written != writes_.end())
        written->second.seen_at.emplace(key, offset);
}

void checker::index() {
    for (const auto& each : events_) {
        if (each.what != "send") continue;
        auto& write = writes_[each.value];
        if (each.phase == phase::invoke) {
            write.begin = &each;
            write.place = static_cast<std::size_t>(&each - events_.data());
        } else {
            write.end = &each;
        }
    }
    for (const auto& each : events_) {
        if (each.what == "log") {
            auto& log = logs_[each.key];
            for (const auto& item : each.items) log[item.offset] = item.value;
        }
        if (each.what == "final") final_ = true;
        if (each.what == "send" && each.phase == phase::ok && each.offset >= 0)
            note_sighting(each.key, each.offset, each.value);
        if (each.what != "log" && each.what != "poll") continue;
        for (const auto& item : each.items) {
            note_sighting(item.key, item.offset, item.value);
            const auto written = writes_.find(item.value);
            if (each.what == "poll" && written != writes_.end()) written->second.polled = true;
        }
    }
}

void checker::pair_operations() {
    struct state {
        const event* begin = nullptr;
        int ends = 0;
    };
    std::map<std::int64_t, state> operations;
    for (const auto& each : events_) {
        if (each.phase == phase::note || each.operation < 0) continue;
        auto& operation = operations[each.operation];
        const std::string name = each.what + " " + std::to_string(each.operation) + " of " + each.process;
        if (each.phase == phase::invoke) {
            if (operation.begin != nullptr) report("K1", name + " has begun twice");
            operation.begin = &each;
            continue;
        }
        if (operation.begin == nullptr) {
            report("K1", name + " has ended without having begun");
            continue;
        }
        if (++operation.ends == 2) report("K1", name + " has ended twice");
        if (each.text == "inside") report("K1", name + " ended inside the call that began it");
        const auto until = operation.begin->until;
        if (until >= 0 && each.time > until)
            report("K1", name + " ended " + std::to_string((each.time - until) / 1'000'000) + " ms late");
    }
    for (const auto& [number, operation] : operations) {
        if (operation.begin != nullptr && operation.ends == 0)
            report("K1", operation.begin->what + " " + std::to_string(number) + " of " +
                             operation.begin->process + " has never ended");
    }
}

void checker::check_resources() {
    for (const auto& each : events_) {
        if (each.what == "hang") report("hang", each.text);
        if (each.what == "residue" && each.value > 0)
            report("K5", std::to_string(each.value) + " " + each.text + " left after close");
        if (each.what == "budget" && each.value > each.offset + std::max<std::int64_t>(each.group, 0))
            report("K6", each.process + " held " + std::to_string(each.value) + " bytes of " +
                             std::to_string(each.offset));
    }
}

std::string window(const history& events, const finding& what) {
    constexpr std::int64_t around = 3;
    std::string lines;
    const auto is_near = [&](const std::string& key, std::int64_t offset) {
        return key == what.key && offset >= what.offset - around && offset <= what.offset + around;
    };
    for (const auto& each : events) {
        event shown = each;
        std::erase_if(shown.items, [&](const sighting& item) { return !is_near(item.key, item.offset); });
        const bool same_key = each.key == what.key && (each.offset < 0 || is_near(each.key, each.offset));
        if (what.key.empty() || (shown.items.empty() && !same_key)) continue;
        lines += to_json(shown) + '\n';
    }
    return lines;
}

} // namespace chaos
