// SPDX-License-Identifier: BSL-1.0
// Positions that have to be found out: ListOffsets, one request at a time to each leader. On the strand.
#include "consumer/consumer_core.hpp"

#include <kasio/broker_error.hpp>

#include <algorithm>

KASIO_BEGIN_NAMESPACE

void consumer_core::pump_lookups() {
    if (!std::exchange(lookups_wanted_, false)) return;
    const auto now = steady_clock::now();
    const auto wall_clock =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    std::map<std::int32_t, offset_round> rounds;
    std::vector<partition_ptr> stopped;
    {
        const std::lock_guard lock{mutex_};
        for (const auto& each : partitions_) {
            auto& position = *each->position;
            if (!position.assigned || position.where != partition_position::stage::unknown) continue;
            if (position.ask_committed || position.held) continue;
            const auto timestamp = positions_.question(position, wall_clock);
            if (!timestamp) {
                follow(*each);
                stopped.push_back(each);
            } else if (each->leader >= 0 && each->retry_at <= now) {
                rounds[each->leader].items.push_back({each, position.version, *timestamp});
            }
        }
    }
    for (const auto& each : stopped) tell_error(each, errc::no_position);
    for (auto& [node, round] : rounds) {
        auto& to = line_to(node);
        // What asks now calls again when it is done.
        if (!to.asking && to.retry_at <= now) ask_offsets(to, std::move(round));
    }
}

void consumer_core::connect_to_ask(line& to) {
    to.asking = true;
    const auto until = steady_clock::now() + cluster_->options().request_timeout;
    cluster_->async_session(
        to.node, purpose::common, until,
        [self = shared_from_this(), node = to.node](error_code error, std::shared_ptr<session>) {
            if (self->ended_) return;
            auto& line = self->line_to(node);
            line.asking = false;
            self->lookups_wanted_ = true;
            if (error) self->on_line_failed(line, error);
            self->go_on();
        });
}

void consumer_core::ask_offsets(line& to, offset_round round) {
    const auto connection = cluster_->open_session(to.node, purpose::common);
    if (!connection) return connect_to_ask(to);
    to.asking = true;
    protocol::list_offsets_request request;
    request.replica_id = -1;
    request.isolation_level = static_cast<std::int8_t>(options_.isolation_level);
    request.timeout_ms = static_cast<std::int32_t>(cluster_->options().request_timeout.count());
    name_partitions(request, round);
    const auto until = steady_clock::now() + cluster_->options().request_timeout;
    send_typed(*connection, request, until,
               [self = shared_from_this(), node = to.node, round = std::move(round)](
                   error_code error, const protocol::list_offsets_response& answer) {
                   self->on_offsets(node, round, error, answer);
               });
}

void consumer_core::on_offsets(std::int32_t node, const offset_round& round, error_code error,
                               const protocol::list_offsets_response& answer) {
    if (ended_) return;
    auto& from = line_to(node);
    from.asking = false;
    lookups_wanted_ = true;
    if (error) {
        on_line_failed(from, error);
    } else {
        from.failures = 0;
        const auto matched = match_answer(round, answer);
        for (std::size_t at = 0; at < matched.size(); ++at) {
            const auto& item = round.items[at];
            if (matched[at] == nullptr) {
                back_off(*item.partition);
            } else if (item.partition->leader != node) {
                continue; // no longer the leader: another one is asked
            } else if (const auto step = step_after(matched[at]->error_code); step == fetch_step::take) {
                on_offset(item, matched[at]->offset);
            } else {
                on_partition_error(item.partition, item.version, step, from_broker(matched[at]->error_code));
            }
        }
    }
    go_on();
}

void consumer_core::on_offset(const offset_item& item, std::int64_t offset) {
    std::int64_t previous = -1;
    auto found = positions::found::stale;
    partition_event event;
    {
        const std::lock_guard lock{mutex_};
        found = positions_.on_answer(*item.partition->position, item.version, offset, previous);
        follow(*item.partition);
        event.offset = item.partition->position->offset;
    }
    // No answer of this kind says that the position should be another: so it stays unknown.
    if (found == positions::found::nonsense) return back_off(*item.partition);
    if (found != positions::found::reset) return;
    event.what = partition_event::kind::offset_reset;
    event.partition = item.partition->position->name();
    event.previous = previous;
    tell(item.partition, std::move(event));
}

/// An error code of one partition that says nothing of its position.
void consumer_core::on_partition_error(const partition_ptr& partition, std::uint64_t version, fetch_step step,
                                       error_code error) {
    {
        const std::lock_guard lock{mutex_};
        if (partition->position->version != version || !partition->position->assigned) return;
        if (step == fetch_step::stop) positions::stop(*partition->position);
        follow(*partition);
    }
    if (step == fetch_step::stop) return tell_error(partition, error);
    if (step == fetch_step::tell) tell_once(partition, error);
    if (step == fetch_step::refresh) cluster_->refresh_metadata();
    back_off(*partition);
}

KASIO_END_NAMESPACE
