// SPDX-License-Identifier: BSL-1.0
#include "cluster/user_request.hpp"

#include "cluster/coordinator_cache.hpp"
#include "cluster/retry_policy.hpp"
#include "cluster/routed_session.hpp"

#include <kasio/broker_error.hpp>

#include <algorithm>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

// What a broker does twice when it is told twice; fetching from a share group hands records out.
constexpr std::int16_t not_twice[] = {/* Produce */ 0, /* CreateDelegationToken */ 38, /* ShareFetch */ 78,
                                      /* ShareAcknowledge */ 79};

} // namespace

user_request::user_request(std::shared_ptr<cluster_core> core, route to,
                           std::shared_ptr<pending_request> request, time_point deadline)
    : core_{std::move(core)}, to_{std::move(to)}, request_{std::move(request)}, deadline_{deadline} {
    request_->on_finished([given_up = given_up_] { *given_up = true; });
}

void user_request::attempt() {
    if (*given_up_) return;
    async_routed_session(
        core_, to_, deadline_,
        [self = shared_from_this()](error_code error, const std::shared_ptr<session>& line) {
            self->send(error, line);
        },
        given_up_);
}

void user_request::send(error_code error, const std::shared_ptr<session>& line) {
    if (*given_up_) return;
    if (error) return again(error, false);
    asked_ = line->node();
    const auto limit = std::min(deadline_, steady_clock::now() + core_->options().request_timeout);
    const auto request = std::move(request_);
    request->send(*line, limit, [self = shared_from_this()](pending_request& sent, error_code outcome) {
        self->request_ = sent.shared_from_this();
        self->on_ended(outcome);
    });
}

void user_request::on_ended(error_code error) {
    if (error) {
        if (to_.to == route::kind::coordinator) core_->forget_coordinator(to_.of, to_.key, asked_);
        return again(error, false);
    }
    on_answer();
}

/// A code of the request itself is the caller's matter, unless it says that somebody else should have been
/// asked.
void user_request::on_answer() {
    const auto inside = request_->error_inside();
    const bool moved = to_.to == route::kind::coordinator && coordinator_moved(inside);
    const bool loading =
        to_.to == route::kind::coordinator && inside == broker_errc::coordinator_load_in_progress;
    const bool elsewhere = to_.to == route::kind::controller && inside == broker_errc::not_controller;
    if (moved) core_->forget_coordinator(to_.of, to_.key, asked_);
    if (moved || loading || elsewhere) return again({}, elsewhere);
    finish({});
}

bool user_request::may_repeat() const {
    if (!request_->maybe_sent()) return true;
    return std::find(std::begin(not_twice), std::end(not_twice), request_->api().key) == std::end(not_twice);
}

/// Without error: the answer turned us away, and is what the caller gets if time is up.
void user_request::again(error_code error, bool look_anew) {
    if (core_->closed()) return finish(core_->ended());
    if (error && !first_cause_) first_cause_ = error;
    const auto when = steady_clock::now() + core_->retry_delay(std::min(attempts_++, 16));
    if (error && (!may_repeat() || what_next(error, when, deadline_) == retry_step::fail)) {
        // At the deadline, what went wrong first says more than what followed from it.
        return finish(is_retriable(error) && may_repeat() ? first_cause_ : error);
    }
    if (when >= deadline_) return finish({});
    if (error && needs_metadata_refresh(error)) core_->refresh_metadata();
    auto go = [self = shared_from_this(), look_anew](error_code ended) {
        if (ended) return self->finish(ended);
        if (!look_anew) return self->attempt();
        // Whether that succeeds or not, the next attempt tells.
        self->core_->async_refresh(self->deadline_, [self](error_code) { self->attempt(); });
    };
    core_->wait_until(when, std::move(go));
}

void user_request::finish(error_code error) {
    if (const auto request = std::exchange(request_, nullptr)) request->finish(error);
}

KASIO_END_NAMESPACE
