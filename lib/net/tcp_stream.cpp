// SPDX-License-Identifier: BSL-1.0
#include "net/stream.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#if defined(__linux__)
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#endif

KASIO_BEGIN_NAMESPACE

namespace {

using boost::asio::ip::tcp;
using tcp_socket = boost::asio::basic_stream_socket<tcp, serial_executor>;

/// A buffer sequence that Asio copies as two words.
struct pieces_view {
    using value_type = boost::asio::const_buffer;
    using const_iterator = const boost::asio::const_buffer*;
    const_iterator first;
    const_iterator last;
    [[nodiscard]] const_iterator begin() const noexcept { return first; }
    [[nodiscard]] const_iterator end() const noexcept { return last; }
};

class tcp_stream final : public stream {
public:
    tcp_stream(const serial_executor& executor, const cluster_options& options)
        : socket_{executor},
          no_delay_{options.tcp_no_delay},
          keepalive_{options.tcp_keepalive},
          send_buffer_{options.send_buffer},
          receive_buffer_{options.receive_buffer},
          unacknowledged_{options.request_timeout} {}

    void connect(const tcp::endpoint& to, connect_handler done) override {
        const error_code failed = open(to.protocol());
        if (failed) {
            boost::asio::post(socket_.get_executor(),
                              [failed, done = std::move(done)]() mutable { done(failed); });
            return;
        }
        socket_.async_connect(to, [this, done = std::move(done)](error_code error) mutable {
            if (!error && connected_to_itself()) error = boost::asio::error::connection_refused;
            done(error);
        });
    }

    void handshake(const std::string&, connect_handler done) override {
        boost::asio::post(socket_.get_executor(), [done = std::move(done)]() mutable { done(error_code{}); });
    }

    void read_some(boost::asio::mutable_buffer to, transfer_handler done) override {
        socket_.async_read_some(to, std::move(done));
    }

    void write_some(std::span<const boost::asio::const_buffer> pieces, transfer_handler done) override {
        socket_.async_write_some(pieces_view{pieces.data(), pieces.data() + pieces.size()}, std::move(done));
    }

    void close() noexcept override {
        error_code ignored;
        socket_.close(ignored);
    }

private:
    error_code open(const tcp& protocol) {
        error_code failed;
        socket_.close(failed);
        socket_.open(protocol, failed);
        if (failed) return failed;
        // Options are wishes: a system that refuses one still gives a connection that works.
        error_code refused;
        socket_.set_option(tcp::no_delay(no_delay_), refused);
        socket_.set_option(boost::asio::socket_base::keep_alive(keepalive_), refused);
        // Before connecting, since the receive buffer decides the window that TCP offers.
        if (send_buffer_ != 0)
            socket_.set_option(boost::asio::socket_base::send_buffer_size(static_cast<int>(send_buffer_)),
                               refused);
        if (receive_buffer_ != 0)
            socket_.set_option(
                boost::asio::socket_base::receive_buffer_size(static_cast<int>(receive_buffer_)), refused);
        bound_unacknowledged();
        return {};
    }

    /// Requests that expect no answer (acks=0) have no time-out that would notice a dead peer: the system
    /// gives up when bytes stay unacknowledged for as long as an answer may take.
    void bound_unacknowledged() noexcept {
#if defined(TCP_USER_TIMEOUT)
        const auto milliseconds = static_cast<unsigned int>(unacknowledged_.count());
        ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds,
                     sizeof milliseconds);
#endif
    }

    /// TCP's simultaneous open: a try to reach a port of the ephemeral range where nobody listens can be
    /// given that very port as its own, and then talks to itself.
    [[nodiscard]] bool connected_to_itself() const {
        error_code failed;
        const auto here = socket_.local_endpoint(failed);
        if (failed) return false;
        const auto there = socket_.remote_endpoint(failed);
        return !failed && here == there;
    }

    tcp_socket socket_;
    bool no_delay_;
    bool keepalive_;
    std::size_t send_buffer_;
    std::size_t receive_buffer_;
    std::chrono::milliseconds unacknowledged_;
};

} // namespace

std::unique_ptr<stream> make_stream(const serial_executor& executor, const cluster_options& options) {
    return std::make_unique<tcp_stream>(executor, options);
}

KASIO_END_NAMESPACE
