// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/cluster_core.hpp"
#include "cluster/metadata_cache.hpp"
#include "cluster/retry_policy.hpp"
#include "cluster/routed_session.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <memory>
#include <utility>

KASIO_BEGIN_NAMESPACE

/// One typed request looking for its broker, as often as it takes.
template <class Request, class Handler>
class routed_request : public std::enable_shared_from_this<routed_request<Request, Handler>> {
public:
    using response = typename Request::response_type;
    routed_request(std::shared_ptr<cluster_core> core, route to, Request request, time_point deadline,
                   Handler handler, given_up_flag given_up)
        : core_{std::move(core)},
          to_{std::move(to)},
          request_{std::move(request)},
          deadline_{deadline},
          handler_{std::move(handler)},
          given_up_{std::move(given_up)} {}

    void attempt() {
        async_routed_session(
            core_, to_, deadline_,
            [self = this->shared_from_this()](error_code error, const std::shared_ptr<session>& line) {
                self->send(error, line);
            },
            given_up_);
    }

private:
    void send(error_code error, const std::shared_ptr<session>& line) {
        if (error) return again(error);
        if (given_up_ && *given_up_) return finish(boost::asio::error::operation_aborted);
        if (to_.to == route::kind::coordinator) to_.node = line->node();
        const auto limit = std::min(deadline_, steady_clock::now() + core_->options().request_timeout);
        send_typed(*line, request_, limit,
                   [self = this->shared_from_this()](error_code outcome, response answer) {
                       if (outcome) {
                           if (self->to_.to == route::kind::coordinator)
                               self->core_->forget_coordinator(self->to_.of, self->to_.key, self->to_.node);
                           return self->again(outcome);
                       }
                       self->handler_(error_code{}, std::move(answer));
                   });
    }
    /// What failed on the line may go through on another one.
    void again(error_code error) {
        if (core_->closed()) return finish(core_->ended());
        if (given_up_ && *given_up_) return finish(boost::asio::error::operation_aborted);
        if (!first_cause_) first_cause_ = error;
        const auto when = steady_clock::now() + core_->retry_delay(attempts_++);
        const auto step = what_next(error, when, deadline_);
        // At the deadline, what went wrong first says more than what followed from it.
        if (step == retry_step::fail) return finish(is_retriable(error) ? first_cause_ : error);
        if (step == retry_step::refresh_and_again) core_->refresh_metadata();
        core_->wait_until(when, [self = this->shared_from_this()](error_code ended) {
            if (ended) return self->finish(ended);
            self->attempt();
        });
    }
    void finish(error_code error) { handler_(error, response{}); }

    std::shared_ptr<cluster_core> core_;
    route to_;
    Request request_;
    time_point deadline_;
    Handler handler_;
    given_up_flag given_up_;
    error_code first_cause_;
    int attempts_ = 0;
};

/// Sends a typed request to where `to` says: finds the node, connects, and tries again after failures of the
/// line until `deadline`, then ends with the first cause. Errors inside the answer are the caller's matter:
/// who is told by a coordinator that it is none (15, 16) forgets it (`forget_coordinator`) and asks again.
/// `handler` is `void(error_code, Response)`, called on the strand, exactly once, never inside this call;
/// with `operation_aborted` some time after `given_up`, with the cluster's `ended()` when that ends.
template <class Request, class Handler>
void request_routed(const std::shared_ptr<cluster_core>& core, route to, Request request, time_point deadline,
                    Handler handler, given_up_flag given_up = nullptr) {
    std::make_shared<routed_request<Request, Handler>>(core, std::move(to), std::move(request), deadline,
                                                       std::move(handler), std::move(given_up))
        ->attempt();
}

KASIO_END_NAMESPACE
