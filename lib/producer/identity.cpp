// SPDX-License-Identifier: BSL-1.0
// The producer's id, and who may send under it. On the strand.
#include "cluster/request_routed.hpp"
#include "producer/producer_core.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/messages/producer_id.hpp>

#include <algorithm>
#include <limits>
#include <utility>

KASIO_BEGIN_NAMESPACE

bool producer_core::may_start(partition_queue& queue) {
    if (!idempotent_ || sequences_.may_start(queue.sequences)) return true;
    if (sequences_.needs_id()) ask_for_id();
    return false;
}

void producer_core::ask_for_id() {
    if (std::exchange(asking_for_id_, true)) return;
    protocol::init_producer_id_request request;
    request.transactional_id.reset(); // idempotent only
    request.transaction_timeout_ms = std::numeric_limits<std::int32_t>::max();
    const auto until = steady_clock::now() + cluster_->options().request_timeout;
    request_routed(cluster_, route{}, std::move(request), until,
                   [self = shared_from_this()](error_code error, protocol::init_producer_id_response answer) {
                       if (!error) error = from_broker(answer.error_code);
                       self->on_id(error, answer.producer_id, answer.producer_epoch);
                   });
}

void producer_core::on_id(error_code error, std::int64_t id, std::int16_t epoch) {
    asking_for_id_ = false;
    if (ended_) return;
    if (!error && id >= 0 && epoch >= 0) {
        id_failures_ = 0;
        sequences_.on_id(id, epoch);
    } else if (error == errc::unsupported_version && !options_.idempotence.value_or(false)) {
        idempotent_ = false; // a cluster without producer ids, and nobody insisted
    } else if (error && !is_retriable(error) && error.category() == broker_category()) {
        return fail_all(error);
    } else {
        const auto delay = cluster_->retry_delay(std::min(id_failures_++, 16));
        cluster_->call_at(steady_clock::now() + delay, [self = shared_from_this()] {
            self->unblock();
            self->pump_all();
        });
        return;
    }
    unblock();
    pump_all();
    arm_for_all();
}

void producer_core::unblock() {
    std::deque<partition_queue*> waiting;
    waiting.swap(blocked_);
    for (auto* queue : waiting) {
        queue->blocked = false;
        make_ready(*queue);
    }
}

void producer_core::fail_all(error_code error) {
    for (auto* queue : std::exchange(blocked_, {})) queue->blocked = false;
    const auto batches = by_age_;
    for (const auto& batch : batches) {
        if (batch->done || batch->in_flight) continue;
        withdraw(batch);
        end_failed(batch, error);
    }
    check_flushes();
    check_close();
}

KASIO_END_NAMESPACE
