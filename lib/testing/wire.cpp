// SPDX-License-Identifier: BSL-1.0
#include "testing/wire.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/system/system_error.hpp>

#include <stdexcept>
#include <string>
#include <utility>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;

struct wire::secure_stream {
    ssl::stream<asio::ip::tcp::socket&> line;
};

std::shared_ptr<ssl::context> make_server_context(const broker_tls& options) {
    if (options.certificate_pem.empty()) return nullptr;
    try {
        auto made = std::make_shared<ssl::context>(ssl::context::tls_server);
        made->use_certificate_chain(asio::buffer(options.certificate_pem));
        made->use_private_key(asio::buffer(options.private_key_pem), ssl::context::pem);
        auto mode = ssl::verify_none;
        if (!options.client_ca_pem.empty()) {
            made->add_certificate_authority(asio::buffer(options.client_ca_pem));
            mode = ssl::verify_peer;
            if (options.client_certificate_required) mode |= ssl::verify_fail_if_no_peer_cert;
        }
        made->set_verify_mode(mode);
        return made;
    } catch (const boost::system::system_error& failed) {
        throw std::invalid_argument{std::string{"kasio::testing::broker: tls: "} + failed.what()};
    }
}

wire::wire(asio::ip::tcp::socket socket, std::shared_ptr<ssl::context> tls)
    : socket_{std::move(socket)}, context_{std::move(tls)} {
    if (context_) secure_.reset(new secure_stream{ssl::stream<asio::ip::tcp::socket&>{socket_, *context_}});
}

wire::~wire() = default;

void wire::async_handshake(handler done) {
    secure_->line.async_handshake(
        ssl::stream_base::server,
        [done = std::move(done)](const boost::system::error_code& error) mutable { done(error, 0); });
}

void wire::async_read_some(asio::mutable_buffer to, handler done) {
    if (secure_) secure_->line.async_read_some(to, std::move(done));
    else socket_.async_read_some(to, std::move(done));
}

void wire::async_write_some(std::span<const asio::const_buffer> from, handler done) {
    // One record at a time: its caller comes again for the rest.
    if (secure_) secure_->line.async_write_some(from.front(), std::move(done));
    else socket_.async_write_some(from, std::move(done));
}

} // namespace testing
KASIO_END_NAMESPACE
