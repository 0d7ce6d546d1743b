// SPDX-License-Identifier: BSL-1.0
// What there is to read: partitions, their leaders, and what is wrong with them. On the strand.
#include "consumer/consumer_core.hpp"

#include "cluster/metadata_cache.hpp"

#include <kasio/broker_error.hpp>

#include <algorithm>
#include <unordered_map>

KASIO_BEGIN_NAMESPACE

using stage = partition_position::stage;

void consumer_core::track() {
    bool changed = false;
    bool nothing = false;
    {
        const std::lock_guard lock{mutex_};
        nothing = positions_.none();
        changed = positions_.generation() != generation_;
        if (changed) list_partitions();
        for (const auto& each : partitions_) follow(*each);
    }
    if (changed) {
        end_lost_streams();
        watch_topics();
        find_leaders();
        expand_topic();
    }
    // What was paused may have been resumed.
    for (const auto& each : partitions_) line_up(each);
    if (nothing && !(group_ && group_->subscribed())) end_poll(errc::invalid_argument);
}

/// Those that stay keep what was fetched. Under the lock.
void consumer_core::list_partitions() {
    generation_ = positions_.generation();
    leaders_stale_ = true;
    std::unordered_map<const partition_position*, partition_ptr> known;
    for (auto& each : partitions_) known.emplace(each->position.get(), std::move(each));
    partitions_.clear();
    ready_.clear();
    for (auto& position : positions_.all()) {
        auto& place = known[position.get()];
        if (!place) place = std::make_shared<fetched_partition>(std::move(position));
        place->in_line = false;
        partitions_.push_back(std::move(place));
    }
}

/// Leaves behind what belongs to another position. Under the lock.
void consumer_core::follow(fetched_partition& partition) {
    const auto& position = *partition.position;
    if (position.where == stage::unknown) lookups_wanted_ = true;
    if (position.ask_committed && !position.held) committed_wanted_ = true;
    if (partition.version == position.version) return;
    partition.buffer.reset(std::max<std::int64_t>(position.offset, 0), position.epoch);
    partition.version = position.version;
    partition.run = ++runs_;
    partition.position->run = partition.run;
    partition.unproven = true;
    partition.end = -1;
    partition.end_told = -1;
    if (const auto found = lines_.find(partition.source()); found != lines_.end()) found->second.touch();
}

void consumer_core::watch_topics() {
    std::set<std::string, std::less<>> wanted;
    for (const auto& each : partitions_) {
        if (wanted.empty() || *each->position->topic != *wanted.rbegin())
            wanted.insert(*each->position->topic);
    }
    {
        const std::lock_guard lock{mutex_};
        if (const auto& topic = positions_.whole_topic()) wanted.insert(*topic);
    }
    for (const auto& topic : wanted) {
        if (!watched_.contains(topic)) cluster_->watch_topic(topic, options_.allow_auto_create);
    }
    for (const auto& topic : watched_) {
        if (!wanted.contains(topic)) cluster_->unwatch_topic(topic);
    }
    watched_ = std::move(wanted);
}

void consumer_core::on_metadata(const metadata_cache&) {
    if (ended_) return;
    expand_topic();
    find_leaders();
    lookups_wanted_ = true;
    look_for_missing(steady_clock::now());
    if (group_) group_->on_metadata();
    go_on();
}

/// All partitions of a topic, once it is known which there are.
void consumer_core::expand_topic() {
    bool expanded = false;
    {
        const std::lock_guard lock{mutex_};
        const auto& topic = positions_.whole_topic();
        if (!topic) {
            topic_missing_since_.reset();
            return;
        }
        const auto* known = cluster_->metadata().find(*topic);
        if (known != nullptr && !known->error && !known->partitions.empty()) {
            positions_.add_partitions(std::string{*topic},
                                      static_cast<std::int32_t>(known->partitions.size()));
            expanded = true;
        }
    }
    if (expanded) return track();
    if (!topic_missing_since_) {
        topic_missing_since_ = steady_clock::now();
        wake_at(*topic_missing_since_ + cluster_->options().default_timeout);
    }
}

void consumer_core::find_leaders() {
    const known_topic* topic = nullptr;
    const std::string* name = nullptr;
    bool moved = leaders_stale_;
    for (const auto& each : partitions_) {
        if (name == nullptr || *name != *each->position->topic) {
            name = each->position->topic.get();
            topic = cluster_->metadata().find(*name);
        }
        moved = find_leader(each, topic) || moved;
    }
    if (moved) fill_lines();
    for (auto& [node, each] : lines_) each.touch();
}

bool consumer_core::find_leader(const partition_ptr& partition, const known_topic* topic) {
    const auto number = static_cast<std::size_t>(partition->position->number);
    known_partition found;
    bool missing = true;
    if (topic != nullptr) {
        if (number < topic->partitions.size()) found = topic->partitions[number];
        missing = found.leader < 0 || topic->error;
        take_id(partition, *topic);
    }
    if (!missing) {
        partition->missing_since.reset();
    } else if (!partition->missing_since) {
        partition->missing_since = steady_clock::now();
        wake_at(*partition->missing_since + cluster_->options().default_timeout);
    }
    // What was wrong with the old leader says nothing of the new one.
    if (found.leader != partition->leader || found.epoch != partition->leader_epoch) partition->retry_at = {};
    bool moved = std::exchange(partition->leader, found.leader) != found.leader;
    if (std::exchange(partition->leader_epoch, found.epoch) != found.epoch) {
        partition->unproven = true;
        // Only a leader says whether its log was cut.
        moved = std::exchange(partition->nearest, -1) >= 0 || moved;
    }
    // A nearer replica is named for a time; then, or when it is gone, the leader is asked again.
    if (partition->nearest >= 0 && (partition->nearest_until <= steady_clock::now() ||
                                    cluster_->metadata().node(partition->nearest) == nullptr)) {
        partition->nearest = -1;
        moved = true;
    }
    return moved;
}

/// A topic that is away for the moment keeps its id.
void consumer_core::take_id(const partition_ptr& partition, const known_topic& topic) {
    if (topic.error && topic.id.is_zero()) return;
    const auto former = std::exchange(partition->topic_id, topic.id);
    if (!former.is_zero() && !topic.id.is_zero() && former != topic.id) on_recreated(partition);
}

/// Another topic has the name now: a position in the old one means nothing in it.
void consumer_core::on_recreated(const partition_ptr& partition) {
    auto outcome = positions::out_of_range::stale;
    {
        const std::lock_guard lock{mutex_};
        outcome = positions_.on_out_of_range(*partition->position, partition->position->version);
        follow(*partition);
    }
    if (outcome == positions::out_of_range::stopped) tell_error(partition, broker_errc::unknown_topic_id);
    if (outcome == positions::out_of_range::reset) lookups_wanted_ = true;
}

void consumer_core::fill_lines() {
    leaders_stale_ = false;
    for (auto& [node, each] : lines_) each.order.clear();
    for (const auto& each : partitions_) line_to(each->source()).order.push_back(each);
}

consumer_core::line& consumer_core::line_to(std::int32_t node) {
    auto& found = lines_[node];
    found.node = node;
    return found;
}

error_code consumer_core::why_missing(const std::string& topic, std::int32_t number) const {
    const auto& metadata = cluster_->metadata();
    if (metadata.nodes().empty()) {
        const auto cause = cluster_->last_failure().code;
        return cause ? cause : error_code{errc::metadata_unavailable};
    }
    const auto* known = metadata.find(topic);
    if (known == nullptr) return broker_errc::unknown_topic_or_partition;
    if (known->error) return known->error;
    if (known->partitions.empty()) return broker_errc::unknown_topic_or_partition;
    if (static_cast<std::size_t>(number) >= known->partitions.size()) return errc::unknown_partition;
    return errc::leader_unavailable;
}

/// Tells what has been missing for too long, or what waiting does not bring.
void consumer_core::look_for_missing(time_point now) {
    const auto limit = cluster_->options().default_timeout;
    for (const auto& each : partitions_) {
        if (!each->missing_since) continue;
        const auto why = why_missing(*each->position->topic, each->position->number);
        const bool waits = is_retriable(why) || why.category() != broker_category();
        if (!waits || *each->missing_since + limit <= now) tell_once(each, why);
    }
    if (!topic_missing_since_) return;
    partition_event event;
    {
        const std::lock_guard lock{mutex_};
        if (!positions_.whole_topic()) return;
        event.partition.topic = *positions_.whole_topic();
    }
    event.error = why_missing(event.partition.topic, 0);
    const bool waits = is_retriable(event.error) || event.error.category() != broker_category();
    if (waits && *topic_missing_since_ + limit > now) return;
    // Told once: not again before the topic was there.
    topic_missing_since_ = time_point::max() - limit;
    tell(nullptr, std::move(event));
}

void consumer_core::tell(const partition_ptr& partition, partition_event event) {
    const auto version = partition ? partition->version : generation_;
    counts_.on_event(event.what);
    // One of a kind for each partition: nobody may be polling for long.
    const auto bit = 1U << static_cast<unsigned>(event.what);
    if (partition && (std::exchange(partition->events, partition->events | bit) & bit) != 0) {
        const auto same = [&](const told_event& each) {
            return each.partition == partition && each.event.what == event.what;
        };
        const auto place = std::find_if(events_.begin(), events_.end(), same);
        place->version = version;
        place->event = std::move(event);
        return;
    }
    events_.push_back({partition, version, std::move(event)});
}

void consumer_core::tell_error(const partition_ptr& partition, error_code error) {
    partition_event event;
    event.partition = partition->position->name();
    event.error = error;
    {
        const std::lock_guard lock{mutex_};
        event.offset = partition->position->offset;
    }
    tell(partition, std::move(event));
}

void consumer_core::tell_once(const partition_ptr& partition, error_code error) {
    if (partition->told == error) return;
    partition->told = error;
    tell_error(partition, error);
}

void consumer_core::back_off(fetched_partition& partition) {
    partition.retry_at = steady_clock::now() + cluster_->retry_delay(std::min(partition.failures++, 16));
    wake_at(partition.retry_at);
}

void consumer_core::wake_at(time_point when) {
    if (when >= armed_) return;
    armed_ = when;
    cluster_->call_at(when, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->on_timer();
    });
}

void consumer_core::on_timer() {
    const auto now = steady_clock::now();
    // A later call finds that an earlier one has done its work.
    if (ended_ || armed_ > now) return;
    armed_ = time_point::max();
    const auto limit = cluster_->options().default_timeout;
    const auto rearm = [this, now](time_point when) {
        if (when > now) wake_at(when);
    };
    for (const auto& each : partitions_) {
        rearm(each->retry_at);
        if (each->missing_since) rearm(*each->missing_since + limit);
    }
    if (topic_missing_since_ && *topic_missing_since_ <= now) rearm(*topic_missing_since_ + limit);
    for (auto& [node, each] : lines_) {
        rearm(each.retry_at);
        each.touch();
    }
    lookups_wanted_ = true;
    look_for_missing(now);
    go_on();
}

KASIO_END_NAMESPACE
