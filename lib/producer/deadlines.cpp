// SPDX-License-Identifier: BSL-1.0
// Time: lingering batches, delivery time-outs, senders that waited too long. One timer; on the strand.
#include "producer/producer_core.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE

void producer_core::arm(time_point when) {
    // An earlier time that is armed already stays: when it comes, the rest is looked at again.
    if (when >= armed_ || !timer_) return;
    armed_ = when;
    timer_->expires_at(when);
    timer_->async_wait([weak = weak_from_this()](error_code error) {
        const auto self = weak.lock();
        if (!error && self) self->on_timer();
    });
}

void producer_core::arm_for_all() {
    if (ended_) return;
    auto next = close_at_;
    if (!lingering_.empty()) next = std::min(next, lingering_.front().until);
    if (!by_age_.empty()) next = std::min(next, (*by_age_.begin())->created + options_.delivery_timeout);
    {
        const std::lock_guard lock{room_mutex_};
        if (!room_.empty()) next = std::min(next, room_.front()->deadline);
    }
    if (pending_.load(std::memory_order_relaxed) != 0) {
        for (auto* topic : watched_) {
            const std::lock_guard lock{topic->mutex};
            if (!topic->pending.empty()) next = std::min(next, topic->pending.front()->deadline);
        }
    }
    if (next != time_point::max()) arm(next);
}

void producer_core::on_timer() {
    armed_ = time_point::max();
    if (ended_) return;
    const auto now = steady_clock::now();
    end_linger(now);
    expire_batches(now);
    unblock();
    expire_waiting(now);
    admit_waiting();
    pump_all();
    check_flushes();
    if (now >= close_at_ && !ended_) return finish_close(errc::request_timed_out);
    check_close();
    arm_for_all();
}

void producer_core::end_linger(time_point now) {
    while (!lingering_.empty() && lingering_.front().until <= now) {
        const auto due = lingering_.front();
        lingering_.pop_front();
        bool ready = false;
        {
            const std::lock_guard lock{due.queue->mutex};
            ready = due.queue->open && due.queue->open->number == due.batch;
        }
        if (ready) make_ready(*due.queue);
    }
}

void producer_core::expire_batches(time_point now) {
    while (!by_age_.empty()) {
        const auto batch = *by_age_.begin();
        if (batch->created + options_.delivery_timeout > now) return;
        withdraw(batch);
        end_failed(batch, errc::message_timed_out);
    }
}

void producer_core::withdraw(const std::shared_ptr<send_batch>& batch) {
    auto& queue = *batch->home;
    const std::lock_guard lock{queue.mutex};
    if (queue.open == batch) queue.open.reset();
    const auto place = std::find(queue.sealed.begin(), queue.sealed.end(), batch);
    if (place == queue.sealed.end()) return;
    queue.sealed.erase(place);
    queue.note_length();
}

KASIO_END_NAMESPACE
