// SPDX-License-Identifier: BSL-1.0
// Every point at which the connection lets others run, from the first step of connecting to an answer: the
// scenario is replayed with a cancellation, a close, the end of the handle, and the end of the context at the
// n-th, for all n.
#include "line.hpp"
#include "support/certificates.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>

#include <array>

namespace asio = boost::asio;
using namespace kasio;
using namespace kasio_test;

namespace {

enum class interruption : std::uint8_t { none, cancel, close, drop, context };

/// How often a handler was called and with what; `alive` is owned by the handler, and by nothing else at its
/// end.
struct traced {
    int calls = 0;
    error_code error;
    std::shared_ptr<int> alive = std::make_shared<int>(0);
    bool started = false;
};

/// Connect, then two requests at once, of which the second waits for the first.
class scenario {
public:
    scenario(cluster_options options, std::uint16_t port) : port_{port} {
        options.max_pipelined = 1;
        options.connect_timeout = 20s;
        options.request_timeout = 20s;
        alone_.emplace(io_->get_executor(), std::move(options));
        start_connect();
    }
    /// Lets handlers run, one at a time, until `count` have or all is done. Returns how many did.
    int run(int count) {
        return kasio_test::run_handlers(*io_, count, [this] { return over(); });
    }
    [[nodiscard]] bool over() const {
        for (const auto& each : steps_) {
            if (each.started && each.calls == 0) return false;
        }
        return interrupted_ || steps_[0].error || steps_[2].started;
    }
    [[nodiscard]] bool succeeded() const {
        return over() && !steps_[0].error && !steps_[1].error && !steps_[2].error;
    }

    void interrupt(interruption how) {
        interrupted_ = true;
        switch (how) {
            case interruption::cancel:
                for (auto& each : signals_) each.emit(asio::cancellation_type::terminal);
                break;
            case interruption::close: alone_->async_close([this](error_code) { ++closed_; }); break;
            case interruption::drop: alone_.reset(); break;
            case interruption::context: io_.reset(); break;
            case interruption::none: break;
        }
    }
    void check(interruption how) {
        if (how == interruption::context) {
            alone_.reset();
            for (const auto& each : steps_) {
                CHECK(each.calls <= 1);
                CHECK(each.alive.use_count() == 1); // destroyed, called or not
            }
            return;
        }
        run(100'000);
        CHECK(over());
        if (how == interruption::close)
            CHECK(run_until(
                *io_, [this] { return closed_ == 1; }, 5s));
        alone_.reset();
        CHECK(drain(*io_));
        for (const auto& each : steps_) {
            CHECK(each.calls == (each.started ? 1 : 0));
            CHECK(each.alive.use_count() == 1);
            const bool expected = !each.error || each.error == asio::error::operation_aborted ||
                                  each.error == errc::closed || each.error == asio::error::not_connected;
            CHECK(expected);
        }
    }

private:
    auto handler(std::size_t which) {
        steps_[which].started = true;
        return asio::bind_cancellation_slot(
            signals_[which].slot(), [this, which, owned = steps_[which].alive](error_code error, auto&&...) {
                ++steps_[which].calls;
                steps_[which].error = error;
                if (which == 0 && !error && !interrupted_) start_requests();
            });
    }
    void start_connect() { alone_->async_connect("127.0.0.1", port_, handler(0)); }
    void start_requests() {
        alone_->async_request(about_topics(), handler(1));
        alone_->async_request(about_topics(), handler(2));
    }

    std::uint16_t port_;
    std::unique_ptr<asio::io_context> io_ = std::make_unique<asio::io_context>();
    std::array<asio::cancellation_signal, 3> signals_;
    std::array<traced, 3> steps_;
    std::optional<connection> alone_;
    int closed_ = 0;
    bool interrupted_ = false;
};

/// How many handlers ran in the longest undisturbed run.
int replay(testing::broker& broker, const cluster_options& options) {
    int awaits = 0;
    {
        scenario undisturbed{options, broker.port(1)};
        awaits = undisturbed.run(100'000);
        CHECK(undisturbed.succeeded());
        undisturbed.check(interruption::none);
    }
    for (const auto how :
         {interruption::cancel, interruption::close, interruption::drop, interruption::context}) {
        // Runs differ by a few handlers, as bytes come in more or fewer pieces.
        for (int n = 0; n <= awaits + 4; ++n) {
            CAPTURE(static_cast<int>(how), n, awaits);
            scenario disturbed{options, broker.port(1)};
            disturbed.run(n);
            disturbed.interrupt(how);
            disturbed.check(how);
        }
    }
    // Nothing is left open at the other end either.
    asio::io_context idle;
    CHECK(run_until(
        idle, [&] { return broker.connection_count() == 0; }, 5s));
    return awaits;
}

} // namespace

TEST_CASE("a plain connection may be cancelled, closed or destroyed at every await", "[L1][L2][L3][L4]") {
    testing::broker broker;
    CHECK(replay(broker, {}) >= 4);
}

TEST_CASE("a connection over TLS and SASL may be cancelled, closed or destroyed at every await",
          "[L1][L2][L3][L4]") {
    certificate_authority ca;
    const auto server = ca.server();
    testing::broker_options where;
    where.tls.certificate_pem = server.certificate_pem();
    where.tls.private_key_pem = server.key_pem();
    where.sasl.mechanisms = {"SCRAM-SHA-256"};
    where.sasl.users = {{"ann", "secret"}};
    testing::broker broker{where};
    cluster_options options;
    options.tls.enabled = true;
    options.tls.ca_pem = ca.pem();
    options.sasl.mechanism = sasl_mechanism::scram_sha_256;
    options.sasl.username = "ann";
    options.sasl.password = "secret";
    CHECK(replay(broker, options) >= 12);
}
