// SPDX-License-Identifier: BSL-1.0
// Partitions that are read each by itself. On the strand, but for the functions that post there.
#include "consumer/consumer_core.hpp"

#include <kasio/partition_stream.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <limits>

KASIO_BEGIN_NAMESPACE

std::shared_ptr<stream_state> consumer_core::open_stream(topic_partition partition) {
    std::shared_ptr<partition_position> position;
    {
        const std::lock_guard lock{mutex_};
        position = positions_.share(partition);
    }
    auto made = std::make_shared<stream_state>(std::move(partition), std::move(position));
    if (cluster_->context_gone()) return made;
    boost::asio::post(cluster_->strand(), [self = shared_from_this(), made] { self->attach(made); });
    return made;
}

/// From now on the partition's records are the stream's.
void consumer_core::attach(const std::shared_ptr<stream_state>& stream) {
    if (ended_) {
        stream->ended = ended_;
        return;
    }
    // What was assigned before this stream was made counts.
    track();
    const auto place = std::find_if(partitions_.begin(), partitions_.end(),
                                    [&](const auto& each) { return each->position == stream->position; });
    if (!stream->position || place == partitions_.end()) {
        stream->ended = errc::partition_not_assigned;
        return;
    }
    if (const auto former = (*place)->stream.lock()) detach(former);
    (*place)->stream = stream;
    streams_.push_back({*place, stream});
    if (std::exchange((*place)->in_line, false)) std::erase(ready_, *place);
}

void consumer_core::close_stream(const std::shared_ptr<stream_state>& stream) noexcept {
    if (cluster_->context_gone()) return;
    try {
        boost::asio::post(cluster_->strand(), [self = shared_from_this(), stream] {
            self->detach(stream);
            if (!self->ended_) self->go_on();
        });
    } catch (...) {
        // No memory for the post: the consumer's own end will find it.
    }
}

/// Ends a stream; its partition is the polls' again.
void consumer_core::detach(const std::shared_ptr<stream_state>& stream) {
    stream->complete(boost::asio::error::operation_aborted);
    const auto place = std::find_if(streams_.begin(), streams_.end(),
                                    [&](const open_stream_entry& each) { return each.stream == stream; });
    if (place == streams_.end()) return;
    const auto partition = place->partition;
    streams_.erase(place);
    stream->ended = boost::asio::error::operation_aborted;
    partition->stream.reset();
    if (group_) settle_stream(*stream, false);
    line_up(partition);
}

void consumer_core::next(const std::shared_ptr<stream_state>& stream, poll_handler handler) {
    auto slot = boost::asio::get_associated_cancellation_slot(handler);
    auto waiting = std::make_shared<poll_completion>(std::move(handler), cluster_->user_executor());
    if (slot.is_connected()) {
        // To the strand first, as with polls.
        slot.assign([self = weak_from_this(), stream,
                     which = std::weak_ptr<poll_completion>{waiting}](boost::asio::cancellation_type) {
            const auto core = self.lock();
            const auto wait = which.lock();
            if (!core || !wait || !wait->pending() || core->cluster_->context_gone()) return;
            boost::asio::post(core->cluster_->strand(), [core, stream, wait] {
                if (stream->waiting != wait) return;
                stream->complete(boost::asio::error::operation_aborted);
                core->tell_served();
            });
        });
    }
    boost::asio::post(cluster_->strand(),
                      [self = shared_from_this(), stream, waiting = std::move(waiting)]() mutable {
                          self->start_next(stream, std::move(waiting));
                      });
}

void consumer_core::start_next(const std::shared_ptr<stream_state>& stream,
                               std::shared_ptr<poll_completion> waiting) {
    if (ended_ || stream->ended || failed_) {
        waiting->complete(ended_ ? ended_ : stream->ended ? stream->ended : failed_, fetched_records{});
        return;
    }
    if (stream->waiting) {
        waiting->complete(errc::invalid_argument, fetched_records{});
        return;
    }
    stream->waiting = std::move(waiting);
    if (group_) settle_stream(*stream, true);
    go_on();
}

/// Completes the waits that there is something for.
void consumer_core::serve_streams() {
    if (streams_.empty() || !may_hand_out()) return;
    bool served = false;
    // What completes may end a stream only through the strand, so the list stays as it is.
    for (const auto& [partition, stream] : streams_) {
        if (!stream->waiting || (partition->buffer.empty() && partition->events == 0)) continue;
        auto state = std::make_shared<fetched_state>();
        const auto most = options_.max_poll_records == 0 ? std::numeric_limits<std::size_t>::max()
                                                         : options_.max_poll_records;
        if (!partition->buffer.empty()) take_from(partition, {most, most_bytes_a_poll}, *state);
        if (opens_apart()) open_apart(partition);
        take_events(*state, partition.get());
        if (state->empty()) continue;
        stream->complete({}, fetched_records{std::move(state)});
        served = true;
    }
    if (served && group_) group_->on_served(waits_for_records());
}

/// Streams of partitions that are no longer read.
void consumer_core::end_lost_streams() {
    if (streams_.empty()) return;
    std::erase_if(streams_, [this](const open_stream_entry& each) {
        {
            const std::lock_guard lock{mutex_};
            if (each.partition->position->assigned) return false;
        }
        const auto why =
            group_ && group_->subscribed() ? errc::assignment_lost : errc::partition_not_assigned;
        each.stream->ended = why;
        each.stream->complete(why);
        return true;
    });
}

void consumer_core::end_streams(error_code error) {
    for (const auto& each : std::exchange(streams_, {})) {
        each.stream->ended = error;
        each.stream->complete(error);
    }
}

partition_stream& partition_stream::operator=(partition_stream&& other) noexcept {
    if (this != &other) {
        let_go();
        core_ = std::move(other.core_);
        state_ = std::move(other.state_);
    }
    return *this;
}

partition_stream::~partition_stream() { let_go(); }

void partition_stream::let_go() noexcept {
    if (core_ && state_) core_->close_stream(state_);
}

const topic_partition& partition_stream::partition() const noexcept { return state_->name; }

void partition_stream::start_next(
    const std::shared_ptr<consumer_core>& core, const std::shared_ptr<stream_state>& state,
    boost::asio::any_completion_handler<void(error_code, fetched_records)> handler) {
    core->next(state, std::move(handler));
}

KASIO_END_NAMESPACE
