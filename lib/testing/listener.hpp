// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>
#include <string>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// The port of one node. While it is shut the port stays bound, so that nobody else gets it and connects are
/// refused.
class listener {
public:
    using accepted = std::function<void(boost::asio::ip::tcp::socket)>;

    /// Binds and listens; throws boost::system::system_error.
    listener(boost::asio::io_context& io, const std::string& host, std::uint16_t port, accepted on_accepted);

    [[nodiscard]] std::uint16_t port() const noexcept { return endpoint_.port(); }
    void shut();
    void reopen();
    /// For good.
    void close();

private:
    void bind();
    void accept();

    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer pause_;
    boost::asio::ip::tcp::endpoint endpoint_;
    accepted on_accepted_;
};

} // namespace testing
KASIO_END_NAMESPACE
