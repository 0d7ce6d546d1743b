// SPDX-License-Identifier: BSL-1.0
// Flush, cancellation, close: what ends waiting. On the strand, but for the functions that post there.
#include "producer/producer_core.hpp"

#include "cluster/metadata_cache.hpp"

#include <kasio/broker_error.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>

KASIO_BEGIN_NAMESPACE

void detail::send_link::cancel() noexcept {
    const auto core = core_.lock();
    if (!core) return;
    try {
        core->cancel(shared_from_this());
    } catch (...) {
        // No memory for the post: the send just goes on.
    }
}

void producer_core::cancel(std::shared_ptr<detail::send_link> link) {
    boost::asio::post(cluster_->strand(),
                      [self = shared_from_this(), link = std::move(link)] { self->cancel_now(*link); });
}

void producer_core::cancel_now(detail::send_link& link) {
    auto* const operation = link.operation();
    if (operation == nullptr) return;
    if (const auto batch = link.batch()) {
        bool withdrawn = false;
        {
            const std::lock_guard lock{batch->home->mutex};
            operation->claimed = true;
            // Nothing of the batch has left, nor is fixed: it goes without the record. Otherwise the record
            // stays where it is, and only nobody waits for it any more.
            withdrawn = batch->wire.empty() && batch->packed == send_batch::packing::not_begun &&
                        !batch->fate_unknown;
            if (withdrawn) batch->withdrawn.push_back(operation->index);
        }
        if (withdrawn) counters_.records_withdrawn.add();
        return completer_.complete_one(batch, operation,
                                       {.error = boost::asio::error::operation_aborted,
                                        .fate = withdrawn ? fate::not_sent : fate::unknown});
    }
    if (auto waiting = take_waiting(operation))
        fail_waiting(std::move(waiting), boost::asio::error::operation_aborted);
    check_flushes();
    check_close();
}

std::unique_ptr<waiting_send> producer_core::take_waiting(const detail::send_operation* operation) {
    const auto is_it = [operation](const auto& each) { return each->operation() == operation; };
    const auto take_from = [&is_it](auto& line) {
        std::unique_ptr<waiting_send> found;
        if (const auto place = std::find_if(line.begin(), line.end(), is_it); place != line.end()) {
            found = std::move(*place);
            line.erase(place);
        }
        return found;
    };
    {
        const std::lock_guard lock{room_mutex_};
        if (auto found = take_from(room_)) {
            waiting_for_room_.store(room_.size(), std::memory_order_release);
            return found;
        }
    }
    for (auto* topic : watched_) {
        const std::lock_guard lock{topic->mutex};
        if (auto found = take_from(topic->pending)) {
            pending_.fetch_sub(1, std::memory_order_relaxed);
            return found;
        }
    }
    return nullptr;
}

void producer_core::flush(unique_function<void(error_code)> done) {
    boost::asio::post(cluster_->strand(), [self = shared_from_this(), done = std::move(done)]() mutable {
        if (self->ended_) return done(self->ended_);
        self->on_wake();
        self->seal_all();
        self->flushes_.push_back({self->next_number_.load(std::memory_order_relaxed), std::move(done)});
        self->pump_all();
        self->check_flushes();
        self->arm_for_all();
    });
}

void producer_core::seal_all() {
    for (auto* topic : topics_.all()) {
        for (const auto& queue : topic->queues) {
            {
                const std::lock_guard lock{queue->mutex};
                const bool open = queue->open && queue->open->writer.count() != 0;
                if (open) seal(*queue);
                // Also those that filled up in this turn, whose notice is still to come: close counts what is
                // known.
                const auto known = outstanding_.size();
                register_sealed(*queue);
                if (!open && outstanding_.size() == known) continue;
            }
            make_ready(*queue);
        }
    }
}

void producer_core::check_flushes() {
    if (flushes_.empty()) return;
    // The oldest number that has not ended: in a batch, or still in line for one.
    auto oldest = outstanding_.empty() ? std::numeric_limits<std::uint64_t>::max() : *outstanding_.begin();
    bool lined_up = false;
    {
        const std::lock_guard lock{room_mutex_};
        if (!room_.empty()) oldest = std::min(oldest, room_.front()->number);
        lined_up = !room_.empty();
    }
    for (auto* topic : watched_) {
        const std::lock_guard lock{topic->mutex};
        if (topic->pending.empty()) continue;
        oldest = std::min(oldest, topic->pending.front()->number);
        lined_up = true;
    }
    if (!lined_up && had_lined_up_) {
        // Those that waited got into batches with later numbers: these count for the flushes that waited too.
        for (auto& each : flushes_)
            each.before = std::max(each.before, next_number_.load(std::memory_order_relaxed));
        seal_all();
        oldest = outstanding_.empty() ? std::numeric_limits<std::uint64_t>::max() : *outstanding_.begin();
        pump_all();
    }
    had_lined_up_ = lined_up;
    std::vector<flush_waiter> done;
    const auto waits = std::partition(flushes_.begin(), flushes_.end(),
                                      [oldest](const flush_waiter& each) { return oldest < each.before; });
    std::move(waits, flushes_.end(), std::back_inserter(done));
    flushes_.erase(waits, flushes_.end());
    for (auto& each : done) each.done({});
}

void producer_core::close(std::chrono::milliseconds timeout, unique_function<void(error_code)> done) {
    closing_.store(true, std::memory_order_release);
    const auto until = steady_clock::now() + timeout;
    boost::asio::post(cluster_->strand(),
                      [self = shared_from_this(), until, done = std::move(done)]() mutable {
                          if (self->ended_) return done({});
                          self->close_waiters_.push_back(std::move(done));
                          self->close_at_ = std::min(self->close_at_, until);
                          self->on_wake();
                          self->seal_all();
                          self->pump_all();
                          self->check_close();
                          self->arm_for_all();
                      });
}

void producer_core::check_close() {
    if (ended_ || close_waiters_.empty() || !outstanding_.empty()) return;
    if (pending_.load(std::memory_order_relaxed) != 0) return;
    if (waiting_for_room_.load(std::memory_order_relaxed) != 0) return;
    seal_all(); // what got into a batch at the last moment
    if (outstanding_.empty()) finish_close({});
}

void producer_core::finish_close(error_code error) {
    cut(errc::closed);
    for (auto& each : std::exchange(close_waiters_, {})) each(error);
}

void producer_core::cut(error_code cause) {
    if (ended_) return;
    closing_.store(true, std::memory_order_release);
    ended_ = cause;
    if (timer_) timer_->cancel();
    seal_all();
    const auto batches = std::exchange(by_age_, {});
    for (const auto& batch : batches) {
        withdraw(batch);
        end_failed(batch, cause);
    }
    drop_late_arrivals();
    for (auto* topic : watched_) cluster_->unwatch_topic(topic->name);
    for (auto& each : std::exchange(flushes_, {})) each.done(cause);
    std::vector<unique_function<void(error_code)>> writable;
    {
        const std::lock_guard lock{room_mutex_};
        writable.swap(writable_);
    }
    for (auto& each : writable) each(cause);
}

void producer_core::drop_late_arrivals() {
    std::deque<std::unique_ptr<waiting_send>> left;
    {
        const std::lock_guard lock{room_mutex_};
        left.swap(room_);
        waiting_for_room_.store(0, std::memory_order_release);
    }
    for (auto* topic : topics_.all()) {
        const std::lock_guard lock{topic->mutex};
        std::move(topic->pending.begin(), topic->pending.end(), std::back_inserter(left));
        topic->pending.clear();
    }
    pending_.store(0, std::memory_order_relaxed);
    for (auto& each : left) fail_waiting(std::move(each), ended_);
    std::vector<unique_function<void(error_code)>> writable;
    {
        const std::lock_guard lock{room_mutex_};
        writable.swap(writable_);
    }
    for (auto& each : writable) each(ended_);
}

void producer_core::on_metadata(const metadata_cache&) {
    if (ended_) return;
    for (auto* topic : watched_) drain_pending(*topic);
    std::deque<partition_queue*> waiting;
    waiting.swap(leaderless_);
    for (auto& [node, each] : lines_) {
        // Partitions whose leader moved change lines; what is in flight comes back by its own answer.
        waiting.insert(waiting.end(), each->ready.begin(), each->ready.end());
        each->ready.clear();
    }
    for (auto* queue : waiting) {
        queue->in_line = false;
        make_ready(*queue);
    }
    admit_waiting();
    pump_all();
    check_flushes();
    check_close();
    arm_for_all();
}

void producer_core::on_cluster_closed(error_code cause) {
    const auto self = shared_from_this();
    cut(cause);
    for (auto& each : std::exchange(close_waiters_, {})) each({});
}

void producer_core::abandon() noexcept {
    if (cluster_->context_gone()) return;
    try {
        closing_.store(true, std::memory_order_release);
        boost::asio::post(cluster_->strand(), [self = shared_from_this()] {
            self->cut(boost::asio::error::operation_aborted);
            for (auto& each : std::exchange(self->close_waiters_, {}))
                each(boost::asio::error::operation_aborted);
            self->cluster_->release();
        });
    } catch (...) {
        // No memory for the post: the cluster's own end will find this producer.
    }
}

void producer_core::on_context_shutdown() noexcept {
    // Nothing runs any more. Handlers may own this very object: detach first, then destroy.
    const auto self = shared_from_this();
    timer_.reset();
    const auto flushes = std::exchange(flushes_, {});
    const auto closes = std::exchange(close_waiters_, {});
    const auto batches = std::exchange(by_age_, {});
    std::vector<std::shared_ptr<send_batch>> queued;
    std::deque<std::unique_ptr<waiting_send>> waiting;
    for (auto* topic : topics_.all()) {
        std::move(topic->pending.begin(), topic->pending.end(), std::back_inserter(waiting));
        topic->pending.clear();
        for (const auto& queue : topic->queues) {
            if (queue->open) queued.push_back(std::move(queue->open));
            std::move(queue->sealed.begin(), queue->sealed.end(), std::back_inserter(queued));
            queue->sealed.clear();
        }
    }
    std::move(room_.begin(), room_.end(), std::back_inserter(waiting));
    room_.clear();
    const auto writable = std::exchange(writable_, {});
    ended_ = boost::asio::error::operation_aborted;
    for (const auto& batch : batches) batch->destroy_operations();
    for (const auto& batch : queued) batch->destroy_operations();
}

KASIO_END_NAMESPACE
