// SPDX-License-Identifier: BSL-1.0
#include "chaos/reader.hpp"

#include "chaos/payload.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace chaos {

namespace {

std::string key_of(const kasio::topic_partition& where) {
    return chaos::key_of(where.topic, where.partition);
}

} // namespace

reader::reader(std::shared_ptr<trial> world, std::string name, std::uint64_t seed)
    : world_{std::move(world)}, luck_{seed}, base_name_{std::move(name)} {}

void reader::open() {
    name_ = base_name_ + "." + std::to_string(++generation_);
    options_ = {};
    options_.offset_reset = kasio::offset_reset::earliest;
    options_.fetch_max_wait = luck_.milliseconds(1, 60);
    options_.fetch_min_bytes = luck_.any_of({1, 1, 500});
    options_.fetch_max_bytes = luck_.any_of({400, 4'000, 1'000'000});
    options_.partition_fetch_bytes = luck_.any_of({200, 2'000, 1'000'000});
    options_.buffer_memory = static_cast<std::size_t>(luck_.any_of({20'000, 60'000, 1'000'000}));
    options_.max_poll_records = static_cast<std::size_t>(luck_.any_of({0, 1, 7, 100}));
    options_.report_end = luck_.one_in(3);
    if (!kafka_ || luck_.one_in(2)) kafka_.emplace(world_->io.get_executor(), world_->reach(luck_));
    in_.emplace(*kafka_, options_);
    held_.clear();
    held_bytes_ = 0;
    assigned_.clear();
    paused_.clear();
    reached_.clear();
    world_->log.note({.process = name_, .what = "open"});
    assign();
}

asio::awaitable<void> reader::work(int steps) {
    open();
    while (steps-- > 0) {
        step();
        if (luck_.one_in(2)) co_await world_->pause(luck_.milliseconds(0, 8));
    }
}

void reader::step() {
    poll();
    switch (luck_.between(1, 30)) {
        case 1:
        case 2:
        case 3: return seek();
        case 4:
        case 5:
        case 6: return pause_or_resume();
        case 7:
        case 8: return assign();
        case 9:
        case 10:
        case 11:
            if (cancellation_)
                cancellation_->emit(
                    luck_.any_of({asio::cancellation_type::terminal, asio::cancellation_type::partial,
                                  asio::cancellation_type::total}));
            return;
        case 12:
        case 13:
            held_.clear();
            held_bytes_ = 0;
            return;
        case 14:
            if (luck_.one_in(3)) open(); // as if it had crashed
            return;
        default: return;
    }
}

void reader::note(std::string what, const kasio::topic_partition& where, std::int64_t offset) {
    world_->log.note({.process = name_, .what = std::move(what), .key = key_of(where), .offset = offset});
}

kasio::topic_partition reader::some_partition() {
    const auto& [topic, partitions] =
        world_
            ->topics[static_cast<std::size_t>(luck_.between(0, static_cast<int>(world_->topics.size()) - 1))];
    return {topic, luck_.between(0, partitions - 1)};
}

void reader::assign() {
    std::vector<kasio::assignment> wanted;
    std::set<kasio::topic_partition> now;
    for (int left = luck_.between(1, 5); left > 0; --left) {
        const auto where = some_partition();
        if (!now.insert(where).second) continue;
        const bool stays = assigned_.contains(where) && !luck_.one_in(4);
        if (stays) {
            wanted.emplace_back(where);
            continue;
        }
        const auto from = luck_.one_in(2) ? 0 : luck_.between(0, 40);
        wanted.emplace_back(where, kasio::start_position::at(from));
        note("assign", where, from);
        reached_[key_of(where)] = from;
        // What is read already stays paused.
        if (!assigned_.contains(where)) paused_.erase(where);
    }
    for (const auto& where : assigned_) {
        if (now.contains(where)) continue;
        note("unassign", where);
        paused_.erase(where);
        reached_.erase(key_of(where));
    }
    in_->assign(wanted);
    assigned_ = now;
}

void reader::assign_all(bool afresh) {
    std::vector<kasio::assignment> wanted;
    for (const auto& [topic, partitions] : world_->topics) {
        for (int partition = 0; partition < partitions; ++partition) {
            const kasio::topic_partition where{topic, partition};
            if (assigned_.contains(where) && !afresh) {
                wanted.emplace_back(where);
                continue;
            }
            wanted.emplace_back(where, kasio::start_position::beginning());
            note("assign", where, 0);
            reached_[key_of(where)] = 0;
            assigned_.insert(where);
        }
    }
    in_->assign(wanted);
    for (const auto& where : std::exchange(paused_, {})) {
        static_cast<void>(in_->resume(where));
        note("resume", where);
    }
}

void reader::seek() {
    if (assigned_.empty()) return;
    const auto& where =
        *std::next(assigned_.begin(), luck_.between(0, static_cast<int>(assigned_.size()) - 1));
    // Sometimes where there is nothing: the policy brings it back, and says so.
    const auto to = luck_.one_in(8) ? 100'000 : luck_.between(0, 60);
    if (in_->seek(where, kasio::start_position::at(to))) return;
    note("seek", where, to);
    reached_[key_of(where)] = to;
}

void reader::pause_or_resume() {
    if (assigned_.empty()) return;
    const auto& where =
        *std::next(assigned_.begin(), luck_.between(0, static_cast<int>(assigned_.size()) - 1));
    if (paused_.erase(where) != 0) {
        static_cast<void>(in_->resume(where));
        return note("resume", where);
    }
    static_cast<void>(in_->pause(where));
    note("pause", where);
    paused_.insert(where);
}

void reader::poll() {
    if (polling_) return;
    kasio::poll_limits limits;
    limits.max_wait = luck_.milliseconds(0, 100);
    const auto operation = world_->log.begin({.process = name_, .what = "poll"}, limits.max_wait + slack);
    polling_ = true;
    cancellation_ = std::make_shared<asio::cancellation_signal>();
    in_->async_poll(limits, asio::bind_cancellation_slot(
                                cancellation_->slot(),
                                [self = shared_from_this(), operation, process = name_, kept = cancellation_](
                                    kasio::error_code error, kasio::fetched_records records) {
                                    self->polled(operation, process, error, std::move(records));
                                }));
    world_->log.begun();
}

void reader::polled(std::int64_t operation, const std::string& process, kasio::error_code error,
                    kasio::fetched_records records) {
    polling_ = false;
    cancellation_.reset();
    note_events(process, records);
    event end{.process = process, .phase = error ? phase::info : phase::ok, .what = "poll"};
    if (error) end.text = kasio::error_name(error);
    for (const auto& record : records) {
        const auto key = chaos::key_of(record.topic(), record.partition());
        end.items.push_back(
            {key, record.offset(), value_in(record.value().view(), record.topic(), record.partition())});
        if (process == name_ && reached_.contains(key)) reached_[key] = record.offset() + 1;
    }
    world_->log.end(operation, std::move(end));
    if (error == kasio::errc::budget_exceeded) {
        held_.clear();
        held_bytes_ = 0;
    }
    // What a former consumer gave does not count against this one's budget.
    if (process == name_) hold(std::move(records));
}

void reader::note_events(const std::string& process, const kasio::fetched_records& records) {
    using kind = kasio::partition_event::kind;
    for (const auto& each : records.events()) {
        const auto key = key_of(each.partition);
        if (each.what == kind::offset_reset || each.what == kind::truncated) {
            world_->log.note({.process = process, .what = "reset", .key = key, .offset = each.offset});
            if (process == name_ && reached_.contains(key)) reached_[key] = each.offset;
        } else if (each.what == kind::error) {
            world_->log.note(
                {.process = process, .what = "trouble", .key = key, .text = kasio::error_name(each.error)});
        }
    }
}

void reader::hold(kasio::fetched_records records) {
    std::int64_t bytes = 0;
    for (const auto& record : records)
        bytes += static_cast<std::int64_t>(record.key().size() + record.value().size());
    held_bytes_ += bytes;
    held_.emplace_back(std::move(records), bytes);
    world_->log.note({.process = name_,
                      .what = "budget",
                      .value = held_bytes_,
                      .offset = static_cast<std::int64_t>(options_.buffer_memory),
                      .group = largest_batch});
    while (!held_.empty() && luck_.one_in(2)) {
        held_bytes_ -= held_.front().second;
        held_.pop_front();
    }
}

bool reader::has_all() const {
    for (const auto& where : assigned_) {
        const auto at = reached_.find(key_of(where));
        const auto position = in_->position(where);
        const auto known = std::max(at == reached_.end() ? -1 : at->second, position.value_or(-1));
        if (known < ends_.at(key_of(where))) return false;
    }
    return true;
}

asio::awaitable<void> reader::finish(bool afresh) {
    if (!in_) open();
    assign_all(afresh);
    for (const auto& where : assigned_) {
        const auto stored = world_->cluster.records(where.topic, where.partition);
        ends_[key_of(where)] = stored.empty() ? 0 : stored.back().offset + 1;
    }
    while (!has_all() || polling_) {
        held_.clear();
        held_bytes_ = 0;
        if (!has_all()) poll();
        co_await world_->pause(2ms);
    }
    held_.clear();
    const auto operation = world_->log.begin({.process = name_, .what = "close"}, 1s + slack);
    world_->log.begun();
    co_await in_->async_close(1s, asio::use_awaitable);
    world_->log.end(operation, {.process = name_, .phase = phase::ok, .what = "close"});
    in_.reset();
    co_await kafka_->async_close(1s, asio::use_awaitable);
    kafka_.reset();
}

} // namespace chaos
