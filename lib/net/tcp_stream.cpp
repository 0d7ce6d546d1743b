// SPDX-License-Identifier: BSL-1.0
#include "net/handover.hpp"
#include "net/stream.hpp"
#include "net/tcp_line.hpp"
#include "net/tls_stream.hpp"

#include <boost/asio/post.hpp>

KASIO_BEGIN_NAMESPACE

namespace {

class tcp_stream final : public stream {
public:
    tcp_stream(const serial_executor& executor, const cluster_options& options) : line_{executor, options} {}

    void connect(const boost::asio::ip::tcp::endpoint& to, connect_handler done) override {
        line_.connect(to, std::move(done));
    }
    void handshake(const std::string&, connect_handler done) override {
        boost::asio::post(line_.socket().get_executor(),
                          [done = std::move(done)]() mutable { done(error_code{}); });
    }
    void read_some(boost::asio::mutable_buffer to, transfer_handler done) override {
        line_.socket().async_read_some(to, through_strand(line_.socket().get_executor(), std::move(done)));
    }
    void write_some(std::span<const boost::asio::const_buffer> pieces, transfer_handler done) override {
        line_.socket().async_write_some(pieces_view{pieces.data(), pieces.data() + pieces.size()},
                                        std::move(done));
    }
    std::optional<std::size_t> write_now(std::span<const boost::asio::const_buffer> pieces,
                                         transfer_handler done) override {
        error_code error;
        const auto size = line_.write_now(pieces_view{pieces.data(), pieces.data() + pieces.size()}, error);
        if (!error) return size;
        if (error == boost::asio::error::would_block) write_some(pieces, std::move(done));
        else
            boost::asio::post(line_.socket().get_executor(),
                              [error, done = std::move(done)]() mutable { done(error, 0); });
        return std::nullopt;
    }
    void close() noexcept override { line_.close(); }

private:
    tcp_line line_;
};

} // namespace

std::unique_ptr<stream> make_stream(const serial_executor& executor, const cluster_options& options) {
    if (options.tls.enabled) return make_tls_stream(executor, options);
    return std::make_unique<tcp_stream>(executor, options);
}

KASIO_END_NAMESPACE
