// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "base/unique_function.hpp"

#include <kasio/config.hpp>
#include <kasio/testing/broker_options.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <memory>
#include <span>

namespace boost::asio::ssl {
class context;
}

KASIO_BEGIN_NAMESPACE
namespace testing {

/// What all connections of a cluster with TLS share; null for one without. Throws `std::invalid_argument`
/// when a text of the options cannot be used.
[[nodiscard]] std::shared_ptr<boost::asio::ssl::context> make_server_context(const broker_tls& options);

/// The bytes of one accepted connection, plain or over TLS. As sockets: whoever uses it keeps it and the
/// buffers until the handler is called.
class wire {
public:
    using handler = unique_function<void(const boost::system::error_code&, std::size_t)>;

    /// Plain when `tls` is null.
    wire(boost::asio::ip::tcp::socket socket, std::shared_ptr<boost::asio::ssl::context> tls);
    wire(const wire&) = delete;
    wire& operator=(const wire&) = delete;
    ~wire();

    [[nodiscard]] boost::asio::ip::tcp::socket& socket() noexcept { return socket_; }
    /// True when `async_handshake` must come before anything else.
    [[nodiscard]] bool is_encrypted() const noexcept { return secure_ != nullptr; }
    void async_handshake(handler done);
    void async_read_some(boost::asio::mutable_buffer to, handler done);
    void async_write_some(std::span<const boost::asio::const_buffer> from, handler done);

private:
    struct secure_stream;

    boost::asio::ip::tcp::socket socket_;
    std::shared_ptr<boost::asio::ssl::context> context_;
    std::unique_ptr<secure_stream> secure_;
};

} // namespace testing
KASIO_END_NAMESPACE
