// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/cluster_core.hpp"
#include "cluster/metadata_cache.hpp"

#include <memory>
#include <utility>

KASIO_BEGIN_NAMESPACE

/// One typed request looking for its broker, as often as it takes.
template <class Request, class Handler>
class routed_request : public std::enable_shared_from_this<routed_request<Request, Handler>> {
public:
    using response = typename Request::response_type;
    routed_request(std::shared_ptr<cluster_core> core, route to, Request request, time_point deadline, Handler handler)
        : core_{std::move(core)}, to_{to}, request_{std::move(request)}, deadline_{deadline},
          handler_{std::move(handler)} {}

    void attempt() {
        const auto self = this->shared_from_this();
        auto on_session = [self](error_code error, std::shared_ptr<session> line) { self->send(error, line); };
        if (to_.to == route::kind::node) return core_->async_session(to_.node, to_.for_what, deadline_, on_session);
        const auto controller = core_->metadata().controller();
        if (to_.to == route::kind::controller && core_->metadata().node(controller) != nullptr) {
            return core_->async_session(controller, to_.for_what, deadline_, on_session);
        }
        core_->async_any_session(deadline_, on_session);
    }

private:
    void send(error_code error, const std::shared_ptr<session>& line) {
        if (error) return again(error);
        const auto limit = std::min(deadline_, steady_clock::now() + core_->options().request_timeout);
        send_typed(*line, request_, limit, [self = this->shared_from_this()](error_code outcome, response answer) {
            if (outcome) return self->again(outcome);
            self->handler_(error_code{}, std::move(answer));
        });
    }
    /// What failed on the line may go through on another one.
    void again(error_code error) {
        const auto when = steady_clock::now() + core_->retry_delay(attempts_++);
        if (core_->closed() || !is_retriable(error) || when >= deadline_) return handler_(error, response{});
        core_->call_at(when, [self = this->shared_from_this()] { self->attempt(); });
    }

    std::shared_ptr<cluster_core> core_;
    route to_;
    Request request_;
    time_point deadline_;
    Handler handler_;
    int attempts_ = 0;
};

/// Sends a typed request to where `to` says: finds the node, connects, and tries again after failures of the line
/// until `deadline`. Errors inside the answer are the caller's matter. `handler` is `void(error_code, Response)`,
/// called on the strand, never inside this call; destroyed uncalled when the cluster closes while it waits to try
/// again.
template <class Request, class Handler>
void request_routed(const std::shared_ptr<cluster_core>& core, route to, Request request, time_point deadline,
                    Handler handler) {
    std::make_shared<routed_request<Request, Handler>>(core, to, std::move(request), deadline, std::move(handler))
        ->attempt();
}

KASIO_END_NAMESPACE
