// SPDX-License-Identifier: BSL-1.0
// Batches that cannot go as they are: too large, with records that the broker refuses, or to be compressed
// elsewhere. On the strand.
#include "producer/batch_parts.hpp"
#include "producer/producer_core.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

KASIO_BEGIN_NAMESPACE

void producer_core::split(const std::shared_ptr<send_batch>& batch) {
    counters_.batches_split.add();
    // The next ones shall not meet the same refusal.
    constexpr std::size_t least = 1024;
    auto& limit = batch->home->topic->largest_batch;
    const auto half = std::max(batch->writer.size() / 2, least);
    if (half < limit.load(std::memory_order_relaxed)) limit.store(half, std::memory_order_relaxed);
    const auto count = batch->writer.count();
    const auto middle = middle_of(*batch);
    replace(batch, {indices(0, middle), indices(middle, count)});
}

std::vector<std::int32_t> producer_core::blamed_in(const send_batch& batch,
                                                   const partition_outcome& outcome) {
    auto blamed = outcome.blamed;
    const auto count = batch.writer.count();
    std::erase_if(blamed, [count](std::int32_t index) { return index < 0 || index >= count; });
    return blamed;
}

void producer_core::blame(const std::shared_ptr<send_batch>& batch, error_code error,
                          const std::vector<std::int32_t>& blamed) {
    const auto refused = pool_->acquire(0);
    take_part(batch, refused, blamed);
    replace(batch, {all_but(batch->writer.count(), blamed)});
    count_end(*refused, fate::not_sent);
    completer_.complete(refused, {.error = error});
}

void producer_core::replace(const std::shared_ptr<send_batch>& batch,
                            const std::vector<std::vector<std::int32_t>>& parts) {
    auto& queue = *batch->home;
    // It was refused as a whole: its numbers were never used, and its parts get their own.
    if (batch->stamp.stamped()) sequences_.lost(queue.sequences, batch->place, batch->stamp, false);
    batch->done = true;
    outstanding_.erase(outstanding_.find(batch->number));
    by_age_.erase(batch);
    auto charged = std::exchange(batch->charged, 0);
    for (const auto& which : parts) {
        const auto part = pool_->acquire(0);
        take_part(batch, part, which);
        part->charged = std::exchange(charged, 0);
        charge_rest(*part, part->charged + part->held());
        outstanding_.insert(part->number);
        by_age_.insert(part);
        requeue(part);
    }
    queue.retry_at = {};
    make_ready(queue);
}

bool producer_core::is_packed(const std::shared_ptr<send_batch>& batch) {
    using packing = send_batch::packing;
    if (!compressor_ || !options_.compression_executor || !batch->wire.empty()) return true;
    if (batch->packed == packing::not_begun) {
        leave_out_withdrawn(*batch);
        batch->packed = packing::under_way;
        boost::asio::post(*options_.compression_executor,
                          [self = shared_from_this(), batch] { self->pack(batch); });
    }
    return batch->packed == packing::done;
}

void producer_core::pack(const std::shared_ptr<send_batch>& batch) {
    // On the user's executor, several at once where that has several threads. The batch is ours alone
    // meanwhile: its bytes stay as they are, and nobody looks at the compressed ones.
    auto with = std::unique_ptr<compressor>{};
    {
        const std::lock_guard lock{compressors_mutex_};
        if (!compressors_.empty()) {
            with = std::move(compressors_.back());
            compressors_.pop_back();
        }
    }
    if (!with) with = std::make_unique<compressor>(options_.compression, options_.compression_level);
    batch->packing_error = batch->writer.compress(*with, batch->compressed);
    {
        const std::lock_guard lock{compressors_mutex_};
        compressors_.push_back(std::move(with));
    }
    boost::asio::post(cluster_->strand(), [self = shared_from_this(), batch] {
        batch->packed = send_batch::packing::done;
        if (batch->done) return;
        self->charge_rest(*batch, batch->held());
        self->make_ready(*batch->home);
        self->pump_all();
        self->arm_for_all();
    });
}

void producer_core::charge_rest(send_batch& batch, std::size_t all) noexcept {
    if (all <= batch.charged) return;
    budget_.take_always(all - batch.charged);
    batch.charged = all;
}

error_code producer_core::encode(send_batch& batch, const batch_writer::finish_options& how) {
    const auto plain = batch.writer.size();
    if (compressor_) {
        if (batch.packing_error) return batch.packing_error;
        if (batch.compressed.empty()) {
            if (const auto error = batch.writer.compress(*compressor_, batch.compressed)) return error;
        }
        charge_rest(batch, batch.held());
    }
    // Java sends what it compressed, even where that is larger. A batch says of itself what it is: so the
    // smaller goes.
    const bool smaller = compressor_ && batch.compressed.size() < plain;
    if (smaller) {
        batch.writer.finish_compressed(compressor_->codec(), batch.compressed, how);
        batch.wire = {batch.compressed.data(), batch.compressed.size()};
    } else {
        batch.wire = batch.writer.finish(how);
    }
    if (std::exchange(batch.counted, true)) return {};
    if (compressor_ && !smaller) counters_.batches_incompressible.add();
    counters_.batches.add();
    counters_.batch_bytes.add(plain);
    counters_.batch_bytes_sent.add(batch.wire.size());
    counters_.batch_records.add(static_cast<std::uint64_t>(batch.writer.count()));
    return {};
}

void producer_core::count_end(const send_batch& batch, fate how) {
    const auto records = static_cast<std::uint64_t>(batch.writer.count());
    switch (how) {
        case fate::delivered: return counters_.records_delivered.add(records);
        case fate::not_sent: return counters_.records_not_sent.add(records);
        case fate::unknown: return counters_.records_unknown.add(records);
    }
}

producer_metrics producer_core::metrics() const {
    const auto& c = counters_;
    producer_metrics now;
    now.records_delivered = c.records_delivered.value();
    now.records_not_sent = c.records_not_sent.value();
    now.records_unknown = c.records_unknown.value();
    now.records_withdrawn = c.records_withdrawn.value();
    now.batches = c.batches.value();
    now.batch_bytes = c.batch_bytes.value();
    now.batch_bytes_sent = c.batch_bytes_sent.value();
    now.batches_split = c.batches_split.value();
    now.batches_incompressible = c.batches_incompressible.value();
    now.requests = c.requests.value();
    now.retries = c.retries.value();
    now.broker_errors = c.broker_errors.value();
    now.request_failures = c.request_failures.value();
    now.wakes = c.wakes.value();
    now.queue_time = c.queue_time.snapshot();
    now.request_latency = c.request_latency.snapshot();
    now.batch_records = c.batch_records.snapshot();
    now.buffer_used = budget_.used();
    now.buffer_limit = budget_.limit();
    now.senders_waiting = waiting_for_room_.load(std::memory_order_relaxed);
    return now;
}

KASIO_END_NAMESPACE
