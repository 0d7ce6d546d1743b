// SPDX-License-Identifier: BSL-1.0
#include "net/tcp_line.hpp"

#if defined(__linux__)
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#endif

KASIO_BEGIN_NAMESPACE

using boost::asio::ip::tcp;

tcp_line::tcp_line(const serial_executor& executor, const cluster_options& options)
    : socket_{executor},
      no_delay_{options.tcp_no_delay},
      keepalive_{options.tcp_keepalive},
      send_buffer_{options.send_buffer},
      receive_buffer_{options.receive_buffer},
      unacknowledged_{options.request_timeout} {}

void tcp_line::close() noexcept {
    error_code ignored;
    socket_.close(ignored);
}

error_code tcp_line::open(const tcp& protocol) {
    error_code failed;
    socket_.close(failed);
    socket_.open(protocol, failed);
    if (failed) return failed;
    // Options are wishes: a system that refuses one still gives a connection that works.
    error_code refused;
    socket_.non_blocking(true, refused);
    socket_.set_option(tcp::no_delay(no_delay_), refused);
    socket_.set_option(boost::asio::socket_base::keep_alive(keepalive_), refused);
    // Before connecting, since the receive buffer decides the window that TCP offers.
    if (send_buffer_ != 0)
        socket_.set_option(boost::asio::socket_base::send_buffer_size(static_cast<int>(send_buffer_)),
                           refused);
    if (receive_buffer_ != 0)
        socket_.set_option(boost::asio::socket_base::receive_buffer_size(static_cast<int>(receive_buffer_)),
                           refused);
    bound_unacknowledged();
    return {};
}

/// Requests that expect no answer (acks=0) have no time-out that would notice a dead peer: the system gives
/// up when bytes stay unacknowledged for as long as an answer may take.
void tcp_line::bound_unacknowledged() noexcept {
#if defined(TCP_USER_TIMEOUT)
    const auto milliseconds = static_cast<unsigned int>(unacknowledged_.count());
    ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
#endif
}

/// TCP's simultaneous open: a try to reach a port of the ephemeral range where nobody listens can be given
/// that very port as its own, and then talks to itself.
bool tcp_line::connected_to_itself() const {
    error_code failed;
    const auto here = socket_.local_endpoint(failed);
    if (failed) return false;
    const auto there = socket_.remote_endpoint(failed);
    return !failed && here == there;
}

KASIO_END_NAMESPACE
