// SPDX-License-Identifier: BSL-1.0
#include "tls_fixture.hpp"

#include <boost/asio/write.hpp>

#include <array>
#include <chrono>

namespace kasio_test {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

namespace {

tcp::endpoint loopback(std::uint16_t port) { return {asio::ip::address_v4::loopback(), port}; }

std::uint16_t listen(tcp::acceptor& acceptor) {
    acceptor.open(tcp::v4());
    acceptor.bind(loopback(0));
    acceptor.listen();
    return acceptor.local_endpoint().port();
}

} // namespace

cluster_options trusting(const certificate_authority& ca) {
    cluster_options options;
    options.tls.enabled = true;
    options.tls.ca_pem = ca.pem();
    return options;
}

testing::broker_options behind(const identity& server) {
    testing::broker_options options;
    options.tls.certificate_pem = server.certificate_pem();
    options.tls.private_key_pem = server.key_pem();
    return options;
}

attempt shake_hands(std::uint16_t port, const std::string& host, const cluster_options& options) {
    asio::io_context io{1};
    const serial_executor strand{asio::make_strand(io.get_executor())};
    const std::shared_ptr<stream> line = make_stream(strand, options);
    std::optional<error_code> done;
    line->connect(loopback(port), [&](error_code failed) {
        REQUIRE_FALSE(failed);
        line->handshake(host, [&](error_code error) { done = error; });
    });
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!done && std::chrono::steady_clock::now() < end) io.run_one_for(100ms);
    REQUIRE(done);
    const attempt found{*done, line->why(*done)};
    line->close();
    io.run_for(5s);
    return found;
}

attempt open_session(std::uint16_t port, const cluster_options& options, const std::string& host) {
    asio::io_context io{1};
    const serial_executor strand{asio::make_strand(io.get_executor())};
    const auto line = session::create(strand, options);
    std::optional<error_code> done;
    line->connect(host, port, [&](error_code error) {
        CHECK_FALSE(done);
        done = error;
    });
    const auto end = std::chrono::steady_clock::now() + 15s;
    while (!done && std::chrono::steady_clock::now() < end) io.run_one_for(100ms);
    REQUIRE(done);
    const attempt found{*done, line->cause_text()};
    line->close(errc::closed);
    io.restart();
    io.run_for(5s);
    CHECK(io.stopped());
    CHECK(line.use_count() == 1);
    return found;
}

tls_peer::tls_peer(const identity& self, std::function<void(line&)> play) : port_{listen(acceptor_)} {
    context_.use_certificate_chain(asio::buffer(self.certificate_pem()));
    context_.use_private_key(asio::buffer(self.key_pem()), asio::ssl::context::pem);
    thread_ = std::thread{[this, play = std::move(play)] {
        try {
            line accepted{acceptor_.accept(), context_};
            play(accepted);
        } catch (const boost::system::system_error&) {
            // The client went away.
        }
    }};
}

tls_peer::~tls_peer() {
    // Lets a thread that nobody connected to go on.
    asio::io_context io;
    tcp::socket last{io};
    error_code ignored;
    last.connect(loopback(port_), ignored);
    last.close(ignored);
    thread_.join();
}

struct cutting_proxy::pair : std::enable_shared_from_this<pair> {
    pair(tcp::socket from, asio::io_context& io, std::size_t bytes, bool reset)
        : client{std::move(from)}, server{io}, left{bytes}, with_reset{reset} {}

    void up() {
        client.async_read_some(asio::buffer(upward),
                               [self = shared_from_this()](error_code error, std::size_t size) {
                                   if (error) return self->end();
                                   asio::async_write(self->server, asio::buffer(self->upward, size),
                                                     [self](error_code failed, std::size_t) {
                                                         if (failed) return self->end();
                                                         self->up();
                                                     });
                               });
    }
    void down() {
        if (left == 0) return cut();
        const auto room = std::min(left, downward.size());
        server.async_read_some(asio::buffer(downward, room),
                               [self = shared_from_this()](error_code error, std::size_t size) {
                                   if (error) return self->end();
                                   self->left -= size;
                                   asio::async_write(self->client, asio::buffer(self->downward, size),
                                                     [self](error_code failed, std::size_t) {
                                                         if (failed) return self->end();
                                                         self->down();
                                                     });
                               });
    }
    void cut() {
        error_code ignored;
        if (with_reset) client.set_option(asio::socket_base::linger{true, 0}, ignored);
        else client.shutdown(tcp::socket::shutdown_send, ignored);
        if (with_reset) end();
    }
    void end() {
        error_code ignored;
        client.close(ignored);
        server.close(ignored);
    }

    tcp::socket client;
    tcp::socket server;
    std::size_t left;
    bool with_reset;
    std::array<char, 16384> upward;
    std::array<char, 16384> downward;
};

cutting_proxy::cutting_proxy(std::uint16_t server, std::size_t bytes, bool with_reset)
    : server_{server}, bytes_{bytes}, with_reset_{with_reset}, port_{listen(acceptor_)} {
    accept();
    thread_ = std::thread{[this] { io_.run(); }};
}

cutting_proxy::~cutting_proxy() {
    io_.stop();
    thread_.join();
}

void cutting_proxy::accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket client) {
        if (error) return;
        const auto made = std::make_shared<pair>(std::move(client), io_, bytes_, with_reset_);
        error_code failed;
        made->server.connect(loopback(server_), failed);
        if (!failed) {
            made->up();
            made->down();
        }
        accept();
    });
}

} // namespace kasio_test
