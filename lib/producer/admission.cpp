// SPDX-License-Identifier: BSL-1.0
// Records that cannot go into a batch yet: no room in the budget, or partitions not known.
#include "producer/producer_core.hpp"

#include "cluster/metadata_cache.hpp"

#include <kasio/broker_error.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

std::unique_ptr<waiting_send> copy_of(const producer_record& record, std::int64_t time, time_point until) {
    return std::make_unique<waiting_send>(record, time, until);
}

} // namespace

void producer_core::wait_for_room(const producer_record& record, sender& who, std::int64_t time) {
    auto waiting = copy_of(record, time, steady_clock::now() + options_.max_block);
    waiting->hold(*who.type, who.handler, std::move(who.link));
    bool first = false;
    {
        const std::lock_guard lock{room_mutex_};
        waiting->number = next_number_.fetch_add(1, std::memory_order_relaxed);
        first = room_.empty();
        room_.push_back(std::move(waiting));
        waiting_for_room_.store(room_.size(), std::memory_order_release);
    }
    // The first has to be noticed, also since room may have been made between the refusal and the lock.
    if (first) wake();
}

producer_core::admission producer_core::wait_for_partition(topic_entry& topic, const partition_list* seen,
                                                           const producer_record& record, sender& who,
                                                           std::int64_t time) {
    std::unique_ptr<waiting_send> made;
    auto* waiting = who.waited;
    if (waiting == nullptr) {
        made = copy_of(record, time, steady_clock::now() + options_.max_block);
        waiting = made.get();
    }
    if (!budget_.take(waiting->size())) {
        refused_.store(true, std::memory_order_relaxed);
        return admission::no_room;
    }
    waiting->charged = waiting->size();
    bool first = false;
    {
        const std::lock_guard lock{topic.mutex};
        // Partitions that became known since the caller looked: those in line are all in batches by now.
        const bool stale = topic.partitions.load(std::memory_order_acquire) != seen;
        if (stale || (made && closing_.load(std::memory_order_acquire))) {
            give_back(waiting->charged);
            return stale ? admission::again : admission::closed;
        }
        if (made) {
            if (who.type) waiting->hold(*who.type, who.handler, std::move(who.link));
            waiting->number = next_number_.fetch_add(1, std::memory_order_relaxed);
        }
        first = topic.pending.empty();
        // `admit_waiting` and `drain_pending` own what has waited before; they hand it over by this pointer.
        topic.pending.push_back(made ? std::move(made) : std::unique_ptr<waiting_send>{waiting});
        pending_.fetch_add(1, std::memory_order_relaxed);
    }
    if (first) wake();
    return admission::no_partition;
}

void producer_core::fail_later(sender& who, std::int64_t time, error_code error) {
    auto batch = pool_->acquire(0);
    auto* operation =
        who.type->construct(batch->memory.allocate(who.type->size, who.type->align), who.handler);
    operation->link = nullptr;
    completer_.adopt(*batch, operation);
    batch->link(operation, 0, time);
    boost::asio::post(cluster_->strand(), [self = shared_from_this(), batch = std::move(batch), error] {
        self->completer_.complete(batch, {.error = error});
    });
}

void producer_core::admit_waiting() {
    // On the strand. The head is tried while it is still counted, so that nobody overtakes it.
    for (;;) {
        std::unique_ptr<waiting_send> head;
        {
            const std::lock_guard lock{room_mutex_};
            if (room_.empty()) break;
            head = std::move(room_.front());
            room_.pop_front();
        }
        sender who;
        who.waited = head.get();
        const auto record = head->record();
        const auto result = admit(record, who, head->time);
        if (result == admission::no_partition) head.release(); // the topic's line owns it now
        {
            const std::lock_guard lock{room_mutex_};
            if (result == admission::no_room) room_.push_front(std::move(head));
            waiting_for_room_.store(room_.size(), std::memory_order_release);
        }
        if (result == admission::no_room) break;
        if (head && result != admission::taken) fail_waiting(std::move(head), errc::record_too_large);
    }
    wake_writable();
}

void producer_core::give_back(std::size_t& charged) noexcept {
    if (charged == 0) return;
    budget_.give_back(std::exchange(charged, 0));
    refused_.store(false, std::memory_order_relaxed);
}

void producer_core::wake_writable() {
    std::vector<unique_function<void(error_code)>> woken;
    {
        const std::lock_guard lock{room_mutex_};
        if (writable_.empty() || !room_.empty() || refused_.load(std::memory_order_relaxed)) return;
        woken.swap(writable_);
    }
    for (auto& each : woken) each({});
}

void producer_core::wait_writable(unique_function<void(error_code)> done) {
    {
        const std::lock_guard lock{room_mutex_};
        writable_.push_back(std::move(done));
    }
    wake();
}

void producer_core::look_for_partitions() {
    // Topics somebody waits for: watched from their first record on.
    for (auto* topic : topics_.all()) {
        if (std::find(watched_.begin(), watched_.end(), topic) == watched_.end()) {
            watched_.push_back(topic);
            cluster_->watch_topic(topic->name, options_.allow_auto_create);
        } else if (is_refused(*topic)) {
            // What it was refused for may have been mended: no verdict before the next answer.
            if (has_pending(*topic) && std::exchange(topic->refused, false)) cluster_->refresh_metadata();
            continue;
        }
        drain_pending(*topic);
    }
}

bool producer_core::is_refused(const topic_entry& topic) const {
    const auto* known = cluster_->metadata().find(topic.name);
    return known != nullptr && known->partitions.empty() && known->error && !is_retriable(known->error);
}

bool producer_core::has_pending(topic_entry& topic) {
    const std::lock_guard lock{topic.mutex};
    return !topic.pending.empty();
}

void producer_core::drain_pending(topic_entry& topic) {
    const auto* known = cluster_->metadata().find(topic.name);
    if (known == nullptr || known->partitions.empty()) {
        // The broker will not change its mind (name, authorization): no sense in waiting.
        if (!is_refused(topic)) return;
        topic.refused = true;
        return refuse_pending(topic, known->error);
    }
    topic.refused = false;
    if (topic.id != known->id) {
        if (!topic.id.is_zero()) {
            for (const auto& queue : topic.queues) sequences_.recreated(queue->sequences);
        }
        topic.id = known->id;
    }
    const auto count = known->partitions.size();
    while (topic.queues.size() < count) {
        const auto number = static_cast<std::int32_t>(topic.queues.size());
        topic.queues.push_back(std::make_unique<partition_queue>(&topic, number));
    }
    for (std::size_t number = 0; number < count; ++number) {
        topic.queues[number]->available.store(known->partitions[number].leader >= 0,
                                              std::memory_order_relaxed);
    }
    const auto* published = topic.partitions.load(std::memory_order_relaxed);
    if (published == nullptr || published->queues.size() < topic.queues.size()) {
        auto list = std::make_unique<partition_list>();
        for (const auto& queue : topic.queues) list->queues.push_back(queue.get());
        topic.lists.push_back(std::move(list));
    }
    place_pending(topic, *topic.lists.back());
}

void producer_core::place_pending(topic_entry& topic, const partition_list& list) {
    std::deque<std::unique_ptr<waiting_send>> still;    // name a partition that is not there yet
    std::deque<std::unique_ptr<waiting_send>> overflow; // no room any more
    for (;;) {
        std::unique_ptr<waiting_send> next;
        {
            const std::lock_guard lock{topic.mutex};
            if (topic.pending.empty()) {
                // Only now, with all who waited in line before them, may others go straight to the
                // partitions.
                if (!overflow.empty()) {
                    const std::lock_guard room{room_mutex_};
                    room_.insert(room_.begin(), std::make_move_iterator(overflow.begin()),
                                 std::make_move_iterator(overflow.end()));
                    waiting_for_room_.store(room_.size(), std::memory_order_release);
                }
                topic.pending.swap(still);
                topic.partitions.store(&list, std::memory_order_release);
                return;
            }
            next = std::move(topic.pending.front());
            topic.pending.pop_front();
        }
        auto* queue = choose(topic, list, next->record());
        if (queue == nullptr) {
            still.push_back(std::move(next));
            continue;
        }
        pending_.fetch_sub(1, std::memory_order_relaxed);
        give_back(next->charged);
        sender who;
        who.waited = next.get();
        if (overflow.empty() && append(*queue, next->record(), who, next->time) == admission::taken) continue;
        overflow.push_back(std::move(next));
    }
}

void producer_core::refuse_pending(topic_entry& topic, error_code error) {
    std::deque<std::unique_ptr<waiting_send>> refused;
    {
        const std::lock_guard lock{topic.mutex};
        refused.swap(topic.pending);
    }
    for (auto& each : refused) {
        pending_.fetch_sub(1, std::memory_order_relaxed);
        fail_waiting(std::move(each), error);
    }
}

error_code producer_core::why_no_partition(const topic_entry& topic) const {
    const auto* known = cluster_->metadata().find(topic.name);
    if (known != nullptr && !known->partitions.empty()) return errc::unknown_partition;
    if (known != nullptr && known->error) return known->error;
    if (const auto cause = cluster_->last_failure().code) return cause;
    return errc::metadata_unavailable;
}

void producer_core::fail_waiting(std::unique_ptr<waiting_send> waiting, error_code error) {
    give_back(waiting->charged);
    auto held = waiting->release();
    if (held.operation == nullptr) return report_refused(*waiting, error);
    auto batch = pool_->acquire(0);
    batch->adopted.push_back(std::move(held.memory));
    if (held.link) batch->links.push_back(std::move(held.link));
    completer_.adopt(*batch, held.operation);
    batch->link(held.operation, 0, waiting->time);
    completer_.complete(batch, {.error = error});
}

void producer_core::report_refused(const waiting_send& waiting, error_code error) {
    const auto record = waiting.record();
    completer_.report_one(record.topic, record.partition.value_or(-1), error, waiting.time);
}

void producer_core::expire_waiting(time_point now) {
    // Each line is in order of arrival, and all wait equally long: only heads can be due.
    std::vector<std::pair<std::unique_ptr<waiting_send>, error_code>> due;
    {
        const std::lock_guard lock{room_mutex_};
        while (!room_.empty() && room_.front()->deadline <= now) {
            due.emplace_back(std::move(room_.front()), errc::budget_exceeded);
            room_.pop_front();
        }
        waiting_for_room_.store(room_.size(), std::memory_order_release);
    }
    for (auto* topic : watched_) {
        const auto error = why_no_partition(*topic);
        const std::lock_guard lock{topic->mutex};
        while (!topic->pending.empty() && topic->pending.front()->deadline <= now) {
            pending_.fetch_sub(1, std::memory_order_relaxed);
            due.emplace_back(std::move(topic->pending.front()), error);
            topic->pending.pop_front();
        }
    }
    for (auto& [waiting, error] : due) fail_waiting(std::move(waiting), error);
}

KASIO_END_NAMESPACE
