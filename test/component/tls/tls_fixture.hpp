// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "net/session.hpp"
#include "net/stream.hpp"
#include "support/catch.hpp"
#include "support/certificates.hpp"

#include <kasio/testing/broker.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/strand.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace kasio_test {

using namespace kasio;

/// Options that trust `ca` alone.
[[nodiscard]] cluster_options trusting(const certificate_authority& ca);
/// A cluster of one node behind a certificate.
[[nodiscard]] testing::broker_options behind(const identity& server);

/// What came of an attempt to connect.
struct attempt {
    error_code error;
    std::string text;
};

/// TCP to a port of loopback, then the handshake with whoever is there as if they were `host`.
[[nodiscard]] attempt shake_hands(std::uint16_t port, const std::string& host,
                                  const cluster_options& options);
/// A whole session: TCP, TLS, the first request.
[[nodiscard]] attempt open_session(std::uint16_t port, const cluster_options& options,
                                   const std::string& host = "127.0.0.1");

/// A TLS server on loopback that plays a script with its first connection, in a thread; the script may throw.
class tls_peer {
public:
    using line = boost::asio::ssl::stream<boost::asio::ip::tcp::socket>;
    tls_peer(const identity& self, std::function<void(line&)> play);
    ~tls_peer();
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    boost::asio::io_context io_{1};
    boost::asio::ip::tcp::acceptor acceptor_{io_};
    boost::asio::ssl::context context_{boost::asio::ssl::context::tls_server};
    std::uint16_t port_ = 0;
    std::thread thread_;
};

/// Passes bytes on between its clients and a server, and cuts each connection after so many bytes from the
/// server, with a reset or an end.
class cutting_proxy {
public:
    cutting_proxy(std::uint16_t server, std::size_t bytes, bool with_reset);
    ~cutting_proxy();
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    struct pair;
    void accept();

    boost::asio::io_context io_{1};
    boost::asio::ip::tcp::acceptor acceptor_{io_};
    std::uint16_t server_;
    std::size_t bytes_;
    bool with_reset_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

} // namespace kasio_test
