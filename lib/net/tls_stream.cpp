// SPDX-License-Identifier: BSL-1.0
#include "net/tls_stream.hpp"

#include "net/handover.hpp"
#include "net/tcp_line.hpp"
#include "net/tls_context.hpp"
#include "net/tls_engine.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>

#include <chrono>
#include <new>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

/// How long a failed write waits for the read to find out why; it does at once.
constexpr std::chrono::seconds for_the_reason{1};

/// Handlers lie in the operations on the socket and the timer only, so that they go with the execution
/// context: they own, by way of the session, this very object.
class tls_stream final : public stream {
public:
    tls_stream(const serial_executor& executor, const cluster_options& options)
        : line_{executor, options}, held_{executor}, options_{options.tls} {}

    void connect(const boost::asio::ip::tcp::endpoint& to, connect_handler done) override {
        line_.connect(to, std::move(done));
    }

    void handshake(const std::string& host, connect_handler done) override {
        if (const auto error = prepare(host)) return post_end(std::move(done), error);
        go_on(std::move(done));
    }

    void read_some(boost::asio::mutable_buffer to, transfer_handler done) override {
        std::size_t size = 0;
        error_code error;
        if (!take_clear(to, size, error)) return receive(to, std::move(done));
        boost::asio::post(line_.socket().get_executor(),
                          [error, size, done = std::move(done)]() mutable { done(error, size); });
    }

    void write_some(std::span<const boost::asio::const_buffer> pieces, transfer_handler done) override {
        std::size_t size = 0;
        if (encrypt(pieces, size, done)) send(size, std::move(done));
    }

    std::optional<std::size_t> write_now(std::span<const boost::asio::const_buffer> pieces,
                                         transfer_handler done) override {
        std::size_t size = 0;
        if (!encrypt(pieces, size, done)) return std::nullopt;
        error_code error;
        engine_.consume_output(line_.write_now(boost::asio::const_buffer{engine_.output()}, error));
        if (engine_.output().size() == 0) return size;
        if (!error || error == boost::asio::error::would_block) send(size, std::move(done));
        else
            boost::asio::post(line_.socket().get_executor(), [this, error, done = std::move(done)]() mutable {
                end_write(error, std::move(done));
            });
        return std::nullopt;
    }

    void close() noexcept override {
        try {
            say_goodbye();
            held_.cancel();
        } catch (...) {
            // Without a goodbye then; the socket is closed all the same.
        }
        line_.close();
    }

    [[nodiscard]] std::string why(const error_code& error) const override {
        if (error == errc::invalid_option || (text_.code && error == text_.code)) return text_.text;
        if (error == boost::asio::ssl::error::stream_truncated)
            return "the connection ended without TLS's close_notify; bytes may be missing";
        return error.message();
    }

private:
    // ---- handshake

    [[nodiscard]] error_code prepare(const std::string& host) {
        auto made = tls_context_of(options_);
        if (made.error) return fail({made.error, std::move(made.text)});
        context_ = std::move(made.context);
        if (!engine_.start(context_->native_handle(), options_, host)) return fail(engine_.failure());
        return {};
    }

    void go_on(connect_handler done) {
        const auto found = engine_.handshake();
        switch (found) {
            case tls_engine::step::needs_input: return say(std::move(done), true);
            case tls_engine::step::done: return say(std::move(done), false);
            case tls_engine::step::ended:
                return post_end(std::move(done),
                                fail({errc::tls_handshake_failed, "the peer ended the TLS handshake"}));
            case tls_engine::step::failed: break;
        }
        flush_now();
        post_end(std::move(done), failed());
    }

    /// Sends what the handshake has to say, then hears or is done.
    void say(connect_handler done, bool then_hear) {
        if (engine_.output().size() == 0) {
            if (then_hear) return hear(std::move(done));
            return post_end(std::move(done), {});
        }
        line_.socket().async_write_some(
            boost::asio::const_buffer{engine_.output()},
            [this, then_hear, done = std::move(done)](error_code error, std::size_t size) mutable {
                // A peer that went may have said why before.
                if (error && error != boost::asio::error::operation_aborted && then_hear)
                    return hear(std::move(done));
                if (error) return done(lost_in_handshake(error));
                engine_.consume_output(size);
                say(std::move(done), then_hear);
            });
    }

    void hear(connect_handler done) {
        line_.socket().async_read_some(
            engine_.prepare_input(),
            [this, done = std::move(done)](error_code error, std::size_t size) mutable {
                if (error) return done(lost_in_handshake(error));
                engine_.commit_input(size);
                go_on(std::move(done));
            });
    }

    [[nodiscard]] error_code lost_in_handshake(const error_code& error) {
        if (error == boost::asio::error::operation_aborted) return error;
        const bool ended = error == boost::asio::error::eof;
        const std::string what = ended ? "the peer closed the connection" : error.message();
        // Whoever has sent a byte of TLS speaks it: then this is a lost connection like any other.
        if (engine_.heard()) return fail({errc::connection_lost, what + " in the TLS handshake"});
        return fail({errc::tls_handshake_failed,
                     what + " at the start of the TLS handshake; is it a plain-text port?"});
    }

    void post_end(connect_handler done, error_code error) {
        boost::asio::post(line_.socket().get_executor(),
                          [error, done = std::move(done)]() mutable { done(error); });
    }

    // ---- reading

    /// False when bytes from the peer are needed first.
    bool take_clear(boost::asio::mutable_buffer to, std::size_t& size, error_code& error) {
        switch (engine_.decrypt(to, size)) {
            case tls_engine::step::done: return true;
            case tls_engine::step::needs_input: return false;
            case tls_engine::step::ended: error = boost::asio::error::eof; return true;
            case tls_engine::step::failed: error = failed(); return true;
        }
        return true;
    }

    void receive(boost::asio::mutable_buffer to, transfer_handler done) {
        reading_ = true;
        auto received = [this, to, done = std::move(done)](error_code error, std::size_t size) mutable {
            reading_ = false;
            engine_.commit_input(size);
            std::size_t clear = 0;
            if (error == boost::asio::error::eof) error = boost::asio::ssl::error::stream_truncated;
            if (!error && !take_clear(to, clear, error)) return receive(to, std::move(done));
            if (error) held_.cancel();
            done(error, clear);
        };
        line_.socket().async_read_some(engine_.prepare_input(),
                                       through_strand(line_.socket().get_executor(), std::move(received)));
    }

    // ---- writing

    /// False after a failure, which `done` is told.
    bool encrypt(std::span<const boost::asio::const_buffer> pieces, std::size_t& size,
                 transfer_handler& done) {
        if (engine_.encrypt(pieces, size) != tls_engine::step::failed) return true;
        const auto error = failed();
        boost::asio::post(line_.socket().get_executor(),
                          [error, done = std::move(done)]() mutable { done(error, 0); });
        return false;
    }

    void send(std::size_t clear, transfer_handler done) {
        writing_ = true;
        line_.socket().async_write_some(
            boost::asio::const_buffer{engine_.output()},
            [this, clear, done = std::move(done)](error_code error, std::size_t size) mutable {
                writing_ = false;
                if (error) return end_write(error, std::move(done));
                engine_.consume_output(size);
                if (engine_.output().size() != 0) return send(clear, std::move(done));
                done({}, clear);
            });
    }

    /// A broker that refuses this client says so and closes: the write that fails then must not be told
    /// before what the read finds.
    void end_write(error_code error, transfer_handler done) {
        if (!reading_ || error == boost::asio::error::operation_aborted) return done(error, 0);
        held_.expires_after(for_the_reason);
        held_.async_wait([error, done = std::move(done)](error_code) mutable { done(error, 0); });
    }

    // ---- ending

    void say_goodbye() {
        if (!line_.socket().is_open() || writing_) return;
        engine_.end();
        flush_now();
    }

    /// As much as the socket takes at once, without waiting.
    void flush_now() {
        error_code ignored;
        if (writing_ || engine_.output().size() == 0) return;
        line_.socket().non_blocking(true, ignored);
        if (ignored) return;
        line_.socket().write_some(boost::asio::const_buffer{engine_.output()}, ignored);
    }

    [[nodiscard]] error_code fail(tls_failure failure) {
        text_ = std::move(failure);
        return text_.code;
    }
    [[nodiscard]] error_code failed() { return fail(engine_.failure()); }

    tcp_line line_;
    steady_timer held_;
    const tls_options options_;
    std::shared_ptr<boost::asio::ssl::context> context_;
    tls_engine engine_;
    tls_failure text_;
    bool reading_ = false;
    bool writing_ = false;
};

} // namespace

std::unique_ptr<stream> make_tls_stream(const serial_executor& executor, const cluster_options& options) {
    return std::make_unique<tls_stream>(executor, options);
}

KASIO_END_NAMESPACE
