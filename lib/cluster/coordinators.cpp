// SPDX-License-Identifier: BSL-1.0
// Who coordinates a group or a transactional id: one look-up at a time for each, shared by all who ask. On
// the strand.
#include "cluster/live_cluster.hpp"
#include "cluster/retry_policy.hpp"
#include "net/capabilities.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

KASIO_BEGIN_NAMESPACE

void live_cluster::forget_coordinator(coordinator_kind kind, std::string_view key, std::int32_t node) {
    coordinators_.forget({kind, std::string{key}}, node);
}

void live_cluster::async_coordinator(coordinator_kind kind, std::string key, time_point deadline,
                                     node_handler done, given_up_flag given_up) {
    const auto later = [this](node_handler handler, error_code error, std::int32_t node) {
        boost::asio::post(strand_,
                          [handler = std::move(handler), error, node]() mutable { handler(error, node); });
    };
    if (ended_) return later(std::move(done), ended_, -1);
    const coordinator_name which{kind, std::move(key)};
    const auto known = coordinators_.find(which);
    if (known >= 0) return later(std::move(done), {}, known);
    auto& search = coordinator_searches_[which];
    const bool first = search.waiters.empty() && !search.under_way;
    auto waiting =
        std::make_shared<coordinator_waiter>(coordinator_waiter{std::move(done), std::move(given_up), {}});
    search.waiters.push_back(waiting);
    waiting->timer = timers_->call_at(deadline, [this, which, waiting] {
        const auto place = coordinator_searches_.find(which);
        const auto cause = place == coordinator_searches_.end() ? error_code{} : place->second.first_cause;
        if (place != coordinator_searches_.end()) std::erase(place->second.waiters, waiting);
        if (auto handler = std::exchange(waiting->done, nullptr)) {
            handler(cause ? cause : error_code{broker_errc::coordinator_not_available}, -1);
        }
    });
    if (!first) return;
    search.under_way = true;
    boost::asio::post(strand_, [self = shared_from_this(), this, which] { look_up_coordinator(which); });
}

void live_cluster::look_up_coordinator(const coordinator_name& which) {
    const auto place = coordinator_searches_.find(which);
    if (ended_ || place == coordinator_searches_.end()) return;
    std::vector<std::shared_ptr<coordinator_waiter>> gone;
    std::erase_if(place->second.waiters, [&gone](const auto& each) {
        if (!each->given_up || !*each->given_up) return false;
        gone.push_back(each);
        return true;
    });
    const bool nobody = place->second.waiters.empty();
    if (nobody) coordinator_searches_.erase(place);
    answer_coordinator(std::move(gone), boost::asio::error::operation_aborted, -1);
    if (nobody || ended_) return;
    const auto limit = steady_clock::now() + options_.request_timeout;
    const auto self = std::static_pointer_cast<live_cluster>(shared_from_this());
    const auto on_session = [self, which, limit](error_code error, const std::shared_ptr<session>& line) {
        if (self->ended_) return;
        if (error) return self->on_coordinator_unknown(which, error);
        self->ask_for_coordinator(*line, which, limit);
    };
    async_any_session(limit, on_session, nullptr);
}

void live_cluster::ask_for_coordinator(session& line, const coordinator_name& which, time_point limit) {
    const bool in_lists = has(line.versions(), capability::batched_coordinator_lookup);
    const auto self = std::static_pointer_cast<live_cluster>(shared_from_this());
    const auto on_answer = [self, which, in_lists](error_code error,
                                                   const protocol::find_coordinator_response& answer) {
        if (self->ended_) return;
        if (error) return self->on_coordinator_unknown(which, error);
        auto found = coordinator_in(answer, which.second, in_lists);
        if (found.error) return self->on_coordinator_unknown(which, found.error);
        self->on_coordinator_found(which, std::move(found));
    };
    send_typed(line, about_coordinator(which, in_lists), limit, on_answer);
}

void live_cluster::on_coordinator_found(const coordinator_name& which, found_coordinator found) {
    // Metadata may not have heard of it yet.
    if (metadata_.node(found.node) == nullptr)
        metadata_.add_node(found.node, std::move(found.host), found.port);
    coordinators_.store(which, found.node);
    const auto place = coordinator_searches_.find(which);
    if (place == coordinator_searches_.end()) return;
    auto waiters = std::move(place->second.waiters);
    coordinator_searches_.erase(place);
    answer_coordinator(std::move(waiters), {}, found.node);
}

void live_cluster::on_coordinator_unknown(const coordinator_name& which, error_code error) {
    const auto place = coordinator_searches_.find(which);
    if (place == coordinator_searches_.end()) return;
    auto& search = place->second;
    if (!search.first_cause) search.first_cause = error;
    if (!is_retriable(error) || ends_waiting(error)) {
        auto waiters = std::move(search.waiters);
        coordinator_searches_.erase(place);
        return answer_coordinator(std::move(waiters), error, -1);
    }
    call_at(steady_clock::now() + retry_delay(std::min(search.attempts++, 16)),
            [this, which] { look_up_coordinator(which); });
}

void live_cluster::answer_coordinator(std::vector<std::shared_ptr<coordinator_waiter>> waiters,
                                      error_code error, std::int32_t node) {
    for (const auto& each : waiters) {
        timers_->cancel(each->timer);
        if (auto handler = std::exchange(each->done, nullptr)) handler(error, node);
    }
}

KASIO_END_NAMESPACE
