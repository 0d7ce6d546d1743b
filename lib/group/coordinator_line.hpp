// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/cluster_core.hpp"

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

KASIO_BEGIN_NAMESPACE

/// The way to the broker that is in charge of a group: who it is, and connections to it. On the strand.
///
/// A member's own requests have a connection to themselves (`lane`): brokers answer in order, and hold a
/// JoinGroup back until all members have joined. What must not wait behind it (commits, leaving) goes over
/// the one that all use.
class coordinator_line : public std::enable_shared_from_this<coordinator_line> {
public:
    coordinator_line(std::shared_ptr<cluster_core> cluster, std::string group_id);

    /// -1: not known.
    [[nodiscard]] std::int32_t node() const noexcept { return node_; }
    /// Finds out who it is, until `deadline`. `done` is never called inside the call.
    void find(time_point deadline, unique_function<void(error_code)> done);
    /// It is another one by now, or cannot be reached.
    void forget();
    /// Nobody waits for a look-up any more.
    void end() noexcept { *given_up_ = true; }
    [[nodiscard]] purpose lane() const noexcept { return lane_; }

    /// One attempt at one request: `fill(version)` makes it for the version that both know. `handler` is
    /// `void(error_code, Response)` or `void(error_code, Response, reply&)`, called once, never inside this
    /// call. `pin` keeps what the request borrows. Failures of the line make the coordinator forgotten.
    template <class Request, class Fill, class Handler>
    void ask(purpose over, time_point until, std::int16_t cap, Fill fill, Handler handler,
             std::shared_ptr<const void> pin = nullptr);
    /// Closes the member's own connection.
    void close_lane();

private:
    const std::shared_ptr<cluster_core> cluster_;
    const std::string group_id_;
    const purpose lane_;
    std::int32_t node_ = -1;
    const std::shared_ptr<bool> given_up_ = std::make_shared<bool>(false);
};

template <class Request, class Fill, class Handler>
void coordinator_line::ask(purpose over, time_point until, std::int16_t cap, Fill fill, Handler handler,
                           std::shared_ptr<const void> pin) {
    using response = typename Request::response_type;
    cluster_->async_session(
        node_, over, until,
        [self = shared_from_this(), node = node_, until, cap, pin = std::move(pin), fill = std::move(fill),
         handler = std::move(handler)](error_code error, const std::shared_ptr<session>& line) mutable {
            const auto heard = [self, node, handler = std::move(handler)](error_code outcome, response answer,
                                                                          reply& raw) mutable {
                if (outcome && outcome != errc::unsupported_version && self->node_ == node) self->forget();
                if constexpr (std::invocable<Handler&, error_code, response&&, reply&>)
                    handler(outcome, std::move(answer), raw);
                else handler(outcome, std::move(answer));
            };
            if (error) {
                reply none;
                auto tell = heard;
                return tell(error, response{}, none);
            }
            std::int16_t version = 0;
            error = pick_version(*line, Request::api, cap, version);
            if (error) {
                fail_later(
                    *line,
                    [tell = heard](error_code cause, reply& raw) mutable { tell(cause, response{}, raw); },
                    error);
                return;
            }
            send_typed(*line, fill(version), until, heard, version, pin);
        });
}

KASIO_END_NAMESPACE
