// SPDX-License-Identifier: BSL-1.0
// Keeping metadata fresh: one request at a time, with back-off, and none while nobody needs any. On the strand.
#include "cluster/live_cluster.hpp"

#include "protocol/messages/metadata.hpp"

#include <kasio/broker_error.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

KASIO_BEGIN_NAMESPACE

void live_cluster::watch_topic(std::string_view topic, bool allow_auto_create) {
    if (ended_) return;
    auto& entry = watched_[std::string{topic}];
    ++entry.watchers;
    entry.allow_auto_create = entry.allow_auto_create || allow_auto_create;
    if (metadata_.find(topic) == nullptr) refresh_metadata();
}

void live_cluster::unwatch_topic(std::string_view topic) {
    const auto place = watched_.find(topic);
    if (place == watched_.end() || --place->second.watchers != 0) return;
    watched_.erase(place);
}

bool live_cluster::hint_leader(std::string_view topic, std::int32_t partition, std::int32_t leader, std::int32_t epoch) {
    return metadata_.hint(topic, partition, leader, epoch);
}

void live_cluster::hint_node(std::int32_t node, std::string host, std::int32_t port) {
    metadata_.add_node(node, std::move(host), port);
}

void live_cluster::refresh_metadata() {
    if (ended_) return;
    if (refreshing_) {
        refresh_again_ = true;
        return;
    }
    const auto now = steady_clock::now();
    // The first is sent at once; those that follow each other keep a distance.
    schedule_refresh(std::max(now, last_refresh_ + retry_delay(std::min(refresh_attempts_, 16))));
}

void live_cluster::async_refresh(time_point deadline, unique_function<void(error_code)> done) {
    if (ended_) {
        boost::asio::post(strand_, [done = std::move(done), cause = ended_]() mutable { done(cause); });
        return;
    }
    const auto number = refreshes_started_ + 1;
    refresh_waiters_.push_back({number, std::move(done)});
    call_at(deadline, [this, number] {
        // Refreshes are counted, so the waiters of that number are still waiting or gone.
        std::vector<refresh_waiter> late;
        const auto waits = std::partition(refresh_waiters_.begin(), refresh_waiters_.end(),
                                          [number](const auto& each) { return each.number != number; });
        std::move(waits, refresh_waiters_.end(), std::back_inserter(late));
        refresh_waiters_.erase(waits, refresh_waiters_.end());
        for (auto& each : late) each.done(telling(errc::metadata_unavailable));
    });
    refresh_metadata();
}

void live_cluster::schedule_refresh(time_point when) {
    if (refreshing_ || when >= refresh_at_) return;
    refresh_at_ = when;
    if (when <= steady_clock::now()) {
        boost::asio::post(strand_, [self = shared_from_this(), this] { start_refresh(); });
    } else {
        call_at(when, [this] { start_refresh(); });
    }
}

void live_cluster::start_refresh() {
    // A later call finds that an earlier one has done its work.
    if (ended_ || refreshing_ || refresh_at_ > steady_clock::now()) return;
    refresh_at_ = time_point::max();
    refreshing_ = true;
    refresh_again_ = false;
    ++refreshes_started_;
    const auto self = std::static_pointer_cast<live_cluster>(shared_from_this());
    async_any_session(steady_clock::now() + options_.request_timeout,
                      [self](error_code error, std::shared_ptr<session> line) {
                          if (error) return self->on_refreshed(error, 0, {});
                          self->send_refresh(line);
                      });
}

void live_cluster::send_refresh(const std::shared_ptr<session>& line) {
    protocol::metadata_request request;
    request.topics.emplace();
    request.allow_auto_topic_creation = false;
    for (const auto& [name, how] : watched_) {
        request.topics->emplace_back().name = name;
        request.allow_auto_topic_creation = request.allow_auto_topic_creation || how.allow_auto_create;
    }
    const auto self = std::static_pointer_cast<live_cluster>(shared_from_this());
    send_typed(*line, request, steady_clock::now() + options_.request_timeout,
               [self](error_code error, const protocol::metadata_response& answer, reply& raw) {
                   self->on_refreshed(error, raw.version, answer);
               });
}

void live_cluster::on_refreshed(error_code error, std::int16_t version, const protocol::metadata_response& answer) {
    refreshing_ = false;
    if (ended_) return;
    last_refresh_ = steady_clock::now();
    const bool progress = !error && metadata_.apply(answer, version);
    if (!error && !progress) {
        error = errc::metadata_unavailable;
        note_failure(error, "a broker answered Metadata without any usable broker");
    }
    refresh_error_ = error;
    if (progress) {
        std::vector<refresh_waiter> served;
        const auto waits = std::partition(refresh_waiters_.begin(), refresh_waiters_.end(),
                                          [this](const auto& each) { return each.number > refreshes_started_; });
        std::move(waits, refresh_waiters_.end(), std::back_inserter(served));
        refresh_waiters_.erase(waits, refresh_waiters_.end());
        tell_listeners();
        for (auto& each : served) each.done({});
    }
    if (ended_) return;
    const bool more = error || refresh_again_ || something_missing() || !refresh_waiters_.empty();
    refresh_attempts_ = more ? refresh_attempts_ + 1 : 0;
    if (more && (!watched_.empty() || !refresh_waiters_.empty())) return refresh_metadata();
    if (!watched_.empty()) schedule_refresh(last_refresh_ + options_.metadata_max_age);
}

bool live_cluster::something_missing() const {
    for (const auto& [name, how] : watched_) {
        const auto* known = metadata_.find(name);
        if (known == nullptr || known->partitions.empty()) {
            if (known == nullptr || !known->error || is_retriable(known->error)) return true;
            continue;
        }
        const auto leaderless = [](const known_partition& each) { return each.leader < 0; };
        if (std::any_of(known->partitions.begin(), known->partitions.end(), leaderless)) return true;
    }
    return false;
}

void live_cluster::tell_listeners() {
    for (const auto& listener : listeners()) {
        if (!ended_) listener->on_metadata(metadata_);
    }
}

error_code live_cluster::telling(error_code otherwise) const {
    const auto cause = last_failure().code;
    return cause ? cause : otherwise;
}

KASIO_END_NAMESPACE
