// SPDX-License-Identifier: BSL-1.0
// Logs that lost their end by an unclean election (KIP-320). From Fetch 12 on an answer tells; before, a
// leader is asked for it when it is another one than that of what was read. On the strand.
#include "consumer/answer_matcher.hpp"
#include "consumer/consumer_core.hpp"
#include "net/api_versions.hpp"
#include "net/capabilities.hpp"

#include <kasio/broker_error.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

using epoch_end = protocol::offset_for_leader_epoch_response::epoch_end_offset;

protocol::offset_for_leader_epoch_request question_of(const std::vector<fetch_item>& items) {
    protocol::offset_for_leader_epoch_request request;
    request.replica_id = -1;
    const std::string* last = nullptr;
    for (const auto& item : items) {
        const auto& position = *item.partition->position;
        if (last == nullptr || *last != *position.topic) {
            request.topics.emplace_back().topic = *position.topic;
            last = position.topic.get();
        }
        auto& asked = request.topics.back().partitions.emplace_back();
        asked.partition = position.number;
        asked.current_leader_epoch = item.leader_epoch;
        asked.leader_epoch = item.last_epoch;
    }
    return request;
}

/// For each item what the answer says of it; null where it says nothing.
std::vector<const epoch_end*> match(const std::vector<fetch_item>& items,
                                    const protocol::offset_for_leader_epoch_response& answer) {
    std::vector<const epoch_end*> matched(items.size());
    std::vector<answer_matcher::key> asked;
    for (const auto& item : items) {
        const auto& position = *item.partition->position;
        asked.emplace_back(std::string_view{*position.topic}, position.number);
    }
    answer_matcher matcher{std::move(asked)};
    for (const auto& topic : answer.topics) {
        for (const auto& partition : topic.partitions) {
            const auto at = matcher.find({std::string_view{topic.topic}, partition.partition});
            if (at != answer_matcher::none && matched[at] == nullptr) matched[at] = &partition;
        }
    }
    return matched;
}

} // namespace

/// Takes out of the round what must be asked about first, and asks.
void consumer_core::prove_first(const line& to, session& connection, fetch_round& round) {
    std::int16_t version = 0;
    // Without a version in common sending fails, and says so.
    if (pick_version(connection, protocol::fetch_request::api, highest_version, version)) return;
    if (version >= fetch_session::first_with_epochs) return;
    if (!has(connection.versions(), capability::truncation_detection)) return;
    std::vector<fetch_item> open;
    std::erase_if(round.items, [&](const fetch_item& item) {
        auto& partition = *item.partition;
        if (partition.proving) return true;
        // Only the leader says; and without an epoch there is no question.
        if (!partition.unproven || partition.leader != to.node) return false;
        partition.proving = item.last_epoch >= 0;
        if (partition.proving) open.push_back(item);
        else partition.unproven = false;
        return partition.proving;
    });
    if (open.empty()) return;
    const auto request = question_of(open);
    const auto until = steady_clock::now() + cluster_->options().request_timeout;
    send_typed(connection, request, until,
               [self = shared_from_this(), node = to.node, open = std::move(open)](
                   error_code error, const protocol::offset_for_leader_epoch_response& answer) {
                   self->on_epoch_ends(node, open, error, answer);
               });
}

void consumer_core::on_epoch_ends(std::int32_t node, const std::vector<fetch_item>& asked, error_code error,
                                  const protocol::offset_for_leader_epoch_response& answer) {
    for (const auto& item : asked) item.partition->proving = false;
    if (ended_) return;
    auto& from = line_to(node);
    from.touch();
    if (error) {
        on_line_failed(from, error);
        return go_on();
    }
    const auto matched = match(asked, answer);
    for (std::size_t at = 0; at < asked.size(); ++at) {
        const auto& item = asked[at];
        if (matched[at] == nullptr) {
            back_off(*item.partition);
        } else if (item.partition->leader != node) {
            continue; // no longer the leader: another one is asked
        } else if (const auto step = step_after(matched[at]->error_code); step == fetch_step::take) {
            on_epoch_end(item, {matched[at]->leader_epoch, matched[at]->end_offset});
        } else {
            on_partition_error(item.partition, item.version, step, from_broker(matched[at]->error_code));
        }
    }
    go_on();
}

void consumer_core::on_epoch_end(const fetch_item& item, log_end end) {
    auto& partition = *item.partition;
    if (item.offset != partition.buffer.fetch_offset()) return;
    if (end.epoch != item.last_epoch || end.offset < item.offset) return on_diverged(item, end);
    if (item.leader_epoch == partition.leader_epoch) partition.unproven = false;
    partition.failures = 0;
}

/// The leader's log does not hold all that was fetched.
void consumer_core::on_diverged(const fetch_item& item, log_end end) {
    auto& partition = *item.partition;
    if (item.offset != partition.buffer.fetch_offset()) return;
    // No common point is known: as if the leader had no such offset.
    if (end.offset < 0 || end.epoch < 0) return on_out_of_range(item);
    auto outcome = positions::truncated::stale;
    partition_event event;
    {
        const std::lock_guard lock{mutex_};
        outcome = positions_.on_truncated(*partition.position, item.version, end, event.previous);
        // What was fetched and not yet handed out is of a log that is no more.
        if (outcome == positions::truncated::ahead)
            partition.buffer.reset(partition.position->offset, partition.position->epoch);
        follow(partition);
        event.offset = partition.position->offset;
    }
    // A log that keeps losing its end is not chased without a pause.
    if (outcome != positions::truncated::stale && partition.failures++ != 0) back_off(partition);
    if (outcome == positions::truncated::stopped) {
        event.error = errc::log_truncated;
        event.next = std::min(end.offset, event.offset);
    } else if (outcome == positions::truncated::moved) {
        event.what = partition_event::kind::truncated;
    } else {
        return;
    }
    event.partition = partition.position->name();
    tell(item.partition, std::move(event));
}

KASIO_END_NAMESPACE
