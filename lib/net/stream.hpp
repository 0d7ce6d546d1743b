// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "base/unique_function.hpp"
#include "net/executor.hpp"

#include <kasio/cluster_options.hpp>
#include <kasio/error.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>

KASIO_BEGIN_NAMESPACE

using connect_handler = unique_function<void(error_code)>;
using transfer_handler = unique_function<void(error_code, std::size_t)>;

/// The bytes of one connection, whatever carries them (TCP; TLS over TCP). Chosen at run time, so that what
/// stands above is compiled once.
///
/// Everything is called on the strand of its executor. At most one `connect` or `handshake`, one `read_some`
/// and one `write_some` are in progress at a time. Handlers are called on the strand, exactly once, never
/// inside the call that takes them; they may be destroyed unrun with their execution context. The caller
/// keeps the stream and all memory it hands over alive until the handler has been called.
class stream {
public:
    virtual ~stream() = default;

    /// Opens a fresh socket and connects it; `close` ends a try so that another may follow.
    virtual void connect(const boost::asio::ip::tcp::endpoint& to, connect_handler done) = 0;
    /// What must follow before bytes can go through (TLS with its check of `host`); nothing for plain TCP.
    virtual void handshake(const std::string& host, connect_handler done) = 0;
    virtual void read_some(boost::asio::mutable_buffer to, transfer_handler done) = 0;
    /// Writes at least one byte of `pieces`, at most `max_pieces` of them. The sequence itself must live on
    /// too.
    virtual void write_some(std::span<const boost::asio::const_buffer> pieces, transfer_handler done) = 0;
    /// As `write_some`; but what the system takes without waiting is told by the result, and `done` is not
    /// called then.
    [[nodiscard]] virtual std::optional<std::size_t> write_now(
        std::span<const boost::asio::const_buffer> pieces, transfer_handler done) = 0;
    /// Ends everything in progress with `operation_aborted`.
    virtual void close() noexcept = 0;
    /// The words for an error that one of the handlers got; more than its message where more is known.
    [[nodiscard]] virtual std::string why(const error_code& error) const { return error.message(); }

    /// What one call of the system takes (IOV_MAX is larger, Asio's limit is this).
    static constexpr std::size_t max_pieces = 64;
};

[[nodiscard]] std::unique_ptr<stream> make_stream(const serial_executor& executor,
                                                  const cluster_options& options);

KASIO_END_NAMESPACE
