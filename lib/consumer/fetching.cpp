// SPDX-License-Identifier: BSL-1.0
// Fetching ahead: one request at a time to each node. On the strand.
#include "consumer/consumer_core.hpp"

#include "net/capabilities.hpp"

#include <kasio/broker_error.hpp>

#include <algorithm>
#include <cstring>

KASIO_BEGIN_NAMESPACE

namespace {

// Fetch goes by topic id from version 13 on, by name below.
constexpr std::int16_t highest_by_name = 12;
// What is looked into ahead of a poll: so that it finds something, in the processor's cache.
constexpr std::size_t open_ahead_bytes = 256 * 1024;

/// Whether an answer holds records of more than one partition.
bool brings_several(const protocol::fetch_response& answer) {
    int with_records = 0;
    for (const auto& topic : answer.responses) {
        for (const auto& data : topic.partitions) with_records += data.records.empty() ? 0 : 1;
    }
    return with_records > 1;
}

} // namespace

/// Does what has become possible: hands out, asks, fetches.
void consumer_core::go_on() {
    if (ended_) return;
    serve();
    serve_streams();
    if (group_ && std::exchange(committed_wanted_, false)) group_->look_for_committed();
    pump_lookups();
    if (!position_waiters_.empty()) serve_position_waiters();
    starved_ = false;
    retry_unopened();
    for (auto& [node, each] : lines_) pump_fetch(each);
    if (!events_.empty()) {
        serve();
        serve_streams();
    }
    check_stuck();
}

void consumer_core::pump_fetch(line& to) {
    if (!to.dirty || to.node < 0 || to.fetching || to.connecting) return;
    const auto now = steady_clock::now();
    if (to.retry_at > now) return; // a call at that time is under way
    to.dirty = false;
    const bool same = std::exchange(to.at_rest, false);
    fetch_round round;
    if (!same) {
        const std::lock_guard lock{mutex_};
        round = plan_fetch(to.order, now, ahead_of_each());
        if (round.items.empty()) return;
    }
    const auto room = fetch_room(same ? to.session.size() : round.items.size());
    if (room == 0) {
        to.dirty = true;
        starved_ = true;
        counts_.budget_waits.add();
        return;
    }
    const auto connection = cluster_->open_session(to.node, fetch_lane_);
    if (!connection) return connect_to_fetch(to);
    if (same) return send_fetch(to, *connection, nullptr, room);
    prove_first(to, *connection, round);
    if (!round.items.empty()) send_fetch(to, *connection, &round, room);
}

/// How much of one partition may wait to be handed out. Streams are read each at its own pace: none of them
/// may take what the others need.
std::size_t consumer_core::ahead_of_each() const noexcept {
    const auto most = static_cast<std::size_t>(options_.partition_fetch_bytes);
    if (streams_.empty()) return most;
    return std::clamp<std::size_t>(memory_->limit() / (2 * std::max<std::size_t>(partitions_.size(), 1)), 1,
                                   most);
}

/// How many bytes a request may ask for: its share of what is left; 0: none for now.
std::size_t consumer_core::fetch_room(std::size_t partitions) {
    std::size_t lines = 0;
    for (const auto& [node, each] : lines_) lines += !each.order.empty() && each.node >= 0 ? 1 : 0;
    const auto limit = memory_->limit();
    // Half for what is under way, since a batch may be larger than asked for, and grows when it is
    // decompressed.
    const auto share = std::max<std::size_t>(limit / (2 * std::max<std::size_t>(lines, 1)), 1);
    const auto wish = std::min({static_cast<std::size_t>(options_.fetch_max_bytes), share,
                                static_cast<std::size_t>(options_.partition_fetch_bytes) * partitions});
    const auto grant = [&]() -> std::size_t {
        const auto taken = memory_->used() + reserved_;
        if (taken == 0) return wish;
        const auto left = limit > taken ? limit - taken : 0;
        return left >= std::max<std::size_t>(wish / 4, 1) ? std::min(wish, left) : 0;
    };
    if (const auto granted = grant(); granted != 0) return granted;
    // What is let go between the look and the wish to be woken must not be missed.
    memory_->want();
    return grant();
}

void consumer_core::connect_to_fetch(line& to) {
    to.connecting = true;
    const auto until = steady_clock::now() + cluster_->options().request_timeout;
    cluster_->async_session(to.node, fetch_lane_, until,
                            [self = shared_from_this(), node = to.node](
                                error_code error, const std::shared_ptr<session>& connection) {
                                if (self->ended_) {
                                    if (connection) connection->close(errc::closed);
                                    return;
                                }
                                auto& line = self->line_to(node);
                                line.connecting = false;
                                line.touch();
                                if (error) self->on_line_failed(line, error);
                                self->go_on();
                            });
}

/// Without a round: what the session has been told is still right.
void consumer_core::send_fetch(line& to, session& connection, const fetch_round* round, std::size_t most) {
    protocol::fetch_request request;
    request.max_wait_ms = static_cast<std::int32_t>(options_.fetch_max_wait.count());
    request.min_bytes = options_.fetch_min_bytes;
    request.max_bytes = static_cast<std::int32_t>(most);
    request.isolation_level = static_cast<std::int8_t>(options_.isolation_level);
    request.rack_id = cluster_->options().client_rack;
    const bool by_id = round == nullptr ? to.session.by_id() : round->ids_known && !to.by_name;
    const auto cap = by_id ? highest_version : highest_by_name;
    std::int16_t version = 0;
    // Without a version in common sending fails, and says so.
    if (pick_version(connection, protocol::fetch_request::api, cap, version)) version = 0;
    if (round != nullptr) {
        to.session.ask(request, *round, version, static_cast<std::int32_t>(ahead_of_each()));
    } else if (!to.session.ask_again(request, version)) {
        to.dirty = true;
        return pump_fetch(to);
    }
    to.fetching = true;
    to.reserved = most;
    reserved_ += most;
    const auto now = steady_clock::now();
    const auto until = now + options_.fetch_max_wait + cluster_->options().request_timeout;
    send_typed(
        connection, request, until,
        [self = shared_from_this(), node = to.node, now](error_code error, protocol::fetch_response answer,
                                                         reply& raw) {
            self->on_fetched(node, now, error, answer, raw);
        },
        cap);
}

void consumer_core::on_fetched(std::int32_t node, time_point sent, error_code error,
                               protocol::fetch_response& answer, reply& raw) {
    if (ended_) return;
    auto& from = line_to(node);
    from.fetching = false;
    const bool quiet = !from.dirty && !leaders_stale_ && answer.responses.empty();
    from.touch();
    reserved_ -= std::exchange(from.reserved, 0);
    const auto now = steady_clock::now();
    note_fetch(error, now - sent, raw);
    if (error) {
        from.session.on_failure();
        on_line_failed(from, error);
    } else if (const auto outcome = from.session.on_answer(answer);
               outcome != fetch_session::outcome::taken) {
        // 106: this broker cannot mix ids and names.
        if (from_broker(answer.error_code) == broker_errc::fetch_session_topic_id_error) from.by_name = true;
        // A session that is gone is nobody's failure, unless it goes again and again.
        const bool lost = outcome == fetch_session::outcome::session_lost;
        if (!lost || from.failures > 0) on_line_failed(from, {});
        else ++from.failures;
    } else if (on_answer(from, answer, raw)) {
        from.failures = 0;
    } else if (now - sent < options_.fetch_max_wait / 2) {
        // A broker that has nothing waits before it says so. One that does not must not be asked in a circle.
        from.retry_at = now + cluster_->retry_delay(std::min(from.failures++, 16));
        wake_at(from.retry_at);
    } else {
        from.failures = 0;
        from.at_rest = quiet;
    }
    if (!error && answer.throttle_time_ms > 0 && client_throttles(protocol::fetch_request::api.key, raw.version)) {
        from.retry_at = std::max(from.retry_at, now + std::chrono::milliseconds{answer.throttle_time_ms});
        wake_at(from.retry_at);
    }
    go_on();
}

void consumer_core::note_fetch(error_code error, steady_clock::duration took, const reply& raw) noexcept {
    if (error) return counts_.fetch_failures.add();
    const auto time = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
    counts_.fetches.add();
    counts_.fetch_duration.add(static_cast<std::uint64_t>(std::max<std::int64_t>(time, 0)));
    counts_.fetch_bytes.add(raw.frame.size());
}

void consumer_core::on_line_failed(line& to, error_code error) {
    to.touch();
    // What waiting hardly mends (no version in common, no Kafka there, a refused log-in) is told, and tried
    // again.
    if (error && !is_retriable(error)) {
        for (const auto& each : to.order) tell_once(each, error);
    }
    to.retry_at = steady_clock::now() + cluster_->retry_delay(std::min(to.failures++, 16));
    wake_at(to.retry_at);
    for (const auto& each : to.order) {
        if (error && each->nearest == to.node) leave_nearest(*each);
    }
    if (leaders_stale_) find_leaders();
    // The broker may be gone for good: then its partitions have, or will have, another leader.
    cluster_->refresh_metadata();
}

/// Keeps the bytes of an answer. What lies in a buffer much larger than itself is copied, at once and not by
/// record: else many small answers, held by their reader, would hold many large buffers.
std::span<const std::byte> consumer_core::answer_block::hold(std::span<const std::byte> records, reply& raw,
                                                             memory_count& memory) {
    constexpr std::size_t worth_keeping = 4;
    if (apart) {
        std::shared_ptr<std::byte[]> copy{new std::byte[records.size()]};
        std::memcpy(copy.get(), records.data(), records.size());
        const std::span<const std::byte> held{copy.get(), records.size()};
        share = memory.count(std::move(copy), records.size());
        return held;
    }
    if (!share) {
        const auto size = raw.frame.size();
        if (size < raw.kept_bytes / worth_keeping) {
            std::shared_ptr<std::byte[]> copy{new std::byte[size]};
            std::memcpy(copy.get(), raw.frame.data(), size);
            at = copy.get();
            share = memory.count(std::move(copy), size);
        } else {
            at = raw.frame.data();
            share = memory.count(raw.keep(), std::max(size, raw.kept_bytes));
        }
    }
    return {at + (records.data() - raw.frame.data()), records.size()};
}

/// True when any partition got on.
bool consumer_core::on_answer(line& to, protocol::fetch_response& answer, reply& raw) {
    for (const auto& node : answer.node_endpoints) cluster_->hint_node(node.node_id, node.host, node.port);
    answer_block block;
    block.apart = !streams_.empty() && brings_several(answer);
    std::vector<const fetched_partition*> served;
    bool progress = false;
    for (auto& topic : answer.responses) {
        for (auto& data : topic.partitions) {
            const auto* const item = to.session.find(topic, data.partition_index);
            if (item == nullptr) continue;
            const auto step = on_partition(to, *item, data, block, raw);
            if (step == partition_step::served) served.push_back(item->partition.get());
            progress = progress || step != partition_step::idle;
        }
    }
    for (const auto& item : to.session.unanswered()) back_off(*item.partition);
    if (leaders_stale_) find_leaders();
    rotate_served(to.order, served);
    return progress;
}

/// What an answer says of one partition.
consumer_core::partition_step consumer_core::on_partition(line& to, const fetch_item& item,
                                                          protocol::fetch_response::partition_data& data,
                                                          answer_block& block, reply& raw) {
    auto& partition = *item.partition;
    if (data.error_code != 0) {
        // What a broker says that is no longer read from holds for itself only. It does not wait when it has
        // an error to tell: the partition backs off itself.
        if (partition.source() == to.node) on_fetch_error(to, item, data);
        return partition_step::told;
    }
    // What the former leader had may be what the new one lacks.
    if (partition.proving) return partition_step::told;
    if (data.diverging_epoch.epoch >= 0 || data.diverging_epoch.end_offset >= 0) {
        on_diverged(item, {data.diverging_epoch.epoch, data.diverging_epoch.end_offset});
        return partition_step::told;
    }
    if (data.preferred_read_replica >= 0 && data.preferred_read_replica != to.node &&
        cluster_->metadata().node(data.preferred_read_replica) != nullptr) {
        partition.nearest = data.preferred_read_replica;
        partition.nearest_until = steady_clock::now() + cluster_->options().metadata_max_age;
        leaders_stale_ = true;
        return partition_step::told;
    }
    return on_records(item, data, block, raw) ? partition_step::served : partition_step::idle;
}

bool consumer_core::on_records(const fetch_item& item, protocol::fetch_response::partition_data& data,
                               answer_block& block, reply& raw) {
    auto& partition = *item.partition;
    const bool committed = options_.isolation_level == isolation_level::read_committed;
    // -1: not known, as with brokers that do not tell.
    const auto end =
        committed && data.last_stable_offset >= 0 ? data.last_stable_offset : data.high_watermark;
    {
        const std::lock_guard lock{mutex_};
        if (partition.position->version != item.version || !partition.position->assigned) return false;
        partition.position->end = end;
        partition.position->held_back = end < 0 ? 0 : std::max<std::int64_t>(data.high_watermark - end, 0);
    }
    if (item.offset != partition.buffer.fetch_offset()) return false;
    partition.end = end;
    partition.told = {};
    partition.missing_since.reset();
    if (data.records.empty()) {
        partition.failures = 0;
        note_end(item.partition);
        return false;
    }
    std::vector<aborted_filter::transaction> aborted;
    if (committed && data.aborted_transactions) {
        aborted.reserve(data.aborted_transactions->size());
        for (const auto& each : *data.aborted_transactions)
            aborted.push_back({each.producer_id, each.first_offset});
    }
    const auto records = block.hold(data.records.bytes(), raw, *memory_);
    const auto added = partition.buffer.add(block.share, records, aborted_filter{std::move(aborted)});
    if (added == fetch_buffer::added::nothing) {
        back_off(partition);
        return false;
    }
    partition.failures = 0;
    if (!poll_ && !opens_apart()) partition.buffer.open_ahead(opening(), open_ahead_bytes);
    line_up(item.partition);
    return true;
}

/// A replica that cannot serve is left: the leader is asked, which may name another one.
void consumer_core::leave_nearest(fetched_partition& partition) {
    partition.nearest = -1;
    leaders_stale_ = true;
}

void consumer_core::on_fetch_error(const line& from, const fetch_item& item,
                                   const protocol::fetch_response::partition_data& data) {
    if (item.partition->nearest == from.node) {
        // Only the leader's word on an offset counts.
        leave_nearest(*item.partition);
        return back_off(*item.partition);
    }
    const auto error = from_broker(data.error_code);
    const auto step = step_after(data.error_code);
    if (step == fetch_step::out_of_range) return on_out_of_range(item);
    const auto& position = *item.partition->position;
    if (step == fetch_step::refresh &&
        cluster_->hint_leader(*position.topic, position.number, data.current_leader.leader_id,
                              data.current_leader.leader_epoch)) {
        // The answer names the leader itself: there at once, while metadata is asked for all the same
        // (KIP-951).
        leaders_stale_ = true;
        return cluster_->refresh_metadata();
    }
    on_partition_error(item.partition, item.version, step, error);
}

void consumer_core::on_out_of_range(const fetch_item& item) {
    auto& partition = *item.partition;
    // Asked for ahead: what lies before comes out first, and then it is asked again.
    if (item.offset == partition.buffer.fetch_offset() && !partition.buffer.empty())
        return back_off(partition);
    auto outcome = positions::out_of_range::stale;
    {
        const std::lock_guard lock{mutex_};
        if (item.offset == partition.position->offset) {
            outcome = positions_.on_out_of_range(*partition.position, item.version);
        }
        follow(partition);
    }
    if (outcome == positions::out_of_range::stopped)
        tell_error(item.partition, broker_errc::offset_out_of_range);
    if (outcome != positions::out_of_range::reset) return;
    lookups_wanted_ = true;
    // A log that runs away from its reader is not chased without a pause.
    if (partition.failures++ != 0) back_off(partition);
}

KASIO_END_NAMESPACE
