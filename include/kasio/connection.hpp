// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/answer.hpp>
#include <kasio/cluster_options.hpp>
#include <kasio/config.hpp>
#include <kasio/detail/request_operation.hpp>
#include <kasio/error.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

KASIO_BEGIN_NAMESPACE

class connection_core;

enum class connection_state : std::uint8_t {
    /// Never connected.
    idle,
    /// Look-up, TCP, TLS, authentication, versions.
    connecting,
    open,
    /// Ended, or could not be made; it may be connected again.
    closed,
};

/// One session with one broker, and nothing else: no metadata, no retry, no reconnecting. Requests are typed
/// (<kasio/messages.hpp>), pipelined, and answered in their order; each is sent at the highest version both
/// sides know. For producing, consuming and administration there are objects that know the rules; this is for
/// whoever wants to keep them. Short calls for the common requests are in <kasio/calls.hpp>.
///
/// Of `cluster_options` all counts that is about one connection: `client_id`, `tls`, `sasl`, the time-outs
/// for connecting and for requests, `max_pipelined`, `max_response_bytes`, socket options, `observer`. Nobody
/// closes an idle connection but the broker.
///
/// **Executor and threads.** All work runs on the executor given, serialized by a strand inside; no thread is
/// made, none is blocked. The handle may be used from any thread. Completion handlers run on their associated
/// executor (by default the one given here), never inside the call that starts the operation.
///
/// **Throttling.** When an answer asks for silence (KIP-219) nothing is written until that is over; what
/// waits keeps its own time-out.
///
/// **Lifetime.** Destroying the handle never blocks: what is pending completes with `operation_aborted`, and
/// the socket is closed. Where its execution context is destroyed instead, handlers are destroyed unrun.
class connection {
public:
    using executor_type = boost::asio::any_io_executor;
    /// How an open connection ended: the first cause, and a line that tells the step, the address and the
    /// words of the system or the broker.
    using disconnect_handler = std::function<void(const error_code& cause, const std::string& text)>;

    /// Throws `boost::system::system_error` (`errc::invalid_option`) when an option cannot be.
    KASIO_DECL explicit connection(executor_type executor, cluster_options options);
    /// With the options as they are by default. A function of its own, since g++ 12 destroys a default argument
    /// twice in `connection line{co_await asio::this_coro::executor}`.
    KASIO_DECL explicit connection(executor_type executor);
    connection(connection&&) noexcept = default;
    KASIO_DECL connection& operator=(connection&& other) noexcept;
    KASIO_DECL ~connection();

    [[nodiscard]] KASIO_DECL executor_type get_executor() const noexcept;

    /// Connects to `host:port`: looks the name up, tries all addresses, secures and authenticates as the
    /// options say, and agrees on versions. All of it within `connect_timeout`.
    ///
    /// Completes with `void(error_code)`. Errors: `host_not_found`, `broker_unreachable`,
    /// `connect_timed_out`, `connection_lost`, `not_a_broker`, `tls_expected`, `tls_handshake_failed`,
    /// `authentication_failed`, `server_proof_invalid`, `token_unavailable`, `unsupported_version`,
    /// `malformed_response`; `boost::asio::error::already_connected` while it is open or connecting; `closed`
    /// after a close meanwhile. The text behind an error is in `last_failure_text`. Cancellation (every type,
    /// at every step): ends the connection with `operation_aborted`.
    template <class Token = boost::asio::deferred_t>
    auto async_connect(std::string host, std::uint16_t port, Token&& token = {}) {
        return boost::asio::async_initiate<Token, void(error_code)>(
            [](auto handler, std::shared_ptr<connection_core> core, std::string name, std::uint16_t number) {
                start_connect(core, std::move(name), number, std::move(handler));
            },
            token, core_, std::move(host), port);
    }

    /// Sends a request and waits for its answer. `settings` may be just a time-out.
    ///
    /// Completes with `void(error_code, answer<Request::response_type>)`: the answer keeps the bytes alive
    /// that its response views. Codes inside the response are the caller's matter. With Produce and `acks` 0
    /// it completes when the request is written, with an empty response.
    ///
    /// What the request views (record batches, group metadata) must live until the handler is called; it is
    /// copied when the request is written.
    ///
    /// Errors: `unsupported_version` (no version in common, or the request has a member set that the version
    /// lacks); `request_timed_out`: when nothing of the request had been handed to the socket it fails alone,
    /// else the connection ends, since answers could no longer be told apart; what ended the connection;
    /// `boost::asio::error::not_connected` before it was open. `answer::maybe_sent` tells whether the broker
    /// may have done it all the same. Cancellation (every type): completes with `operation_aborted`. A
    /// request of which no byte was handed to the socket is withdrawn: `maybe_sent()` is false. One that was
    /// is abandoned: the broker does it, its answer is dropped when it comes, and the connection goes on. The
    /// answer still has to come within the request's time-out.
    template <class Request, class Token = boost::asio::deferred_t>
    auto async_request(Request request, request_settings settings, Token&& token = {}) {
        using response = typename Request::response_type;
        return boost::asio::async_initiate<Token, void(error_code, answer<response>)>(
            [](auto handler, std::shared_ptr<connection_core> core, Request what, request_settings how) {
                const auto fallback = executor_of(core);
                start_request(core,
                              make_pending<Request>(std::move(what), how, std::move(handler), fallback));
            },
            token, core_, std::move(request), std::move(settings));
    }
    /// The same with the time-out of the options.
    template <class Request, class Token = boost::asio::deferred_t>
        requires(!std::is_convertible_v<Token, request_settings>)
    auto async_request(Request request, Token&& token = {}) {
        return async_request(std::move(request), request_settings{}, std::forward<Token>(token));
    }

    /// Ends the connection now, whatever the broker does: what is pending completes with `errc::closed`.
    ///
    /// Completes with `void(error_code)`, always without error. There is nothing to cancel.
    template <class Token = boost::asio::deferred_t>
    auto async_close(Token&& token = {}) {
        return boost::asio::async_initiate<Token, void(error_code)>(
            [](auto handler, std::shared_ptr<connection_core> core) {
                start_close(core, std::move(handler));
            },
            token, core_);
    }

    /// `handler` is called each time an open connection ends, by `async_close` too, on the executor given at
    /// construction; not when it could not be made. It must not throw. Replaces the handler before.
    KASIO_DECL void on_disconnect(disconnect_handler handler);

    [[nodiscard]] KASIO_DECL connection_state state() const noexcept;
    /// Requests whose handlers have not been called yet.
    [[nodiscard]] KASIO_DECL std::size_t pending() const noexcept;
    /// Why the connection ended or could not be made; empty when it did not.
    [[nodiscard]] KASIO_DECL error_code last_failure() const;
    [[nodiscard]] KASIO_DECL std::string last_failure_text() const;
    /// The range of versions that the broker offers for a request; empty (`max < min`) for one it lacks, and
    /// before the connection is open.
    [[nodiscard]] KASIO_DECL protocol::version_range offered(std::int16_t api_key) const;

private:
    KASIO_DECL static void start_connect(const std::shared_ptr<connection_core>& core, std::string host,
                                         std::uint16_t port,
                                         boost::asio::any_completion_handler<void(error_code)> handler);
    KASIO_DECL static void start_request(const std::shared_ptr<connection_core>& core,
                                         std::shared_ptr<pending_request> request);
    KASIO_DECL static void start_close(const std::shared_ptr<connection_core>& core,
                                       boost::asio::any_completion_handler<void(error_code)> handler);
    KASIO_DECL static executor_type executor_of(const std::shared_ptr<connection_core>& core);

    std::shared_ptr<connection_core> core_;
};

KASIO_END_NAMESPACE
