// SPDX-License-Identifier: BSL-1.0
// From sealed batches to requests: one line to each leader. On the strand.
#include "cluster/metadata_cache.hpp"
#include "net/capabilities.hpp"
#include "producer/batch_parts.hpp"
#include "producer/producer_core.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/messages/produce.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

// From the next version on Produce names topics by their id alone (KIP-516).
constexpr std::int16_t highest_by_name = 12;

} // namespace

void producer_core::on_wake() {
    {
        const std::lock_guard lock{notice_mutex_};
        wake_posted_ = false;
        looking_.swap(noticed_);
        counters_.wakes.add();
        for (auto* queue : looking_) queue->noticed = false;
    }
    if (ended_) return drop_late_arrivals();
    for (auto* queue : looking_) look_at(*queue);
    looking_.clear();
    if (pending_.load(std::memory_order_relaxed) != 0) look_for_partitions();
    admit_waiting();
    pump_all();
    check_close();
    arm_for_all();
}

void producer_core::look_at(partition_queue& queue) {
    bool ready = false;
    {
        const std::lock_guard lock{queue.mutex};
        register_sealed(queue);
        ready = !queue.sealed.empty();
        for (const auto& each : queue.sealed)
            static_cast<void>(is_packed(each)); // side by side, ahead of their turn
        if (queue.open && !queue.open->registered) {
            register_batch(queue.open);
            if (options_.linger.count() == 0 || closing_.load(std::memory_order_relaxed)) {
                ready = true;
            } else {
                lingering_.push_back({queue.open->created + options_.linger, &queue, queue.open->number});
            }
        }
    }
    if (ready) make_ready(queue);
}

void producer_core::register_sealed(partition_queue& queue) {
    auto first = queue.sealed.end();
    while (first != queue.sealed.begin() && !(*std::prev(first))->registered) --first;
    for (; first != queue.sealed.end(); ++first) register_batch(*first);
}

void producer_core::register_batch(const std::shared_ptr<send_batch>& batch) {
    batch->registered = true;
    by_age_.insert(batch);
    outstanding_.insert(batch->number);
}

producer_core::line& producer_core::line_to(std::int32_t node) {
    auto& found = lines_[node];
    if (!found) {
        found = std::make_unique<line>();
        found->node = node;
    }
    return *found;
}

void producer_core::make_ready(partition_queue& queue) {
    if (queue.in_line) return;
    const auto* topic = cluster_->metadata().find(queue.topic->name);
    const auto at = static_cast<std::size_t>(queue.number);
    queue.leader = topic != nullptr && at < topic->partitions.size() ? topic->partitions[at].leader : -1;
    queue.in_line = true;
    if (queue.leader < 0) {
        leaderless_.push_back(&queue);
        cluster_->refresh_metadata();
    } else {
        line_to(queue.leader).ready.push_back(&queue);
    }
}

void producer_core::pump_all() {
    for (auto& [node, each] : lines_) pump(*each);
}

void producer_core::pump(line& to) {
    while (!to.ready.empty() && to.in_flight < options_.max_in_flight) {
        const auto now = steady_clock::now();
        if (to.quiet_until > now) return; // a call at that time is under way
        const auto connection = cluster_->open_session(to.node, purpose::produce);
        if (!connection) return connect(to);
        auto round = gather(to);
        if (round->items.empty()) return;
        write(to, *connection, std::move(round));
    }
}

void producer_core::connect(line& to) {
    if (std::exchange(to.connecting, true)) return;
    const auto until = steady_clock::now() + cluster_->options().request_timeout;
    cluster_->async_session(
        to.node, purpose::produce, until,
        [self = shared_from_this(), node = to.node](error_code error, std::shared_ptr<session>) {
            auto& line = self->line_to(node);
            line.connecting = false;
            if (!error) return self->pump(line);
            if (self->ended_) return;
            // The broker may be gone for good: what waits for it finds its leader anew.
            self->cluster_->refresh_metadata();
            const auto delay = self->cluster_->retry_delay(std::min(line.failures++, 16));
            self->cluster_->call_at(steady_clock::now() + delay,
                                    [self, node] { self->route_again(self->line_to(node)); });
        });
}

void producer_core::route_again(line& from) {
    std::deque<partition_queue*> moved;
    moved.swap(from.ready);
    for (auto* queue : moved) {
        queue->in_line = false;
        make_ready(*queue);
    }
    pump_all();
}

std::shared_ptr<produce_round> producer_core::gather(line& to) {
    auto round = std::make_shared<produce_round>();
    const auto now = steady_clock::now();
    // Each partition once a request, in turn: none starves the others.
    for (auto left = to.ready.size(); left > 0; --left) {
        auto* queue = to.ready.front();
        to.ready.pop_front();
        if (queue->retry_at > now) { // a call at that time puts it back
            queue->in_line = false;
            continue;
        }
        const auto limit = largest_record(queue->topic->name);
        const auto room = limit > round->bytes ? limit - round->bytes : 0;
        bool more = false;
        auto batch =
            take(*queue, round->items.empty() ? std::numeric_limits<std::size_t>::max() : room, more);
        if (batch) {
            round->bytes += batch->wire.size() + queue->topic->name.size() + 16;
            round->items.push_back({std::move(batch), queue->topic->name, queue->number, queue->topic->id});
        }
        if (more) {
            to.ready.push_back(queue);
        } else {
            queue->in_line = false;
        }
    }
    return round;
}

std::size_t producer_core::next_to_leave(partition_queue& queue) {
    const auto& sealed = queue.sealed;
    const auto& first = *sealed.front();
    // Nothing passes a batch that is on its way for the second time, and that one passes nothing.
    if (queue.in_flight > 0 && (queue.repeating || first.attempts > 0)) return sealed.size();
    if (first.stamp.stamped() || may_start(queue)) return 0;
    // It has to wait until all under the former numbers have ended: so those that are still in doubt go
    // before it.
    if (queue.in_flight == 0) {
        for (std::size_t at = 1; at < sealed.size(); ++at) {
            if (sealed[at]->stamp.stamped()) return at;
        }
    }
    if (!std::exchange(queue.blocked, true)) blocked_.push_back(&queue);
    return sealed.size();
}

std::shared_ptr<send_batch> producer_core::take(partition_queue& queue, std::size_t room, bool& more) {
    const auto now = steady_clock::now();
    for (;;) {
        std::shared_ptr<send_batch> batch;
        {
            const std::lock_guard lock{queue.mutex};
            if (queue.sealed.empty() && open_is_due(queue, now)) seal(queue);
            register_sealed(queue);
            more = false;
            if (queue.sealed.empty()) return nullptr;
            const auto at = next_to_leave(queue);
            if (at == queue.sealed.size()) return nullptr;
            batch = queue.sealed[at];
            if (!batch->done && !is_packed(batch)) return nullptr;
            // A bound known before compression, so that a batch is never taken out and put back.
            if (batch->writer.size() > room) {
                more = true;
                return nullptr;
            }
            queue.sealed.erase(queue.sealed.begin() + static_cast<std::ptrdiff_t>(at));
            queue.note_length();
            more = !queue.sealed.empty() || open_is_due(queue, now);
            if (batch->wire.empty()) leave_out_withdrawn(*batch);
        }
        if (batch->done) continue;
        if (batch->writer.count() == 0) { // all of it was withdrawn
            end(batch, {.fate = fate::not_sent});
        } else if (const auto error = prepare(*batch)) {
            end_failed(batch, error);
        } else {
            return batch;
        }
    }
}

bool producer_core::open_is_due(const partition_queue& queue, time_point now) const {
    if (!queue.open || queue.open->writer.count() == 0) return false;
    return closing_.load(std::memory_order_relaxed) || queue.open->created + options_.linger <= now;
}

error_code producer_core::prepare(send_batch& batch) {
    if (!batch.wire.empty()) return {}; // fixed at its first way out; retries send the same bytes
    batch_writer::finish_options how;
    if (idempotent_) {
        batch.stamp = sequences_.start(batch.home->sequences, batch.writer.count(), batch.place);
        how.producer_id = batch.stamp.producer_id;
        how.producer_epoch = batch.stamp.epoch;
        how.base_sequence = batch.stamp.first;
    }
    return encode(batch, how);
}

void producer_core::count_first_way_out(const send_batch& batch, time_point now) {
    if (batch.attempts == 0) counters_.queue_time.add(microseconds(now - batch.created));
}

void producer_core::write(line& to, session& connection, std::shared_ptr<produce_round> round) {
    outgoing_request request;
    request.api_key = protocol::produce_request::api.key;
    // By topic id where the ids of all are known: a topic that was made anew is told from the former one.
    const auto& broker = connection.versions();
    round->by_id = round->has_ids() && has(broker, capability::produce_by_id);
    const auto highest = round->by_id ? protocol::produce_request::api.versions.max : highest_by_name;
    const auto version = broker.pick(protocol::produce_request::api, highest);
    round->sent = steady_clock::now();
    protocol::produce_request message;
    message.acks = static_cast<std::int16_t>(options_.acks);
    message.timeout_ms = static_cast<std::int32_t>(cluster_->options().request_timeout.count());
    for (const auto& item : round->items) {
        if (message.topic_data.empty() || message.topic_data.back().name != item.topic) {
            message.topic_data.emplace_back().name = item.topic;
            message.topic_data.back().topic_id = item.topic_id;
        }
        count_first_way_out(*item.batch, round->sent);
        auto& partition = message.topic_data.back().partition_data.emplace_back();
        partition.index = item.partition;
        partition.records = bytes_view{item.batch->wire};
        item.batch->in_flight = true;
        ++item.batch->home->in_flight;
        if (item.batch->attempts > 0) item.batch->home->repeating = true;
    }
    error_code error;
    if (!version) {
        error = errc::unsupported_version;
    } else if (options_.compression == compression::zstd && !has(broker, capability::produce_zstd)) {
        error = broker_errc::unsupported_compression_type;
    } else {
        error = protocol::encode_request(request.frame, message, *version, cluster_->options().client_id);
    }
    if (error) {
        for (const auto& item : round->items) {
            landed(item.batch);
            end_failed(item.batch, error);
        }
        return;
    }
    request.version = *version;
    request.deadline = steady_clock::now() + cluster_->options().request_timeout;
    request.expects_reply = options_.acks != acks::none;
    request.pin = round;
    ++to.in_flight;
    counters_.requests.add();
    request.handler = [self = shared_from_this(), node = to.node, round = std::move(round)](
                          error_code outcome, reply& answer) mutable {
        self->on_answer(node, std::move(round), outcome, answer);
    };
    connection.send(std::move(request));
}

KASIO_END_NAMESPACE
