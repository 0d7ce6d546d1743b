// SPDX-License-Identifier: BSL-1.0
#include "testing/group_table.hpp"

#include <kasio/uuid.hpp>

#include <algorithm>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

template <class Results>
auto take(Results& results, std::set<group_waiter>& waiting, group_waiter who)
    -> std::optional<typename Results::mapped_type> {
    auto found = results.extract(who);
    if (found.empty()) return std::nullopt;
    waiting.erase(who);
    return std::move(found.mapped());
}

std::optional<group_time> deadline_of(const group_entry& group) {
    if (group.consumer) return group.consumer->next_deadline();
    return group.classic ? group.classic->next_deadline() : std::nullopt;
}

} // namespace

group_table::group_table(const group_options& options)
    : consumer_session_timeout_{options.consumer_session_timeout}, random_{std::random_device{}()} {
    limits_.initial_rebalance_delay = options.initial_rebalance_delay;
    limits_.min_session_timeout = options.min_session_timeout;
    limits_.max_session_timeout = options.max_session_timeout;
    limits_.max_size = options.max_size;
    limits_.time_scale = options.time_scale;
}

group_entry* group_table::find(std::string_view id) {
    touched_ = true;
    const auto at = groups_.find(id);
    return at == groups_.end() ? nullptr : &at->second;
}

group_entry& group_table::open(const std::string& id, int home) {
    touched_ = true;
    group_entry& entry = groups_[id];
    if (entry.home < 0) entry.home = home;
    return entry;
}

group_entry& group_table::open_classic(const std::string& id, int home) {
    group_entry& entry = open(id, home);
    entry.consumer.reset();
    if (!entry.classic) entry.classic.emplace(limits_);
    return entry;
}

group_entry& group_table::open_consumer(const std::string& id, int home, const group_topics& topics,
                                        group_time now) {
    group_entry& entry = open(id, home);
    if (entry.classic && entry.has_members()) {
        entry.classic->dissolve(replies);
        entry.consumer.emplace(limits_, consumer_session_timeout_, *entry.classic, topics, now);
    }
    entry.classic.reset();
    if (!entry.consumer) entry.consumer.emplace(limits_, consumer_session_timeout_);
    return entry;
}

void group_table::settle_kind(group_entry& group, const topics_source& topics, group_time now) {
    if (!group.consumer || !group.consumer->has_only_classic_members()) return;
    group.classic.emplace(limits_, group.consumer->epoch(), group.consumer->classic_members(topics()), now,
                          replies);
    group.consumer.reset();
}

void group_table::forget_topic(std::string_view topic) {
    for (auto& [id, group] : groups_) group.offsets.erase_topic(topic);
}

void group_table::end_transaction(std::int64_t producer_id, bool commits) {
    for (auto& [id, group] : groups_) group.offsets.end_transaction(producer_id, commits);
}

std::optional<join_result> group_table::take_join(group_waiter who) {
    return take(replies.joins, waiting_, who);
}

std::optional<sync_result> group_table::take_sync(group_waiter who) {
    return take(replies.syncs, waiting_, who);
}

void group_table::abandon(group_waiter who) {
    if (waiting_.erase(who) == 0) return;
    replies.joins.erase(who);
    replies.syncs.erase(who);
    for (auto& [id, group] : groups_)
        if (group.classic) group.classic->abandon(who);
}

bool group_table::on_time(const topics_source& topics, group_time now) {
    bool was_due = false;
    for (auto& [id, group] : groups_) {
        // One end may set another that is due as well.
        while (deadline_of(group).value_or(group_time::max()) <= now) {
            if (group.classic) group.classic->on_time(now, replies);
            if (group.consumer) group.consumer->on_time(now);
            settle_kind(group, topics, now);
            was_due = true;
        }
    }
    return was_due;
}

std::optional<group_time> group_table::next_deadline() const {
    std::optional<group_time> first;
    for (const auto& [id, group] : groups_) {
        const auto next = deadline_of(group);
        if (next && (!first || *next < *first)) first = next;
    }
    return first;
}

void group_table::rehome(const std::function<int(const std::string&)>& home_of, group_time now) {
    for (auto& [id, group] : groups_) {
        const int home = home_of(id);
        if (home < 0 || std::exchange(group.home, home) == home) continue;
        if (group.classic) group.classic->on_moved(now, replies);
        if (group.consumer) group.consumer->on_moved(now);
    }
}

std::string group_table::fresh_member_id(std::string_view client) {
    uuid id;
    const std::uint64_t halves[2] = {random_(), random_()};
    std::copy_n(reinterpret_cast<const std::uint8_t*>(halves), id.bytes.size(), id.bytes.data());
    return std::string{client} + '-' + id.to_string();
}

} // namespace testing
KASIO_END_NAMESPACE
