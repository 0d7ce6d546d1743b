// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "base/unique_function.hpp"
#include "net/executor.hpp"
#include "protocol/codec.hpp"
#include "protocol/frame.hpp"

#include <kasio/cluster_options.hpp>
#include <kasio/error.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

KASIO_BEGIN_NAMESPACE

class api_versions; // net/api_versions.hpp: what a broker offers

/// The whole answer to one request. `frame` starts with the response header (correlation id); it is valid
/// during the handler's call, and longer for who keeps what `keep()` returns.
class reply {
public:
    std::span<const std::byte> frame;
    std::int16_t version = 0;
    /// Shares the buffer in which `frame` lies, so that views of it may live on.
    [[nodiscard]] std::shared_ptr<const void> keep() const;
    // (members of the implementation)
};

/// Called exactly once, on the session's strand, never inside `send`. With an error `reply` is empty.
using reply_handler = unique_function<void(error_code, reply&)>;

/// One request on its way.
struct outgoing_request {
    std::int16_t api_key = -1;
    std::int16_t version = 0;
    /// Encoded with any correlation id; the session sets its own.
    protocol::outgoing_frame frame;
    time_point deadline;
    /// False for Produce with acks=0: then the handler is called when the bytes are written.
    bool expects_reply = true;
    reply_handler handler;
    /// Keeps alive what the frame borrows until its last byte is written (also after a time-out or close).
    std::shared_ptr<const void> pin;
    outgoing_request() {}
};

/// Names a request for `abandon`.
using request_id = std::uint64_t;

/// One connection with one broker: resolve, TCP, ApiVersions, then pipelined requests answered in order.
/// Every function is called on the strand.
class session : public std::enable_shared_from_this<session> {
public:
    static std::shared_ptr<session> create(serial_executor executor, cluster_options options);
    virtual ~session() = default;

    /// Connects to `host:port`, trying every address, and negotiates versions; all within `connect_timeout`.
    /// `done` is called once, never inside this call. On failure the session is closed.
    virtual void connect(std::string host, std::uint16_t port, unique_function<void(error_code)> done) = 0;
    [[nodiscard]] virtual bool is_open() const noexcept = 0;
    /// Why it closed; the first cause.
    [[nodiscard]] virtual error_code cause() const noexcept = 0;
    /// One line about the cause: step, address, the system's own words.
    [[nodiscard]] virtual const std::string& cause_text() const noexcept = 0;
    /// What the broker offers; valid once connected.
    [[nodiscard]] virtual const api_versions& versions() const noexcept = 0;
    /// Queues and, while the line is idle, writes at once. After close the handler gets the first cause.
    virtual request_id send(outgoing_request request) = 0;
    /// Cancels the wait: the handler is called with `operation_aborted`; a request not yet written is
    /// withdrawn, the answer to one already written is dropped. Nothing happens when it has been answered.
    virtual void abandon(request_id id) = 0;
    /// Requests sent or queued whose answer has not come.
    [[nodiscard]] virtual std::size_t in_flight() const noexcept = 0;
    /// When the last byte came or went.
    [[nodiscard]] virtual time_point last_activity() const noexcept = 0;
    /// Fails all that is pending with `cause` and closes the socket. Bytes under a write stay pinned.
    virtual void close(error_code cause) = 0;
    /// Called once when an open session closes.
    virtual void on_close(unique_function<void()> handler) = 0;
    [[nodiscard]] virtual const serial_executor& get_executor() const noexcept = 0;
};

/// Sends a typed request at the highest version both sides know. `handler` is `void(error_code, Response)`,
/// called on the strand, exactly once, never inside this call.
template <class Request, class Handler>
request_id send_typed(session& line, const Request& request, time_point deadline, Handler handler);

KASIO_END_NAMESPACE
