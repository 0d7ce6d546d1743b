// SPDX-License-Identifier: BSL-1.0
#include "testing/listener.hpp"

#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <utility>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace asio = boost::asio;

listener::listener(asio::io_context& io, const std::string& host, std::uint16_t port, accepted on_accepted)
    : acceptor_{io},
      pause_{io},
      endpoint_{asio::ip::make_address(host), port},
      on_accepted_{std::move(on_accepted)} {
    bind();
    reopen();
}

void listener::bind() {
    acceptor_.open(endpoint_.protocol());
    acceptor_.set_option(asio::socket_base::reuse_address{true});
    acceptor_.bind(endpoint_);
    endpoint_ = acceptor_.local_endpoint();
}

void listener::shut() {
    acceptor_.close();
    bind();
}

void listener::reopen() {
    acceptor_.listen();
    accept();
}

void listener::close() {
    boost::system::error_code ignored;
    pause_.cancel();
    acceptor_.close(ignored);
}

void listener::accept() {
    acceptor_.async_accept([this](const boost::system::error_code& error, asio::ip::tcp::socket socket) {
        if (error == asio::error::operation_aborted) return;
        if (!error) {
            on_accepted_(std::move(socket));
            if (acceptor_.is_open()) accept();
            return;
        }
        // Out of descriptors, most likely: others may close some.
        pause_.expires_after(std::chrono::milliseconds{10});
        pause_.async_wait([this](const boost::system::error_code& cancelled) {
            if (!cancelled && acceptor_.is_open()) accept();
        });
    });
}

} // namespace testing
KASIO_END_NAMESPACE
