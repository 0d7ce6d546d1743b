// SPDX-License-Identifier: BSL-1.0
// What becomes of batches: answers, retries, ends. On the strand.
#include "cluster/metadata_cache.hpp"
#include "net/capabilities.hpp"
#include "producer/producer_core.hpp"
#include "producer/refusal.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/messages/produce.hpp>

#include <algorithm>

KASIO_BEGIN_NAMESPACE

std::uint64_t microseconds(steady_clock::duration time) noexcept {
    const auto count = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
    return count > 0 ? static_cast<std::uint64_t>(count) : 0;
}

void producer_core::on_answer(std::int32_t node, std::shared_ptr<produce_round> round, error_code error,
                              reply& answer) {
    auto& line = line_to(node);
    --line.in_flight;
    const auto now = steady_clock::now();
    if (error) {
        counters_.request_failures.add();
    } else {
        counters_.request_latency.add(microseconds(now - round->sent));
    }
    for (const auto& item : round->items) landed(item.batch);
    protocol::produce_response response;
    if (!error && options_.acks != acks::none) {
        error = protocol::decode_response(answer.frame, answer.version, response);
    }
    if (error) {
        for (const auto& item : round->items) {
            item.batch->fate_unknown = item.batch->fate_unknown || answer.maybe_sent;
            retry(item.batch, error);
        }
    } else if (options_.acks == acks::none) {
        for (const auto& item : round->items) settle(item.batch, {});
    } else {
        line.failures = 0;
        be_quiet(line, answer.version, response.throttle_time_ms);
        for (const auto& node_said : response.node_endpoints) {
            cluster_->hint_node(node_said.node_id, node_said.host, node_said.port);
        }
        const auto outcomes = match_answer(*round, response);
        for (std::size_t at = 0; at < outcomes.size(); ++at) {
            const auto& batch = round->items[at].batch;
            if (outcomes[at]) {
                settle(batch, *outcomes[at]);
            } else {
                batch->fate_unknown = true;
                retry(batch, errc::malformed_response);
            }
        }
    }
    // Its memory is free, unless it is still being written, before anybody hears that there is room.
    round.reset();
    unblock();
    admit_waiting();
    pump_all();
    check_flushes();
    check_close();
    arm_for_all();
}

void producer_core::be_quiet(line& to, std::int16_t version, std::int32_t milliseconds) {
    if (milliseconds <= 0 || !client_throttles(protocol::produce_request::api.key, version)) return;
    to.quiet_until = steady_clock::now() + std::chrono::milliseconds{milliseconds};
    cluster_->call_at(to.quiet_until,
                      [self = shared_from_this(), node = to.node] { self->pump(self->line_to(node)); });
}

void producer_core::landed(const std::shared_ptr<send_batch>& batch) {
    auto& queue = *batch->home;
    batch->in_flight = false;
    if (--queue.in_flight == 0) queue.repeating = false;
    const auto now = steady_clock::now();
    bool more = false;
    {
        const std::lock_guard lock{queue.mutex};
        more = !queue.sealed.empty() || open_is_due(queue, now);
    }
    // What was held back behind it may go now.
    if (more && queue.retry_at <= now) make_ready(queue);
}

bool producer_core::settle_sequence(const std::shared_ptr<send_batch>& batch, error_code error) {
    using verdict = sequence_keeper::verdict;
    switch (sequences_.on_error(batch->home->sequences, batch->place, error, batch->fate_unknown)) {
        case verdict::other: return false;
        case verdict::retry: retry(batch, error); break;
        case verdict::duplicate: // in the log already, where the broker does not say
            batch->home->failures = 0;
            end(batch, {.fate = fate::delivered});
            break;
        case verdict::unknown: end_failed(batch, error); break;
        case verdict::renumber:
            batch->stamp = {};
            batch->wire = {};
            batch->fate_unknown = false;
            retry(batch, error);
            break;
    }
    return true;
}

void producer_core::settle(const std::shared_ptr<send_batch>& batch, const partition_outcome& outcome) {
    if (batch->done) return;
    const auto error = from_broker(outcome.error);
    if (!error) {
        batch->home->failures = 0;
        return end(batch, {.error = {},
                           .base_offset = outcome.base_offset,
                           .log_append_time = outcome.log_append_time,
                           .fate = fate::delivered});
    }
    counters_.broker_errors.add();
    if (!outcome.text.empty()) cluster_->note_failure(error, outcome.text);
    if (batch->stamp.stamped() && settle_sequence(batch, error)) return;
    if (needs_metadata_refresh(error) && cluster_->hint_leader(batch->home->topic->name, batch->home->number,
                                                               outcome.leader, outcome.leader_epoch)) {
        // The answer names the leader itself: there at once, while metadata is asked for all the same
        // (KIP-951).
        cluster_->refresh_metadata();
        if (has_no_retry(*batch)) return end_failed(batch, error);
        counters_.retries.add();
        requeue(batch);
        batch->home->retry_at = {};
        return make_ready(*batch->home);
    }
    const auto blamed = blamed_in(*batch, outcome);
    const auto records = static_cast<std::size_t>(batch->writer.count());
    const auto verdict = judge(error, {batch->fate_unknown, records, blamed.size()});
    batch->fate_unknown = verdict.unknown;
    switch (verdict.what) {
        case refusal::remedy::again: return retry(batch, error);
        case refusal::remedy::in_parts: return split(batch);
        case refusal::remedy::without_blamed: return blame(batch, error, blamed);
        case refusal::remedy::end: return end_failed(batch, error);
    }
}

bool producer_core::has_no_retry(send_batch& batch) const noexcept {
    // What may be in the log and can be sent again without a copy is, up to its delivery time-out: to leave
    // off would only leave it in doubt.
    const bool harmless = batch.fate_unknown && batch.stamp.stamped();
    return ++batch.attempts > options_.retries && !harmless;
}

void producer_core::retry(const std::shared_ptr<send_batch>& batch, error_code error) {
    if (batch->done) return;
    const bool line_failed = error.category() == client_category();
    if (line_failed || needs_metadata_refresh(error)) cluster_->refresh_metadata();
    if (options_.acks == acks::none || has_no_retry(*batch)) return end_failed(batch, error);
    batch->last_error = error;
    counters_.retries.add();
    requeue(batch);
    auto& queue = *batch->home;
    if (queue.retry_at > steady_clock::now()) return; // another batch of this round has seen to it
    queue.retry_at = steady_clock::now() + cluster_->retry_delay(std::min(queue.failures++, 16));
    cluster_->call_at(queue.retry_at, [self = shared_from_this(), &queue] {
        self->make_ready(queue);
        self->pump_all();
    });
}

void producer_core::requeue(const std::shared_ptr<send_batch>& batch) {
    auto& queue = *batch->home;
    {
        // Back to its place: batches of a partition go out in the order in which they were opened.
        const std::lock_guard lock{queue.mutex};
        const auto place = std::find_if(queue.sealed.begin(), queue.sealed.end(),
                                        [&batch](const auto& other) { return batch->before(*other); });
        queue.sealed.insert(place, batch);
        queue.note_length();
    }
}

void producer_core::end(const std::shared_ptr<send_batch>& batch, const batch_outcome& outcome) {
    if (std::exchange(batch->done, true)) return;
    outstanding_.erase(outstanding_.find(batch->number));
    count_end(*batch, outcome.fate);
    give_back(batch->charged);
    by_age_.erase(batch);
    if (batch->stamp.stamped()) {
        auto& sequences = batch->home->sequences;
        if (outcome.fate == fate::delivered) {
            sequences_.delivered(sequences, batch->place);
        } else {
            sequences_.lost(sequences, batch->place, batch->stamp, outcome.fate == fate::unknown);
        }
    }
    completer_.complete(batch, outcome);
}

void producer_core::end_failed(const std::shared_ptr<send_batch>& batch, error_code error) {
    // In flight, or once sent without a definite answer: nobody knows.
    const bool unknown = batch->in_flight || batch->fate_unknown;
    end(batch, {.error = error, .fate = unknown ? fate::unknown : fate::not_sent});
}

KASIO_END_NAMESPACE
