// SPDX-License-Identifier: BSL-1.0
#include "consumer/positions.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE

namespace {

using kind = start_position::kind;

// ListOffsets' special timestamps.
constexpr std::int64_t latest = -1;
constexpr std::int64_t earliest = -2;

} // namespace

bool positions::valid(start_position where) noexcept {
    return (where.what() != kind::offset && where.what() != kind::before_end) || where.value() >= 0;
}

/// What was asked, or is worked on, for the position up to now counts no more.
void positions::leave(partition_position& partition) noexcept {
    ++partition.version;
    partition.run = 0;
}

void positions::move_to(partition_position& partition, start_position where) noexcept {
    leave(partition);
    partition.start = where;
    partition.question = 0;
    partition.reset_from = -1;
    const bool known = where.what() == kind::offset;
    partition.ask_committed = false;
    partition.offset = known ? where.value() : -1;
    partition.epoch = -1;
    partition.done = partition.offset;
    partition.done_epoch = -1;
    partition.end = -1;
    partition.held_back = 0;
    partition.where = known ? partition_position::stage::known : partition_position::stage::unknown;
}

std::shared_ptr<partition_position> positions::make(const topic_partition& partition, start_position from) {
    // Partitions of one topic mostly come one after the other, and share its name.
    if (!last_name_ || *last_name_ != partition.topic)
        last_name_ = std::make_shared<const std::string>(partition.topic);
    auto made = std::make_shared<partition_position>(last_name_, partition.partition);
    move_to(*made, from);
    made->ask_committed = use_committed_ && from.what() == kind::policy;
    return made;
}

void positions::assign(const std::vector<assignment>& wanted) {
    decltype(partitions_) next;
    for (const auto& each : wanted) {
        if (next.contains(each.partition)) continue;
        const auto place = partitions_.find(each.partition);
        if (place != partitions_.end()) {
            if (each.from != start_position{}) move_to(*place->second, each.from);
            next.insert(partitions_.extract(place));
            continue;
        }
        next.emplace(each.partition, make(each.partition, each.from));
    }
    for (const auto& [name_of_old, old] : partitions_) old->assigned = false;
    partitions_ = std::move(next);
    whole_topic_.reset();
    ++generation_;
}

void positions::assign_topic(std::string topic, start_position from) {
    assign({});
    whole_topic_ = std::move(topic);
    whole_topic_from_ = from;
}

void positions::add_partitions(std::string_view topic, std::int32_t count) {
    if (whole_topic_ != topic) return;
    std::vector<assignment> all;
    for (std::int32_t number = 0; number < count; ++number) {
        all.emplace_back(topic_partition{*whole_topic_, number}, whole_topic_from_);
    }
    if (!all.empty()) assign(all);
}

void positions::add(const std::vector<topic_partition>& more) {
    for (const auto& each : more) {
        if (partitions_.contains(each)) continue;
        auto added = make(each, {});
        added->held = true;
        partitions_.emplace(each, std::move(added));
    }
    ++generation_;
}

void positions::remove(const std::vector<topic_partition>& gone) {
    for (const auto& each : gone) {
        const auto place = partitions_.find(each);
        if (place == partitions_.end()) continue;
        place->second->assigned = false;
        partitions_.erase(place);
    }
    ++generation_;
}

void positions::hold(const std::vector<topic_partition>& which, bool held) {
    for (const auto& each : which) {
        if (auto* const found = find(each)) found->held = held;
    }
}

std::vector<consumed_position> positions::consumed(bool worked_off) const {
    std::vector<consumed_position> all;
    worked_off = worked_off || told_by_finish_;
    for (const auto& [name, each] : partitions_) {
        const auto offset = worked_off ? each->done : each->offset;
        if (offset >= 0) all.push_back({name, offset, worked_off ? each->done_epoch : each->epoch});
    }
    return all;
}

bool positions::in_hands(const std::vector<topic_partition>& which) const {
    return std::any_of(which.begin(), which.end(), [this](const topic_partition& each) {
        const auto* const found = find(each);
        return found != nullptr && found->in_hands;
    });
}

bool positions::on_committed(partition_position& partition, std::uint64_t version, std::int64_t offset,
                             std::int32_t epoch) noexcept {
    if (partition.version != version || !partition.assigned || !partition.ask_committed) return false;
    partition.ask_committed = false;
    if (offset < 0) return true;
    move_to(partition, start_position::at(offset));
    partition.epoch = epoch;
    partition.done_epoch = epoch;
    return true;
}

void positions::settle(partition_position& partition) noexcept {
    partition.in_hands = false;
    partition.done = partition.offset;
    partition.done_epoch = partition.epoch;
}

bool positions::finish(const finished_position& what) const noexcept {
    auto* const found = find(what.partition);
    if (found == nullptr || found->run != what.run || what.run == 0) return false;
    if (what.through && what.offset == found->given) {
        // With what lies behind them and is never handed out.
        settle(*found);
        return true;
    }
    found->done = what.offset;
    found->done_epoch = what.epoch;
    return false;
}

partition_position* positions::find(const topic_partition& partition) const {
    const auto place = partitions_.find(partition);
    return place == partitions_.end() ? nullptr : place->second.get();
}

error_code positions::seek(const topic_partition& partition, start_position where) {
    if (!valid(where)) return errc::invalid_argument;
    auto* const found = find(partition);
    if (found == nullptr) return errc::partition_not_assigned;
    move_to(*found, where);
    return {};
}

error_code positions::pause(const topic_partition& partition, bool paused) {
    auto* const found = find(partition);
    if (found == nullptr) return errc::partition_not_assigned;
    found->paused = paused;
    return {};
}

std::optional<std::int64_t> positions::position(const topic_partition& partition) const {
    const auto* const found = find(partition);
    if (found == nullptr || found->offset < 0) return std::nullopt;
    return found->offset;
}

std::optional<std::int64_t> positions::lag(const topic_partition& partition) const {
    const auto* const found = find(partition);
    if (found == nullptr || found->offset < 0 || found->end < 0) return std::nullopt;
    return std::max<std::int64_t>(found->end - found->offset, 0);
}

std::optional<positions::awaited> positions::await(const topic_partition& partition) const {
    const auto* const found = find(partition);
    if (found == nullptr) {
        // Its partitions are not known yet.
        if (whole_topic_ == partition.topic) return std::nullopt;
        return awaited{errc::partition_not_assigned};
    }
    switch (found->where) {
        case partition_position::stage::known: return awaited{{}, found->offset};
        case partition_position::stage::stopped: return awaited{errc::no_position};
        case partition_position::stage::unknown: break;
    }
    return std::nullopt;
}

std::vector<topic_partition> positions::assigned() const {
    std::vector<topic_partition> names;
    names.reserve(partitions_.size());
    for (const auto& [name, partition] : partitions_) names.push_back(name);
    return names;
}

std::vector<std::shared_ptr<partition_position>> positions::all() const {
    std::vector<std::shared_ptr<partition_position>> list;
    list.reserve(partitions_.size());
    for (const auto& [name, partition] : partitions_) list.push_back(partition);
    return list;
}

std::shared_ptr<partition_position> positions::share(const topic_partition& partition) const {
    const auto place = partitions_.find(partition);
    return place == partitions_.end() ? nullptr : place->second;
}

std::optional<std::int64_t> positions::question(partition_position& partition, timestamp now) const {
    if (partition.where != partition_position::stage::unknown || partition.ask_committed) return std::nullopt;
    const bool by_policy = partition.start.what() == kind::policy || partition.start.what() == kind::offset;
    if (by_policy && policy_ == offset_reset::by_duration)
        partition.start = start_position::at_time(now - duration_);
    switch (partition.start.what()) {
        case kind::beginning: return earliest;
        case kind::end: return latest;
        case kind::before_end: return partition.question == 0 ? latest : earliest;
        // None so late: from the end on. A time before 1970 would be a special timestamp.
        case kind::time:
            return partition.question == 0 ? std::max<std::int64_t>(partition.start.value(), 0) : latest;
        case kind::offset:
        case kind::policy: break;
    }
    switch (policy_) {
        case offset_reset::earliest: return earliest;
        case offset_reset::latest: return latest;
        case offset_reset::none:
        case offset_reset::by_duration: break; // a time by now
    }
    stop(partition);
    return std::nullopt;
}

/// A second answer to the first question is none to the next one.
positions::found positions::ask_more(partition_position& partition) noexcept {
    leave(partition);
    ++partition.question;
    return found::more;
}

positions::found positions::on_answer(partition_position& partition, std::uint64_t version,
                                      std::int64_t offset, std::int64_t& previous) const {
    if (partition.version != version || !partition.assigned) return found::stale;
    if (partition.where != partition_position::stage::unknown) return found::stale;
    const auto what = partition.start.what();
    if (offset < 0) {
        if (what != kind::time || partition.question != 0) return found::nonsense;
        return ask_more(partition);
    }
    if (what == kind::before_end) {
        if (partition.question == 0) {
            partition.first_answer = offset;
            return ask_more(partition);
        }
        offset = std::max(offset, partition.first_answer - partition.start.value());
    }
    leave(partition);
    partition.offset = offset;
    partition.epoch = -1;
    partition.done = offset;
    partition.done_epoch = -1;
    partition.where = partition_position::stage::known;
    previous = std::exchange(partition.reset_from, -1);
    return previous < 0 ? found::position : found::reset;
}

bool positions::advance(partition_position& partition, std::uint64_t version, std::int64_t offset,
                        std::int32_t epoch, bool gave) noexcept {
    if (partition.version != version || !partition.assigned) return false;
    partition.offset = offset;
    partition.epoch = epoch;
    if (gave) {
        partition.in_hands = true;
        partition.given = offset;
    } else if (!partition.in_hands) {
        settle(partition);
    }
    return true;
}

positions::out_of_range positions::on_out_of_range(partition_position& partition,
                                                   std::uint64_t version) const {
    if (partition.version != version || !partition.assigned) return out_of_range::stale;
    if (partition.where != partition_position::stage::known) return out_of_range::stale;
    if (policy_ == offset_reset::none) {
        stop(partition);
        return out_of_range::stopped;
    }
    // The position stays visible until there is another one.
    leave(partition);
    partition.reset_from = partition.offset;
    partition.start = start_position{};
    partition.question = 0;
    partition.where = partition_position::stage::unknown;
    return out_of_range::reset;
}

positions::truncated positions::on_truncated(partition_position& partition, std::uint64_t version,
                                             log_end end, std::int64_t& previous) const {
    if (partition.version != version || !partition.assigned) return truncated::stale;
    if (partition.where != partition_position::stage::known) return truncated::stale;
    // An epoch that the leader's log skips was another leader's, whatever lies at these offsets now.
    if (end.offset >= partition.offset && end.epoch >= partition.epoch) return truncated::ahead;
    if (policy_ == offset_reset::none) {
        stop(partition);
        return truncated::stopped;
    }
    leave(partition);
    previous = partition.offset;
    partition.offset = std::min(end.offset, previous);
    partition.epoch = end.epoch;
    partition.done = partition.offset;
    partition.done_epoch = partition.epoch;
    return truncated::moved;
}

void positions::stop(partition_position& partition) noexcept {
    leave(partition);
    partition.where = partition_position::stage::stopped;
}

KASIO_END_NAMESPACE
