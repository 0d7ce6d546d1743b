// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "net/stream.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <cstddef>
#include <utility>

KASIO_BEGIN_NAMESPACE

/// A socket with the options that every connection wants, and how it is connected: what plain and encrypted
/// streams have in common.
class tcp_line {
public:
    using socket_type = boost::asio::basic_stream_socket<boost::asio::ip::tcp, serial_executor>;

    tcp_line(const serial_executor& executor, const cluster_options& options);

    /// As `stream::connect`. `done` may be any callable that takes an `error_code`.
    template <class Done>
    void connect(const boost::asio::ip::tcp::endpoint& to, Done done);
    /// What the system takes without waiting; `would_block` when that is nothing.
    template <class Buffers>
    [[nodiscard]] std::size_t write_now(const Buffers& from, error_code& error);
    [[nodiscard]] socket_type& socket() noexcept { return socket_; }
    void close() noexcept;

private:
    error_code open(const boost::asio::ip::tcp& protocol);
    void bound_unacknowledged() noexcept;
    [[nodiscard]] bool connected_to_itself() const;

    socket_type socket_;
    bool no_delay_;
    bool keepalive_;
    std::size_t send_buffer_;
    std::size_t receive_buffer_;
    std::chrono::milliseconds unacknowledged_;
};

/// A buffer sequence that Asio copies as two words.
struct pieces_view {
    using value_type = boost::asio::const_buffer;
    using const_iterator = const boost::asio::const_buffer*;
    const_iterator first;
    const_iterator last;
    [[nodiscard]] const_iterator begin() const noexcept { return first; }
    [[nodiscard]] const_iterator end() const noexcept { return last; }
};

template <class Buffers>
std::size_t tcp_line::write_now(const Buffers& from, error_code& error) {
    error = boost::asio::error::would_block;
    return socket_.non_blocking() ? socket_.write_some(from, error) : 0;
}

template <class Done>
void tcp_line::connect(const boost::asio::ip::tcp::endpoint& to, Done done) {
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

KASIO_END_NAMESPACE
