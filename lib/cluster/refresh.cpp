// SPDX-License-Identifier: BSL-1.0
// Keeping metadata fresh: one request at a time, with back-off, and none while nobody needs any. On the strand.
#include "cluster/live_cluster.hpp"
#include "cluster/retry_policy.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/messages/metadata.hpp>
#include <kasio/observer.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

KASIO_BEGIN_NAMESPACE

void live_cluster::watch_topic(std::string_view topic, bool allow_auto_create) {
    if (ended_) return;
    auto place = watched_.find(topic);
    const bool first = place == watched_.end();
    if (first) place = watched_.emplace(topic, watched{}).first;
    ++place->second.watchers;
    place->second.allow_auto_create = place->second.allow_auto_create || allow_auto_create;
    if (first || missing(topic)) refresh_metadata();
}

void live_cluster::unwatch_topic(std::string_view topic) {
    const auto place = watched_.find(topic);
    if (place == watched_.end() || --place->second.watchers != 0) return;
    watched_.erase(place);
    if (refresh_wanted()) return;
    timers_->cancel(std::exchange(refresh_timer_, {}));
    refresh_at_ = time_point::max();
}

bool live_cluster::hint_leader(std::string_view topic, std::int32_t partition, std::int32_t leader, std::int32_t epoch) {
    return metadata_.hint(topic, partition, leader, epoch);
}

void live_cluster::hint_node(std::int32_t node, std::string host, std::int32_t port) {
    metadata_.add_node(node, std::move(host), port);
}

void live_cluster::refresh_metadata() {
    if (ended_ || !refresh_wanted()) return;
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
    auto waiting = std::make_shared<refresh_waiter>(refresh_waiter{refreshes_started_ + 1, std::move(done), {}});
    refresh_waiters_.push_back(waiting);
    waiting->timer = timers_->call_at(deadline, [this, waiting] {
        if (std::erase(refresh_waiters_, waiting) == 0) return;
        waiting->done(refresh_cause_ ? refresh_cause_ : error_code{errc::metadata_unavailable});
    });
    refresh_metadata();
}

void live_cluster::schedule_refresh(time_point when) {
    if (refreshing_ || when >= refresh_at_) return;
    refresh_at_ = when;
    timers_->cancel(std::exchange(refresh_timer_, {}));
    if (when <= steady_clock::now()) {
        boost::asio::post(strand_, [self = shared_from_this(), this] { start_refresh(); });
    } else {
        refresh_timer_ = timers_->call_at(when, [this] { start_refresh(); });
    }
}

void live_cluster::start_refresh() {
    // A later call finds that an earlier one has done its work.
    if (ended_ || refreshing_ || refresh_at_ > steady_clock::now()) return;
    refresh_at_ = time_point::max();
    if (!refresh_wanted()) return;
    refreshing_ = true;
    refresh_again_ = false;
    ++refreshes_started_;
    const auto self = std::static_pointer_cast<live_cluster>(shared_from_this());
    const auto done = [self](error_code error, const std::shared_ptr<session>& line) {
        if (error) return self->on_refreshed(error, 0, {});
        self->send_refresh(line);
    };
    async_any_session(steady_clock::now() + options_.request_timeout, done, nullptr);
}

void live_cluster::send_refresh(const std::shared_ptr<session>& line) {
    std::vector<std::string_view> all;
    std::vector<std::string_view> to_create;
    bool some_must_not_be = false;
    for (const auto& [name, how] : watched_) {
        all.push_back(name);
        if (!how.allow_auto_create) some_must_not_be = true;
        else if (missing(name)) to_create.push_back(name);
    }
    const auto self = std::static_pointer_cast<live_cluster>(shared_from_this());
    const auto done = [self](error_code error, std::int16_t version, const protocol::metadata_response& answer) {
        self->on_refreshed(error, version, answer);
    };
    if (to_create.empty() || !some_must_not_be) return ask_about(*line, all, !to_create.empty(), done);
    // One flag counts for all topics of a request, so those that may be created are asked for alone first.
    ask_about(*line, to_create, true,
              [self, line, done](error_code error, std::int16_t version, const protocol::metadata_response& answer) {
                  if (error || self->ended_) return self->on_refreshed(error, version, answer);
                  self->metadata_.apply(answer, version);
                  std::vector<std::string_view> names;
                  for (const auto& [name, how] : self->watched_) names.push_back(name);
                  self->ask_about(*line, names, false, done);
              });
}

void live_cluster::ask_about(session& line, const std::vector<std::string_view>& topics, bool create,
                             refresh_handler done) {
    protocol::metadata_request request;
    request.topics.emplace();
    for (const auto name : topics) request.topics->emplace_back().name.emplace(name);
    request.allow_auto_topic_creation = create;
    send_typed(line, request, steady_clock::now() + options_.request_timeout,
               [done = std::move(done)](error_code error, const protocol::metadata_response& answer,
                                        reply& raw) mutable { done(error, raw.version, answer); });
}

void live_cluster::on_refreshed(error_code error, std::int16_t version, const protocol::metadata_response& answer) {
    refreshing_ = false;
    if (ended_) return;
    last_refresh_ = steady_clock::now();
    if (!error) error = from_broker(answer.error_code);
    if (error == broker_errc::rebootstrap_required) bootstrap_again();
    if (!error && !metadata_.apply(answer, version)) {
        error = errc::metadata_unavailable;
        note_failure(error, "a broker answered Metadata without any usable broker");
    }
    if (!error) {
        refresh_cause_ = {};
        if (options_.observer) {
            options_.observer->on_metadata_update(metadata_.cluster_id(), metadata_.nodes().size(),
                                                  metadata_.topic_count());
        }
        tell_listeners();
        serve_refresh_waiters();
    } else if (!refresh_cause_) {
        refresh_cause_ = error;
    }
    if (error && ends_waiting(error)) fail_refresh_waiters(error);
    if (ended_) return;
    const bool more = error || refresh_again_ || something_missing() || !refresh_waiters_.empty();
    refresh_attempts_ = more ? refresh_attempts_ + 1 : 0;
    if (more) return refresh_metadata();
    if (!watched_.empty()) schedule_refresh(last_refresh_ + options_.metadata_max_age);
}

/// The cluster is another one by now, says a broker (KIP-1102): only the bootstrap list leads to it.
void live_cluster::bootstrap_again() {
    metadata_.forget_nodes();
    coordinators_.clear();
    std::vector<std::shared_ptr<session>> lines;
    for (const auto& [key, each] : slots_) {
        if (key.second == purpose::common && each.line && !each.connecting) lines.push_back(each.line);
    }
    for (const auto& line : lines) line->close(errc::connection_lost);
}

void live_cluster::serve_refresh_waiters() {
    std::vector<std::shared_ptr<refresh_waiter>> served;
    std::erase_if(refresh_waiters_, [&](const auto& each) {
        if (each->number > refreshes_started_) return false;
        served.push_back(each);
        return true;
    });
    for (const auto& each : served) {
        timers_->cancel(each->timer);
        each->done({});
    }
}

void live_cluster::fail_refresh_waiters(error_code cause) {
    for (const auto& each : std::exchange(refresh_waiters_, {})) {
        timers_->cancel(each->timer);
        each->done(cause);
    }
}

bool live_cluster::missing(std::string_view topic) const noexcept {
    const auto* known = metadata_.find(topic);
    if (known == nullptr) return true;
    return known->error ? is_retriable(known->error) : known->partitions.empty();
}

bool live_cluster::something_missing() const {
    for (const auto& [name, how] : watched_) {
        if (missing(name)) return true;
        const auto* known = metadata_.find(name);
        const auto leaderless = [this](const known_partition& each) { return metadata_.node(each.leader) == nullptr; };
        if (!known->error && std::any_of(known->partitions.begin(), known->partitions.end(), leaderless)) return true;
    }
    return false;
}

void live_cluster::tell_listeners() {
    for (const auto& listener : listeners()) {
        if (!ended_) listener->on_metadata(metadata_);
    }
}

KASIO_END_NAMESPACE
