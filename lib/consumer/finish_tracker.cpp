// SPDX-License-Identifier: BSL-1.0
#include "consumer/finish_tracker.hpp"

#include <algorithm>
#include <utility>

KASIO_BEGIN_NAMESPACE

finish_tracker::tracked& finish_tracker::at(const topic_partition& partition, std::uint64_t run) {
    const auto [place, added] = places_.try_emplace(partition, partitions_.size());
    if (added) partitions_.emplace_back().name = partition;
    auto& found = partitions_[place->second];
    if (added || found.run != run) {
        unfinished_ -= static_cast<std::size_t>(
            std::count_if(found.open.begin(), found.open.end(), [](const begun& e) { return !e.finished; }));
        auto name = std::move(found.name);
        found = {};
        found.name = std::move(name);
        found.run = run;
    }
    return found;
}

finish_tracker::ticket finish_tracker::begin(const topic_partition& partition, std::uint64_t run,
                                             std::int64_t offset, std::int32_t epoch) {
    auto& found = at(partition, run);
    found.open.push_back({offset, epoch, false});
    ++unfinished_;
    return {static_cast<std::size_t>(&found - partitions_.data()), run,
            found.first_number + found.open.size() - 1};
}

void finish_tracker::pass(const topic_partition& partition, std::uint64_t run, std::int64_t next,
                          std::int32_t epoch) {
    auto& found = at(partition, run);
    found.next = next;
    found.next_epoch = epoch;
    dirty_ = true;
}

bool finish_tracker::finish(const ticket& which) {
    auto& found = partitions_[which.partition];
    if (found.run != which.run || which.number < found.first_number) return false;
    auto& record = found.open[static_cast<std::size_t>(which.number - found.first_number)];
    if (std::exchange(record.finished, true)) return false;
    --unfinished_;
    dirty_ = true;
    while (!found.open.empty() && found.open.front().finished) {
        found.finished_epoch = found.open.front().epoch;
        found.open.pop_front();
        ++found.first_number;
    }
    return found.open.empty();
}

finished_position finish_tracker::progress(const tracked& of) {
    const bool through = of.open.empty();
    return {of.name, of.run, through ? of.next : of.open.front().offset,
            through ? of.next_epoch : of.finished_epoch, through};
}

finished_position finish_tracker::progress(const ticket& which) const {
    return progress(partitions_[which.partition]);
}

std::vector<finished_position> finish_tracker::progress() const {
    std::vector<finished_position> all;
    for (const auto& each : partitions_) {
        // Nothing of it is finished: it stands where it stood.
        if (each.next >= 0 && each.first_number != 0) all.push_back(progress(each));
    }
    return all;
}

std::vector<partition_offset> finish_tracker::take_committable() {
    std::vector<partition_offset> all;
    dirty_ = false;
    for (auto& each : partitions_) {
        const bool through = each.open.empty();
        const auto offset = through ? each.next : each.open.front().offset;
        // Nothing of it is finished: it stands where it stood.
        if (offset < 0 || offset == each.named || each.first_number == 0) continue;
        each.named = offset;
        auto& named = all.emplace_back();
        named.partition = each.name;
        named.offset = offset;
        named.leader_epoch = through ? each.next_epoch : each.finished_epoch;
    }
    return all;
}

std::vector<partition_offset> finish_tracker::unfinished() const {
    std::vector<partition_offset> all;
    for (const auto& each : partitions_) {
        if (each.open.empty()) continue;
        auto& named = all.emplace_back();
        named.partition = each.name;
        named.offset = each.open.front().offset;
    }
    return all;
}

void finish_tracker::failed(const std::vector<partition_offset>& offsets) {
    for (const auto& each : offsets) {
        const auto place = places_.find(each.partition);
        if (place == places_.end()) continue;
        auto& found = partitions_[place->second];
        if (found.named == each.offset) found.named = -1;
        dirty_ = true;
    }
}

KASIO_END_NAMESPACE
