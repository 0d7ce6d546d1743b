// SPDX-License-Identifier: BSL-1.0
// What a poll gets. On the strand.
#include "consumer/consumer_core.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <iterator>
#include <limits>

KASIO_BEGIN_NAMESPACE

void consumer_core::poll(poll_limits limits, poll_handler handler) {
    auto slot = boost::asio::get_associated_cancellation_slot(handler);
    auto waiting = std::make_shared<poll_completion>(std::move(handler), cluster_->user_executor());
    if (slot.is_connected()) {
        // To the strand first, where it is known whether the poll has been given something already.
        slot.assign([self = weak_from_this(),
                     which = std::weak_ptr<poll_completion>{waiting}](boost::asio::cancellation_type) {
            const auto core = self.lock();
            const auto poll = which.lock();
            if (!core || !poll || !poll->pending() || core->cluster_->context_gone()) return;
            boost::asio::post(core->cluster_->strand(), [core, poll] { core->cancel_poll(poll.get()); });
        });
    }
    boost::asio::post(cluster_->strand(),
                      [self = shared_from_this(), limits, waiting = std::move(waiting)]() mutable {
                          self->start_poll(limits, std::move(waiting));
                      });
}

void consumer_core::start_poll(poll_limits limits, std::shared_ptr<poll_completion> waiting) {
    if (ended_ || failed_) {
        waiting->complete(ended_ ? ended_ : failed_, fetched_records{});
        return;
    }
    bool nothing = false;
    {
        const std::lock_guard lock{mutex_};
        nothing = positions_.none() && !(group_ && group_->subscribed());
    }
    if (poll_ || nothing) {
        waiting->complete(errc::invalid_argument, fetched_records{});
        return;
    }
    poll_ = std::move(waiting);
    const auto most = limits.max_records == 0 ? options_.max_poll_records : limits.max_records;
    poll_records_ = most == 0 ? std::numeric_limits<std::size_t>::max() : most;
    const auto now = steady_clock::now();
    const auto longest = std::chrono::floor<std::chrono::milliseconds>(time_point::max() - now);
    poll_until_ = limits.max_wait < longest ? now + std::max(limits.max_wait, limits.max_wait.zero())
                                            : time_point::max();
    back_for_more();
    go_on();
    wait_at_most();
}

/// Sees to it that the poll ends in time. One call is under way at most, for the earliest time.
void consumer_core::wait_at_most() {
    if (!poll_ || poll_until_ == time_point::max()) return;
    if (poll_until_ <= steady_clock::now()) return end_poll({});
    if (poll_until_ >= poll_armed_) return;
    poll_armed_ = poll_until_;
    cluster_->call_at(poll_until_, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->on_poll_limit();
    });
}

void consumer_core::on_poll_limit() {
    // A later call finds that an earlier one has done its work.
    if (poll_armed_ > steady_clock::now()) return;
    poll_armed_ = time_point::max();
    wait_at_most();
}

void consumer_core::cancel_poll(const poll_completion* which) {
    if (poll_.get() == which) {
        end_poll(boost::asio::error::operation_aborted);
    }
}

batch_opening consumer_core::opening() noexcept {
    return {codecs_, *memory_, options_.max_batch_bytes, options_.check_crcs, opens_apart()};
}

void consumer_core::line_up(const partition_ptr& partition) {
    if (opens_apart()) open_apart(partition);
    if (partition->in_line || partition->buffer.empty() || !partition->stream.expired()) return;
    if (opens_apart() && !partition->buffer.opened()) return;
    partition->in_line = true;
    ready_.push_back(partition);
}

/// Completes the poll under way, if there is something for it.
void consumer_core::serve() {
    if (!poll_ || (events_.empty() && ready_.empty()) || !may_hand_out()) return;
    auto state = std::make_shared<fetched_state>();
    take_records(*state);
    take_events(*state);
    if (state->empty()) return;
    const auto poll = std::exchange(poll_, nullptr);
    poll->complete(error_code{}, fetched_records{std::move(state)});
    if (group_) group_->on_served(waits_for_records());
}

/// Events of one partition, or all that no stream tells.
void consumer_core::take_events(fetched_state& into, const fetched_partition* only) {
    if (events_.empty()) return;
    const auto first = std::stable_partition(events_.begin(), events_.end(), [only](const told_event& each) {
        if (only != nullptr) return each.partition.get() != only;
        return each.partition && !each.partition->stream.expired();
    });
    const std::vector<told_event> told{std::make_move_iterator(first),
                                       std::make_move_iterator(events_.end())};
    events_.erase(first, events_.end());
    const std::lock_guard lock{mutex_};
    for (const auto& each : told) {
        if (each.partition) {
            each.partition->events = 0;
            const auto& position = *each.partition->position;
            // Of a position that has been left since.
            if (!position.assigned || position.version != each.version) continue;
        } else if (each.event.what != partition_event::kind::group &&
                   positions_.generation() != each.version) {
            continue;
        }
        into.events.push_back(each.event);
    }
}

void consumer_core::take_records(fetched_state& into) {
    std::size_t bytes = 0;
    for (auto left = ready_.size(); left > 0 && into.total < poll_records_ && bytes < most_bytes_a_poll;
         --left) {
        const auto partition = std::move(ready_.front());
        ready_.pop_front();
        partition->in_line = false;
        const auto before = partition->buffer.bytes();
        // Back in line only with something left; not when it is paused, or its position has been left.
        if (take_from(partition, {poll_records_ - into.total, most_bytes_a_poll - bytes}, into))
            line_up(partition);
        bytes += before - std::min(before, partition->buffer.bytes());
    }
}

bool consumer_core::take_from(const partition_ptr& partition, take_limits limits, fetched_state& into) {
    auto& position = *partition->position;
    auto& buffer = partition->buffer;
    const auto version = partition->version;
    {
        const std::lock_guard lock{mutex_};
        if (position.quiet() || !position.assigned || position.version != version) return false;
    }
    const auto mark = into.mark();
    const auto bytes_before = buffer.bytes();
    const auto records_before = into.total;
    const bool must_open = into.total == 0 && memory_->decompressed() < memory_->limit();
    buffer.take(opening(), limits, must_open, into);
    const auto* const failed = buffer.failed();
    bool current = false;
    {
        const std::lock_guard lock{mutex_};
        current = positions::advance(position, version, buffer.next(), buffer.last_epoch(),
                                     into.total != records_before);
        if (current && failed != nullptr) positions::stop(position);
    }
    if (!current) {
        into.back_to(mark);
        return false;
    }
    into.end_part(mark, {0, 0, partition->run, buffer.next(), buffer.last_epoch()});
    counts_.records.add(into.total - records_before);
    counts_.bytes.add(bytes_before - std::min(bytes_before, buffer.bytes()));
    if (group_ && into.total != records_before && partition->stream.expired())
        handed_out_.push_back(partition);
    if (const auto line = lines_.find(partition->source()); line != lines_.end()) line->second.touch();
    if (failed != nullptr) {
        tell_failure(partition, *failed);
        return false;
    }
    note_end(partition);
    return true;
}

/// A batch that cannot be read. Its partition has been stopped.
void consumer_core::tell_failure(const partition_ptr& partition, const fetch_buffer::failure& what) {
    partition_event event;
    event.partition = partition->position->name();
    event.error = what.error;
    event.next = what.next;
    counts_.corrupt_batches.add();
    {
        const std::lock_guard lock{mutex_};
        event.offset = partition->position->offset;
        follow(*partition);
    }
    tell(partition, std::move(event));
}

/// Tells that all there is has been handed out, once at each such place.
void consumer_core::note_end(const partition_ptr& partition) {
    const auto next = partition->buffer.next();
    if (!options_.report_end || !partition->buffer.empty() || partition->end < 0) return;
    if (next < partition->end || partition->end_told == next) return;
    partition->end_told = next;
    partition_event event;
    event.what = partition_event::kind::end_of_partition;
    event.partition = partition->position->name();
    event.offset = next;
    tell(partition, std::move(event));
}

/// A poll that waits, with nothing under way that could serve it, because of memory.
void consumer_core::check_stuck() {
    // Those who read streams let go of what they hold in their own time.
    if (!poll_ || (!starved_ && ready_.empty()) || !streams_.empty() || jobs_ > 0) return;
    for (const auto& [node, each] : lines_) {
        if (each.fetching || each.connecting || each.asking) return;
    }
    if (drop_paused()) return wake();
    // All of it is in the hands of the caller, who waits for this poll.
    end_poll(errc::budget_exceeded);
}

/// What was fetched of paused partitions gives way; it is fetched again when they are resumed.
bool consumer_core::drop_paused() {
    bool dropped = false;
    const std::lock_guard lock{mutex_};
    for (const auto& each : partitions_) {
        const auto& position = *each->position;
        if (!position.quiet() || each->buffer.empty() || each->version != position.version) continue;
        each->buffer.reset(position.offset, position.epoch);
        dropped = true;
    }
    return dropped;
}

KASIO_END_NAMESPACE
