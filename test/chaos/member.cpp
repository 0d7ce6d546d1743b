// SPDX-License-Identifier: BSL-1.0
#include "chaos/member.hpp"

#include "chaos/payload.hpp"

#include <kasio/assignor.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>
#include <vector>

namespace chaos {

namespace {

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

std::string key_of(const kasio::topic_partition& where) {
    return chaos::key_of(where.topic, where.partition);
}

} // namespace

member::member(std::shared_ptr<trial> world, std::string name, std::uint64_t seed, crew_rules rules)
    : world_{std::move(world)},
      luck_{seed},
      name_{std::move(name)},
      rules_{rules},
      groups_{world_->cluster} {}

kasio::consumer_options member::options() {
    kasio::consumer_options made;
    made.group_id = group_id;
    made.offset_reset = kasio::offset_reset::earliest;
    made.fetch_max_wait = luck_.milliseconds(1, 40);
    made.max_poll_records = static_cast<std::size_t>(luck_.any_of({1, 3, 20, 500}));
    made.group_protocol = rules_.by;
    if (rules_.cooperative) made.assignors = {kasio::cooperative_sticky_assignor()};
    made.session_timeout = rules_.gentle ? patiently(30s) : patiently(luck_.milliseconds(600, 1'200));
    made.heartbeat_interval = luck_.milliseconds(20, 60);
    made.max_poll_interval = rules_.gentle ? patiently(30s) : patiently(luck_.milliseconds(1'000, 2'000));
    commits_by_hand_ = rules_.care != commit_care::full || luck_.one_in(2);
    made.auto_commit = !commits_by_hand_;
    made.auto_commit_interval = luck_.milliseconds(5, 60);
    most_work_ = rules_.gentle ? 20ms : made.max_poll_interval + 300ms;
    made.on_assigned = [weak = weak_from_this()](const kasio::rebalance& what) {
        if (const auto self = weak.lock()) self->take(what);
    };
    made.on_revoked = [weak = weak_from_this()](kasio::rebalance what) { return give(weak.lock(), what); };
    made.on_lost = [weak = weak_from_this()](const kasio::rebalance& what) {
        if (const auto self = weak.lock()) self->lose(what);
    };
    return made;
}

void member::open() {
    auto how = world_->reach(luck_);
    if (rules_.gentle) how.connect_timeout = how.request_timeout = how.default_timeout = patiently(10s);
    kafka_.emplace(world_->io.get_executor(), how);
    in_.emplace(*kafka_, options());
    std::vector<std::string> all;
    for (const auto& [topic, partitions] : world_->topics) all.push_back(topic);
    in_->subscribe(std::move(all));
}

void member::note(const std::string& what, const std::string& key) {
    world_->log.note({.process = name_, .what = what, .key = key, .group = group_number});
}

void member::take(const kasio::rebalance& what) {
    if (dead_) return;
    ++assignments_;
    for (const auto& each : what.partitions()) {
        // Its hook may still run that the group did not wait for.
        note_end("lost", key_of(each));
        owned_[key_of(each)] = assignments_;
        note("assigned", key_of(each));
    }
}

void member::lose(const kasio::rebalance& what) {
    if (dead_) return;
    for (const auto& each : what.partitions()) {
        uncommitted_.erase(each);
        note_end("lost", key_of(each));
    }
}

void member::note_end(const std::string& what, const std::string& key) {
    if (owned_.erase(key) != 0) note(what, key);
}

asio::awaitable<void> member::give(std::shared_ptr<member> self, kasio::rebalance what) {
    if (!self || self->dead_) co_return;
    const auto as = self->in_->group_metadata();
    const auto given_by = self->owned_;
    if (self->luck_.one_in(3)) co_await self->world_->pause(self->luck_.milliseconds(0, 15));
    const bool commits = self->commits_by_hand_ && self->rules_.care != commit_care::seldom;
    if (!self->dead_ && commits) co_await self->commit();
    if (self->dead_) co_return;
    const bool late = self->thrown_out(as);
    for (const auto& each : what.partitions()) {
        const auto key = key_of(each);
        const auto now = self->owned_.find(key);
        const auto before = given_by.find(key);
        // Given up long ago, and back again: the group did not wait for this hook.
        if (now == self->owned_.end() || before == given_by.end() || now->second != before->second) continue;
        self->uncommitted_.erase(each);
        self->note_end(late ? "lost" : "revoked", key);
    }
}

bool member::thrown_out(const kasio::group_metadata& as) const {
    const auto now = in_->group_metadata();
    if (now.generation_id != as.generation_id || now.member_id != as.member_id) return true;
    // It may not know yet. While the group does know it, nobody else was given what it has.
    const auto group = groups_.find(group_id);
    return !group || group->member(as.member_id) == nullptr;
}

asio::awaitable<void> member::work() {
    const auto self = shared_from_this();
    if (!stops_) open();
    while (!stops_) {
        kasio::poll_limits limits;
        limits.max_wait = luck_.milliseconds(2, 60);
        const auto operation = world_->log.begin({.process = name_, .what = "poll"}, limits.max_wait + slack);
        world_->log.begun();
        polling_ = true;
        auto [error, records] = co_await in_->async_poll(limits, as_tuple);
        polling_ = false;
        note_polled(operation, error, records);
        if (error) {
            const bool ended = error == kasio::errc::closed || error == asio::error::operation_aborted;
            if (!ended) world_->log.note({.what = "hang", .text = name_ + ": " + kasio::error_name(error)});
            break;
        }
        if (luck_.one_in(4)) co_await world_->pause(luck_.milliseconds(0, 6));
        // Now and then a handler takes too long.
        const int seldom = rules_.gentle ? 40 : 150;
        if (luck_.one_in(seldom)) co_await world_->pause(most_work_);
        const bool skips = rules_.care == commit_care::seldom && !luck_.one_in(8);
        if (commits_by_hand_ && !stops_ && !skips) co_await commit();
    }
    over_ = true;
}

void member::note_polled(std::int64_t operation, kasio::error_code error,
                         const kasio::fetched_records& records) {
    for (const auto& each : records.events()) {
        if (each.what == kasio::partition_event::kind::offset_reset)
            world_->log.note(
                {.process = name_, .what = "reset", .key = key_of(each.partition), .offset = each.offset});
        else if (each.error)
            world_->log.note({.process = name_, .what = "trouble", .text = kasio::error_name(each.error)});
    }
    event end{
        .process = name_, .phase = error ? phase::info : phase::ok, .what = "poll", .group = group_number};
    if (error) end.text = kasio::error_name(error);
    for (const auto& record : records) {
        const kasio::topic_partition where{std::string{record.topic()}, record.partition()};
        end.items.push_back({key_of(where), record.offset(),
                             value_in(record.value().view(), record.topic(), record.partition())});
        uncommitted_[where] = record.offset() + 1;
    }
    const auto given = end.items;
    world_->log.end(operation, std::move(end));
    // Where nobody dies, what is worked on is committed: the copies are those of the committed records.
    if (!rules_.gentle) return;
    for (const auto& each : given)
        world_->log.note({.process = name_,
                          .what = "copied",
                          .key = each.key,
                          .value = each.value,
                          .offset = each.offset,
                          .group = group_number});
}

asio::awaitable<void> member::commit() {
    if (uncommitted_.empty() || !in_) co_return;
    event what{.process = name_, .what = "commit", .group = group_number, .text = "auto"};
    std::vector<kasio::committed_offset> offsets;
    for (const auto& [where, offset] : uncommitted_) {
        const auto to = offset + (rules_.care == commit_care::ahead ? 1 : 0);
        offsets.emplace_back(where, to);
        what.items.push_back({key_of(where), to, -1});
    }
    const auto most = rules_.gentle ? patiently(10s) : std::chrono::milliseconds{2'000};
    const auto operation = world_->log.begin(what, most + slack);
    world_->log.begun();
    auto [error, told] = co_await in_->async_commit(std::move(offsets), as_tuple);
    what.phase = error ? phase::info : phase::ok;
    if (error) what.text = kasio::error_name(error);
    what.items.clear();
    for (const auto& each : told) {
        if (each.error || error == asio::error::operation_aborted) continue;
        what.items.push_back({key_of(each.partition), each.offset, -1});
        const auto still = uncommitted_.find(each.partition);
        if (still != uncommitted_.end() && still->second <= each.offset) uncommitted_.erase(still);
    }
    world_->log.end(operation, std::move(what));
}

asio::awaitable<void> member::close() {
    const auto self = shared_from_this();
    stops_ = true;
    if (!in_) co_return; // it has not begun
    // Whoever has handed everything in gives nothing to do twice.
    while (rules_.gentle && !over_) co_await world_->pause(2ms);
    const auto limit_of_all = rules_.gentle ? patiently(10s) : std::chrono::milliseconds{2'000};
    const kasio::close_options how{limit_of_all, kasio::group_exit::usual};
    const auto operation = world_->log.begin({.process = name_, .what = "close"}, how.timeout + slack);
    world_->log.begun();
    co_await in_->async_close(how, asio::use_awaitable);
    world_->log.end(operation, {.process = name_, .phase = phase::ok, .what = "close"});
    note_rest();
    while (!over_) co_await world_->pause(2ms);
    in_.reset();
    const std::chrono::milliseconds limit{1'000};
    co_await kafka_->async_close(limit, asio::use_awaitable);
    kafka_.reset();
}

void member::die() {
    note_rest();
    stops_ = true;
    in_.reset();
    kafka_.reset();
}

/// What it has not said the end of.
void member::note_rest() {
    dead_ = true;
    for (const auto& [key, by] : std::exchange(owned_, {})) note("lost", key);
}

} // namespace chaos
