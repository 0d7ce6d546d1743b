// SPDX-License-Identifier: BSL-1.0
// What callers' threads do: choose a partition, and encode the record into its open batch under one lock.
#include "producer/producer_core.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

KASIO_BEGIN_NAMESPACE

namespace {

std::int64_t milliseconds_now() noexcept {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::int64_t time_of(const producer_record& record) noexcept {
    return record.timestamp ? record.timestamp->time_since_epoch().count() : milliseconds_now();
}

/// A batch of so many bytes goes as it is where the budget has no room for a larger one.
constexpr std::size_t good_size = 16'384;

// What a Produce request holds beside one batch: header, client id, transactional id, array lengths, tags.
constexpr std::size_t request_overhead = 128;

} // namespace

void producer_core::send(const producer_record& record, const detail::send_operation_type& type,
                         void* handler, std::shared_ptr<detail::send_link> link) {
    sender who{&type, handler, std::move(link), nullptr};
    const auto time = time_of(record);
    switch (admit(record, who, time)) {
        case admission::taken: return;
        case admission::no_room: return wait_for_room(record, who, time);
        case admission::too_large: return fail_later(who, time, errc::record_too_large);
        case admission::no_partition: return; // in line for its topic's partitions
        case admission::again:
        case admission::closed: return fail_later(who, time, errc::closed);
    }
}

error_code producer_core::try_send(const producer_record& record) {
    sender who;
    switch (admit(record, who, time_of(record))) {
        case admission::taken:
        case admission::no_partition: return {};
        case admission::no_room: return errc::would_block;
        case admission::too_large: return errc::record_too_large;
        case admission::again:
        case admission::closed: break;
    }
    return errc::closed;
}

producer_core::admission producer_core::admit(const producer_record& record, sender& who, std::int64_t time) {
    const auto size = batch_header_size + batch_writer::upper_bound(record.key, record.value, record.headers);
    if (size > largest_record(record.topic)) return admission::too_large;
    // Those who wait for room come first. The one at their head has been counted off before it gets here.
    if (waiting_for_room_.load(std::memory_order_acquire) != 0 && who.waited == nullptr) {
        return closing_.load(std::memory_order_acquire) ? admission::closed : admission::no_room;
    }
    auto* topic = topics_.find(record.topic);
    if (topic == nullptr) topic = &topics_.find_or_add(record.topic);
    for (;;) {
        const auto* known = topic->partitions.load(std::memory_order_acquire);
        if (auto* queue = known ? choose(*topic, *known, record) : nullptr)
            return append(*queue, record, who, time);
        const auto result = wait_for_partition(*topic, known, record, who, time);
        if (result != admission::again) return result;
    }
}

partition_queue* producer_core::choose(topic_entry& topic, const partition_list& known,
                                       const producer_record& record) const {
    const auto& queues = known.queues;
    const auto count = static_cast<std::int32_t>(queues.size());
    auto chosen = record.partition;
    if (!chosen && options_.partitioner) {
        partition_question question;
        question.topic = record.topic;
        question.key = record.key;
        question.value = record.value;
        question.partitions = count;
        chosen = options_.partitioner(question);
        if (*chosen < 0) chosen.reset();
    } else if (!chosen) {
        chosen = partition_by_key(options_.partitioning, record.key, count);
    }
    if (!chosen) chosen = choose_without_key(topic, known);
    if (*chosen < 0 || *chosen >= count) return nullptr;
    return queues[static_cast<std::size_t>(*chosen)];
}

std::int32_t producer_core::choose_without_key(topic_entry& topic,
                                               const partition_list& known) const noexcept {
    const auto& queues = known.queues;
    const auto count = static_cast<std::uint32_t>(queues.size());
    if (options_.partitioning == partitioning::round_robin && !options_.partitioner) {
        for (std::uint32_t step = 0; step < count; ++step) {
            const auto turn = topic.sticky.turn() % count;
            if (queues[turn]->available.load(std::memory_order_relaxed))
                return static_cast<std::int32_t>(turn);
        }
        return static_cast<std::int32_t>(topic.sticky.turn() % count);
    }
    return topic.sticky.choose(static_cast<std::int32_t>(count), [&queues](std::int32_t number) {
        const auto& queue = *queues[static_cast<std::size_t>(number)];
        if (!queue.available.load(std::memory_order_relaxed)) return sticky_partition::unavailable;
        return queue.waiting.load(std::memory_order_relaxed);
    });
}

std::size_t producer_core::largest_batch(const topic_entry& topic) const noexcept {
    return std::min(options_.batch_size, topic.largest_batch.load(std::memory_order_relaxed));
}

producer_core::admission producer_core::append(partition_queue& queue, const producer_record& record,
                                               sender& who, std::int64_t time) {
    bool news = false;
    {
        const std::lock_guard lock{queue.mutex};
        if (closing_.load(std::memory_order_acquire) && who.waited == nullptr) return admission::closed;
        const auto size = batch_writer::upper_bound(record.key, record.value, record.headers);
        const auto most = largest_batch(*queue.topic);
        if (queue.open && is_full(*queue.open, size, most)) {
            seal(queue);
            news = true;
        }
        if (!(queue.open ? make_room(*queue.open, size) : open_batch(queue, size))) {
            refused_.store(true, std::memory_order_relaxed);
            if (news) notice(queue);
            return admission::no_room;
        }
        auto& batch = *queue.open;
        news = news || batch.writer.count() == 0;
        if (who.type || who.waited) link_operation(queue.open, who, time);
        batch.writer.append(time, record.key, record.value, record.headers);
        if (batch.writer.size() >= most) {
            seal(queue);
            news = true;
        }
    }
    if (news) notice(queue);
    return admission::taken;
}

bool producer_core::is_full(send_batch& batch, std::size_t more, std::size_t most) {
    if (batch.writer.count() == 0) return false;
    if (batch.writer.size() + more > most) return true;
    return batch.writer.size() >= good_size && !make_room(batch, more);
}

bool producer_core::make_room(send_batch& batch, std::size_t more) {
    const auto has = batch.writer.capacity();
    const auto wanted = batch.writer.size() + more;
    if (wanted <= has) return true;
    const auto charge = buffer_pool::capacity_for(wanted) - has;
    if (!budget_.take(charge)) return false;
    batch.charged += charge;
    batch.writer.move_to(pool_->room(wanted));
    return true;
}

bool producer_core::open_batch(partition_queue& queue, std::size_t first_size) {
    const auto least = buffer_pool::capacity_for(batch_header_size + first_size);
    // At once what batches here usually come to, unless others would want for it.
    auto room = std::max(least, buffer_pool::capacity_for(queue.usual_size));
    if (room > (budget_.limit() - std::min(budget_.limit(), budget_.used())) / 8 || !budget_.take(room)) {
        room = least;
        if (!budget_.take(room)) return false;
    }
    auto charge = room;
    try {
        auto batch = pool_->acquire(queue.usual_size);
        if (batch->held() > 0) {
            if (budget_.take(batch->held())) charge += batch->held();
            else batch = pool_->acquire(0);
        }
        batch->writer.move_to(pool_->room(room));
        batch->home = &queue;
        batch->number = next_number_.fetch_add(1, std::memory_order_relaxed);
        batch->created = steady_clock::now();
        batch->charged = charge;
        queue.open = std::move(batch);
    } catch (...) {
        budget_.give_back(charge);
        throw;
    }
    return true;
}

void producer_core::link_operation(const std::shared_ptr<send_batch>& batch, sender& who, std::int64_t time) {
    detail::send_operation* operation = nullptr;
    if (who.waited != nullptr) {
        batch->adopted.reserve(batch->adopted.size() + 1);
        batch->links.reserve(batch->links.size() + 1);
        auto held = who.waited->release();
        operation = held.operation;
        if (operation == nullptr) return;
        batch->adopted.push_back(std::move(held.memory));
        who.link = std::move(held.link);
    } else {
        if (who.link) batch->links.reserve(batch->links.size() + 1);
        operation = who.type->construct(batch->memory.allocate(who.type->size, who.type->align), who.handler);
        operation->link = who.link.get();
        if (who.link) who.link->attach(operation);
    }
    completer_.adopt(*batch, operation);
    if (who.link) {
        who.link->into(batch);
        batch->links.push_back(std::move(who.link));
    }
    batch->link(operation, batch->writer.count(), time);
}

void producer_core::seal(partition_queue& queue) const {
    constexpr std::size_t enough =
        16384; // Java's batch.size: ours may be so large that one partition had all for long
    queue.topic->sticky.closed(queue.number, queue.open->writer.size(),
                               std::min(enough, options_.batch_size));
    queue.usual_size = queue.open->writer.size();
    queue.sealed.push_back(std::move(queue.open));
    queue.open.reset();
    queue.note_length();
}

void producer_core::notice(partition_queue& queue) {
    {
        const std::lock_guard lock{notice_mutex_};
        if (!queue.noticed) {
            queue.noticed = true;
            noticed_.push_back(&queue);
        }
        if (std::exchange(wake_posted_, true)) return;
    }
    boost::asio::post(cluster_->strand(), [self = shared_from_this()] { self->on_wake(); });
}

void producer_core::wake() {
    {
        const std::lock_guard lock{notice_mutex_};
        if (std::exchange(wake_posted_, true)) return;
    }
    boost::asio::post(cluster_->strand(), [self = shared_from_this()] { self->on_wake(); });
}

std::size_t producer_core::largest_record(std::string_view topic) const noexcept {
    const auto overhead = request_overhead + topic.size() + cluster_->options().client_id.size();
    const auto limit = std::min(options_.max_request_size, options_.buffer_memory);
    return limit > overhead ? limit - overhead : 0;
}

KASIO_END_NAMESPACE
