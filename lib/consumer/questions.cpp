// SPDX-License-Identifier: BSL-1.0
// What callers ask beside reading: offsets of any partition, and when a position is known. On the strand, but
// for the functions that post there.
#include "consumer/consumer_core.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

KASIO_BEGIN_NAMESPACE

void consumer_core::look_up(
    std::vector<offset_lookup::question> questions,
    boost::asio::any_completion_handler<void(error_code, std::vector<partition_offset>)> handler) {
    auto waiting =
        make_completion<std::vector<partition_offset>>(std::move(handler), cluster_->user_executor());
    boost::asio::post(cluster_->strand(), [self = shared_from_this(), questions = std::move(questions),
                                           waiting = std::move(waiting)]() mutable {
        self->start_look_up(std::move(questions), std::move(waiting));
    });
}

void consumer_core::start_look_up(std::vector<offset_lookup::question> questions,
                                  std::shared_ptr<offset_lookup::completion_type> waiting) {
    if (ended_) {
        waiting->complete(ended_, std::vector<partition_offset>{});
        return;
    }
    const bool valid = std::all_of(questions.begin(), questions.end(),
                                   [](const auto& each) { return each.partition.partition >= 0; });
    if (!valid) {
        waiting->complete(errc::invalid_argument, std::vector<partition_offset>{});
        return;
    }
    std::erase_if(questions_, [](const auto& each) { return each.expired(); });
    const auto made = std::make_shared<offset_lookup>(cluster_, options_.isolation_level,
                                                      std::move(questions), std::move(waiting));
    questions_.push_back(made);
    made->start();
}

void consumer_core::await_position(
    topic_partition partition, boost::asio::any_completion_handler<void(error_code, std::int64_t)> handler) {
    position_waiter waiter{std::move(partition),
                           make_completion<std::int64_t>(std::move(handler), cluster_->user_executor()),
                           steady_clock::now() + cluster_->options().default_timeout};
    boost::asio::post(cluster_->strand(), [self = shared_from_this(), waiter = std::move(waiter)]() mutable {
        self->start_await(std::move(waiter));
    });
}

void consumer_core::start_await(position_waiter waiter) {
    if (ended_) {
        waiter.waiting->complete(ended_, -1);
        return;
    }
    // What was assigned or sought before this call counts.
    track();
    cluster_->call_at(waiter.deadline, [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (self && !self->ended_) self->serve_position_waiters();
    });
    position_waiters_.push_back(std::move(waiter));
    go_on();
}

/// Completes those whose position is known, cannot become known, or took too long.
void consumer_core::serve_position_waiters() {
    const auto now = steady_clock::now();
    std::erase_if(position_waiters_, [&](const position_waiter& each) {
        if (!each.waiting->pending()) return true; // cancelled
        std::optional<positions::awaited> answer;
        {
            const std::lock_guard lock{mutex_};
            answer = positions_.await(each.partition);
        }
        if (!answer && each.deadline > now) return false;
        if (answer) each.waiting->complete(answer->error, answer->offset);
        else each.waiting->complete(why_no_position(each.partition), -1);
        return true;
    });
}

/// Why a position has not been found in all the time there was.
error_code consumer_core::why_no_position(const topic_partition& partition) const {
    const auto* const topic = cluster_->metadata().find(partition.topic);
    const auto number = static_cast<std::size_t>(partition.partition);
    const bool led = topic != nullptr && !topic->error && number < topic->partitions.size() &&
                     topic->partitions[number].leader >= 0;
    // It has a leader, which does not answer, or only with errors.
    return led ? error_code{errc::request_timed_out} : why_missing(partition.topic, partition.partition);
}

void consumer_core::end_questions(error_code error) {
    for (const auto& each : std::exchange(position_waiters_, {})) each.waiting->complete(error, -1);
    for (const auto& each : std::exchange(questions_, {})) {
        if (const auto question = each.lock()) question->end(error);
    }
}

KASIO_END_NAMESPACE
