// SPDX-License-Identifier: BSL-1.0
#include "producer/send_batch.hpp"

#include "producer/send_link.hpp"

KASIO_BEGIN_NAMESPACE

void send_batch::link(detail::send_operation* operation, std::int32_t index, std::int64_t time) noexcept {
    operation->index = index;
    operation->time = time;
    (last ? last->next : first) = operation;
    last = operation;
    ++operations;
}

void send_batch::destroy_operations() noexcept {
    // Detach first: what a handler's destructor does may lead back here.
    auto* operation = std::exchange(first, nullptr);
    last = nullptr;
    operations = 0;
    while (operation) {
        auto* const next = operation->next;
        if (!operation->claimed) {
            if (operation->link) operation->link->detach();
            operation->type->destroy(operation);
        }
        operation = next;
    }
}

void send_batch::reset() noexcept {
    destroy_operations();
    writer.release();
    memory.clear();
    guards.clear();
    links.clear();
    adopted.clear();
    compressed.clear();
    withdrawn.clear();
    packed = packing::not_begun;
    packing_error = {};
    whole.reset();
    place_in_whole = 0;
    wire = {};
    home = nullptr;
    number = 0;
    charged = 0;
    attempts = 0;
    last_error = {};
    stamp = {};
    place = -1;
    fate_unknown = in_flight = registered = done = counted = false;
}

std::shared_ptr<send_batch> batch_pool::acquire(std::size_t most) {
    std::unique_ptr<send_batch> batch;
    {
        const std::lock_guard lock{mutex_};
        std::unique_ptr<send_batch>* chosen = nullptr;
        for (auto& each : free_) {
            if (each->held() <= most && (chosen == nullptr || each->held() > (*chosen)->held()))
                chosen = &each;
        }
        if (chosen != nullptr) {
            batch = std::move(*chosen);
            *chosen = std::move(free_.back());
            free_.pop_back();
            bytes_ -= batch->held();
        }
    }
    if (!batch) batch = std::make_unique<send_batch>();
    return {batch.release(), [pool = shared_from_this()](send_batch* done) { pool->put_back(done); }};
}

void batch_pool::put_back(send_batch* batch) noexcept {
    std::unique_ptr<send_batch> owned{batch};
    batch->reset();
    const auto held = batch->held();
    const std::lock_guard lock{mutex_};
    if (free_.size() == most_kept || held > most_bytes_ - bytes_) return;
    try {
        free_.reserve(most_kept);
        free_.push_back(std::move(owned));
        bytes_ += held;
    } catch (...) {
        // No memory to remember it by: it is freed.
    }
}

KASIO_END_NAMESPACE
