// SPDX-License-Identifier: BSL-1.0
// Close, destruction, and what ends a poll. On the strand, but for the functions that post there.
#include "consumer/consumer_core.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

KASIO_BEGIN_NAMESPACE

void consumer_core::end_poll(error_code error) {
    const auto poll = std::exchange(poll_, nullptr);
    if (!poll) return;
    poll->complete(error, fetched_records{});
    tell_served();
}

void consumer_core::stop_waits() {
    boost::asio::post(cluster_->strand(), [self = shared_from_this()] {
        if (!self->ended_) self->fail_waits(errc::closed);
    });
}

void consumer_core::close(unique_function<void(error_code)> done) {
    boost::asio::post(cluster_->strand(), [self = shared_from_this(), done = std::move(done)]() mutable {
        // Nothing has to be drained: what was fetched and not polled is fetched again by whoever reads next.
        self->cut(errc::closed);
        done({});
    });
}

void consumer_core::cut(error_code cause) {
    if (ended_) return;
    ended_ = cause;
    memory_->detach();
    if (group_) group_->end(cause);
    end_poll(cause);
    end_questions(cause);
    end_streams(cause);
    for (const auto& [node, each] : lines_) {
        if (const auto connection = cluster_->open_session(node, fetch_lane_))
            connection->close(errc::closed);
    }
    for (const auto& topic : watched_) cluster_->unwatch_topic(topic);
    watched_.clear();
    lines_.clear();
    ready_.clear();
    events_.clear();
    unopened_.clear();
    handed_out_.clear();
    partitions_.clear();
}

void consumer_core::on_cluster_closed(error_code cause) {
    const auto self = shared_from_this();
    cut(cause);
}

void consumer_core::abandon() noexcept {
    if (cluster_->context_gone()) return;
    try {
        boost::asio::post(cluster_->strand(), [self = shared_from_this()] {
            self->cut(boost::asio::error::operation_aborted);
            self->cluster_->release();
        });
    } catch (...) {
        // No memory for the post: the cluster's own end will find this consumer.
    }
}

void consumer_core::on_context_shutdown() noexcept {
    // Nothing runs any more. Handlers may own this very object: detach first, then destroy.
    const auto self = shared_from_this();
    memory_->detach();
    if (group_) group_->on_context_shutdown();
    ended_ = boost::asio::error::operation_aborted;
    const auto poll = std::exchange(poll_, nullptr);
    const auto waiters = std::exchange(position_waiters_, {});
    const auto streams = std::exchange(streams_, {});
    std::vector<std::shared_ptr<poll_completion>> readers;
    for (const auto& each : streams) readers.push_back(std::exchange(each.stream->waiting, nullptr));
    lines_.clear();
    ready_.clear();
    unopened_.clear();
    partitions_.clear();
}

KASIO_END_NAMESPACE
