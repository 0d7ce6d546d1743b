// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "base/unique_function.hpp"
#include "net/executor.hpp"
#include "protocol/frame.hpp"

#include <kasio/cluster_options.hpp>
#include <kasio/error.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

KASIO_BEGIN_NAMESPACE

class api_versions; // net/api_versions.hpp: what a broker offers
class sasl_login;   // net/sasl_login.hpp: who this client is

/// The whole answer to one request. `frame` starts with the response header (correlation id); it is valid
/// during the handler's call, and longer for who keeps what `keep()` returns.
class reply {
public:
    std::span<const std::byte> frame;
    std::int16_t version = 0;
    /// After an error: whether the request may have reached the broker. False: no byte of it was handed to
    /// the socket, so it was certainly not done.
    bool maybe_sent = true;
    /// How many bytes `keep` holds on to: the buffer may be much larger than the frame.
    std::size_t kept_bytes = 0;

    /// Takes a share of the buffer that `owner` holds.
    using keeper = std::shared_ptr<const void> (*)(void* owner);

    reply() {}
    reply(std::span<const std::byte> whole_frame, std::int16_t answered_version, void* owner, keeper keep)
        : frame{whole_frame}, version{answered_version}, owner_{owner}, keep_{keep} {}

    /// Shares the buffer in which `frame` lies, so that views of it may live on, on any thread. Called during
    /// the handler's call only. Null when there is no frame.
    [[nodiscard]] std::shared_ptr<const void> keep() const { return keep_ ? keep_(owner_) : nullptr; }

private:
    void* owner_ = nullptr;
    keeper keep_ = nullptr;
};

/// Called exactly once, on the session's strand, never inside `send`. With an error `reply` is empty. It may
/// be destroyed uncalled with its execution context.
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

/// One connection with one broker: resolve, TCP, TLS, ApiVersions, SASL, then pipelined requests answered in order.
/// Every function is called on the strand.
///
/// It lives as long as it is open, whoever points to it: who opens it must close it. When its execution
/// context is destroyed instead, handlers are destroyed uncalled.
class session : public std::enable_shared_from_this<session> {
public:
    /// `login` is shared by the connections of a cluster; null: one by the options for this connection alone.
    static std::shared_ptr<session> create(serial_executor executor, cluster_options options,
                                           std::shared_ptr<sasl_login> login = nullptr);
    explicit session(std::string client_id = {}) : client_id_{std::move(client_id)} {}
    virtual ~session() = default;

    /// To be called before `connect`: ApiVersions is asked for with this version first.
    virtual void ask_versions_from(std::int16_t version) = 0;
    /// After a failed `connect`: the peer hung up instead of answering ApiVersions.
    [[nodiscard]] virtual bool hung_up_at_first_request() const noexcept = 0;
    /// Connects to `host:port`, trying every address, and negotiates versions; all within `connect_timeout`.
    /// `done` is called once, never inside this call: with success, or with `host_not_found`,
    /// `broker_unreachable`, `connect_timed_out`, or what ended the negotiation (`connection_lost`,
    /// `not_a_broker`, `tls_expected`, `unsupported_version`, `malformed_response`) or the authentication
    /// (`authentication_failed`, `server_proof_invalid`, `token_unavailable`). On failure the session is closed.
    /// Called once in its life.
    virtual void connect(std::string host, std::uint16_t port, unique_function<void(error_code)> done) = 0;
    [[nodiscard]] virtual bool is_open() const noexcept = 0;
    /// Why it closed; the first cause.
    [[nodiscard]] virtual error_code cause() const noexcept = 0;
    /// One line about the cause: step, address, the system's own words.
    [[nodiscard]] virtual const std::string& cause_text() const noexcept = 0;
    /// What the broker offers; valid once connected.
    [[nodiscard]] virtual const api_versions& versions() const noexcept = 0;
    /// Queues and, while the line is idle, writes at once. After close the handler gets the first cause,
    /// before the session is open `errc::closed`.
    ///
    /// A request that runs out of time before a byte of it was handed to the socket fails alone with
    /// `request_timed_out`; otherwise the connection closes with that cause, since it cannot be told whose
    /// answer would come next.
    ///
    /// Where the broker bounds sessions, a request that is sent when it is time makes the session authenticate
    /// again (KIP-368); what is sent meanwhile is held back, and goes out once the broker has accepted.
    virtual request_id send(outgoing_request request) = 0;
    /// Cancels the wait: the handler is called with `operation_aborted`, not inside this call; a request not
    /// yet written is withdrawn, the answer to one already written is dropped. Nothing happens when it has
    /// been answered.
    virtual void abandon(request_id id) = 0;
    /// The broker wants silence for that long after its answer (KIP-219): what is queued waits, to its own
    /// deadline. Nothing happens for versions at which brokers hold their answer back instead.
    virtual void throttle(std::int16_t api_key, std::int16_t version, std::chrono::milliseconds time) = 0;
    /// Requests sent or queued whose answer has not come.
    [[nodiscard]] virtual std::size_t in_flight() const noexcept = 0;
    /// When the last byte came or went.
    [[nodiscard]] virtual time_point last_activity() const noexcept = 0;
    /// Fails all that is pending with `cause` and closes the socket. Bytes under a write stay pinned.
    virtual void close(error_code cause) = 0;
    /// Called once when an open session closes, not inside the call that closes it.
    virtual void on_close(unique_function<void()> handler) = 0;
    [[nodiscard]] virtual const serial_executor& get_executor() const noexcept = 0;

    /// What requests carry in their header.
    [[nodiscard]] const std::string& client_id() const noexcept { return client_id_; }
    /// Which broker it is, for observers.
    void set_node(std::int32_t node) noexcept { node_ = node; }
    [[nodiscard]] std::int32_t node() const noexcept { return node_; }

private:
    const std::string client_id_;
    std::int32_t node_ = -1;
};

KASIO_END_NAMESPACE

#include "net/send_typed.hpp"
