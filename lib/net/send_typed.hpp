// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "net/session.hpp"
#include "protocol/codec.hpp"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

KASIO_BEGIN_NAMESPACE

/// Calls `handler` with `error` on the strand, not inside this call, without touching the line.
void fail_later(session& line, reply_handler handler, error_code error);

/// The version to send a request at: `unsupported_version` when there is none in common (at most `cap`), the
/// first cause when the session is closed.
[[nodiscard]] error_code pick_version(const session& line, const protocol::api_info& api, std::int16_t cap,
                                      std::int16_t& version);

inline constexpr std::int16_t highest_version = std::numeric_limits<std::int16_t>::max();

/// Turns a raw answer into a typed one. An answer that cannot be read closes the line: nobody can say what
/// the peer believes that it sent. `line` is looked at only together with an answer, which the session itself
/// hands over.
template <class Response, class Handler>
void deliver(session* line, Handler& handler, error_code error, reply& raw) {
    Response response{};
    if (!error && !raw.frame.empty()) {
        error = protocol::decode_response(raw.frame, raw.version, response);
        if (error) response = Response{};
        if (error == errc::malformed_response) line->close(error);
        if constexpr (requires { response.throttle_time_ms; }) {
            if (!error && response.throttle_time_ms > 0)
                line->throttle(Response::api.key, raw.version,
                               std::chrono::milliseconds{response.throttle_time_ms});
        }
    }
    if constexpr (std::invocable<Handler&, error_code, Response&&, reply&>)
        handler(error, std::move(response), raw);
    else handler(error, std::move(response));
}

/// Sends a typed request at the highest version both sides know, at most `cap`. `handler` is
/// `void(error_code, Response)` or `void(error_code, Response, reply&)`, called on the strand, exactly once,
/// never inside this call. Bytes and records of the response are views of the frame: who wants them longer
/// than the call takes the second form and keeps the reply. Long bytes of `request` are borrowed until they
/// are written: what they lie in must be kept alive by `pin`.
template <class Request, class Handler>
request_id send_typed(session& line, const Request& request, time_point deadline, Handler handler,
                      std::int16_t cap = highest_version, std::shared_ptr<const void> pin = nullptr) {
    using Response = typename Request::response_type;
    outgoing_request raw;
    raw.handler = [line_address = &line, handler = std::move(handler)](error_code error,
                                                                       reply& answer) mutable {
        deliver<Response>(line_address, handler, error, answer);
    };
    raw.api_key = Request::api.key;
    error_code error = pick_version(line, Request::api, cap, raw.version);
    if (!error) error = protocol::encode_request(raw.frame, request, raw.version, line.client_id());
    if (error) {
        fail_later(line, std::move(raw.handler), error);
        return 0;
    }
    if constexpr (requires { request.acks; }) raw.expects_reply = request.acks != 0;
    raw.deadline = deadline;
    raw.pin = std::move(pin);
    return line.send(std::move(raw));
}

KASIO_END_NAMESPACE
