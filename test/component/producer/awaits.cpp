// SPDX-License-Identifier: BSL-1.0
// Every point at which a producer lets others run, from the first send on a cluster that knows nothing yet to
// the end of its close: the scenario is replayed with a cancellation, a close, the end of the handles, and
// the end of the context at the n-th, for all n.
#include "support/catch.hpp"
#include "support/run.hpp"

#include <kasio/producer.hpp>
#include <kasio/testing/broker.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>

namespace asio = boost::asio;
using namespace kasio;
using namespace std::chrono_literals;
using kasio_test::drain;
using kasio_test::run_until;

namespace {

enum class interruption : std::uint8_t { none, cancel, close, cut, drop, context };

/// How often a handler was called and with what; `alive` is owned by the handler, and by nothing else at its
/// end.
struct traced {
    int calls = 0;
    error_code error;
    delivery what;
    std::shared_ptr<int> alive = std::make_shared<int>(0);
    bool started = false;
};

/// Three sends, of which the last finds no room at first, and a flush; then a close.
class scenario {
    // First, since its type is deduced.
    auto handler(std::size_t which) {
        steps_[which].started = true;
        return asio::bind_cancellation_slot(
            signals_[which].slot(),
            [this, which, owned = steps_[which].alive](error_code error, const delivery& what = {}) {
                auto& step = steps_[which];
                ++step.calls;
                step.error = error;
                step.what = what;
                if (which == flush && !error && !interrupted_) start_close();
            });
    }

public:
    static constexpr std::size_t sends = 3;
    static constexpr std::size_t flush = 3;
    static constexpr std::size_t close = 4;

    scenario(const testing::broker& broker, int number) : broker_{broker} {
        kafka_.emplace(io_->get_executor(), cluster_options{.bootstrap_servers = broker.bootstrap_servers()});
        producer_options options;
        options.buffer_memory = 1024;
        options.linger = 0ms;
        out_.emplace(*kafka_, options);
        for (std::size_t at = 0; at < sends; ++at) {
            values_[at] = std::to_string(number) + ":" + std::to_string(at) + " ";
            if (at != 0) values_[at].resize(700, '.');
            out_->async_send({.topic = "t", .value = values_[at]}, handler(at));
        }
        out_->async_flush(handler(flush));
    }
    /// Lets handlers run, one at a time, until `count` have or all is done. Returns how many did.
    int run(int count) {
        return kasio_test::run_handlers(*io_, count, [this] { return over(); });
    }
    [[nodiscard]] bool over() const {
        const auto waits = [](const traced& each) { return each.started && each.calls == 0; };
        if (std::any_of(steps_.begin(), steps_.end(), waits)) return false;
        return interrupted_ || steps_[close].started;
    }
    [[nodiscard]] bool succeeded() const {
        return over() && std::none_of(steps_.begin(), steps_.end(),
                                      [](const traced& each) { return each.error.failed(); });
    }

    void interrupt(interruption how) {
        interrupted_ = true;
        switch (how) {
            case interruption::cancel:
                for (auto& each : signals_) each.emit(asio::cancellation_type::terminal);
                break;
            case interruption::close: out_->async_close(20s, [this](error_code) { ++closed_; }); break;
            case interruption::cut: out_->async_close(0ms, [this](error_code) { ++closed_; }); break;
            case interruption::drop:
                out_.reset();
                kafka_.reset();
                break;
            case interruption::context: io_.reset(); break;
            case interruption::none: break;
        }
    }
    void check(interruption how) {
        if (how == interruption::context) {
            out_.reset();
            kafka_.reset();
            for (const auto& each : steps_) {
                CHECK(each.calls <= 1);
                CHECK(each.alive.use_count() == 1); // destroyed, called or not
            }
            return;
        }
        run(100'000);
        CHECK(over());
        if (how == interruption::close || how == interruption::cut)
            CHECK(run_until(
                *io_, [this] { return closed_ == 1; }, 5s));
        out_.reset();
        kafka_.reset();
        CHECK(drain(*io_));
        for (const auto& each : steps_) {
            CHECK(each.calls == (each.started ? 1 : 0));
            CHECK(each.alive.use_count() == 1);
            const bool expected = !each.error || each.error == asio::error::operation_aborted ||
                                  each.error == errc::closed || each.error == errc::request_timed_out;
            CHECK(expected);
        }
        if (how == interruption::close) CHECK(delivered() == sends); // it had time
        check_fates();
    }
    [[nodiscard]] std::size_t delivered() const {
        return static_cast<std::size_t>(
            std::count_if(steps_.begin(), steps_.begin() + sends,
                          [](const auto& each) { return each.what.fate == fate::delivered; }));
    }

private:
    void start_close() { out_->async_close(handler(close)); }
    /// The log says what the sends were told.
    void check_fates() const {
        const auto log = broker_.records("t", 0);
        for (std::size_t at = 0; at < sends; ++at) {
            const auto copies =
                std::count_if(log.begin(), log.end(),
                              [&value = values_[at]](const auto& each) { return each.value == value; });
            CAPTURE(at, copies);
            const auto& told = steps_[at];
            CHECK(copies <= 1);
            CHECK(told.error.failed() == (told.what.fate != fate::delivered));
            if (told.what.fate == fate::delivered) {
                CHECK(copies == 1);
                CHECK(log[static_cast<std::size_t>(told.what.offset)].value == values_[at]);
            }
            if (told.what.fate == fate::not_sent) CHECK(copies == 0);
        }
    }

    const testing::broker& broker_;
    std::unique_ptr<asio::io_context> io_ = std::make_unique<asio::io_context>();
    std::array<std::string, sends> values_;
    std::array<asio::cancellation_signal, sends + 2> signals_;
    std::array<traced, sends + 2> steps_;
    std::optional<cluster> kafka_;
    std::optional<producer> out_;
    int closed_ = 0;
    bool interrupted_ = false;
};

} // namespace

TEST_CASE("send, flush and close may be cancelled, cut short or destroyed at every await",
          "[L1][L2][L3][L4]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    int number = 0;
    int awaits = 0;
    {
        scenario undisturbed{broker, number++};
        awaits = undisturbed.run(100'000);
        CHECK(undisturbed.succeeded());
        undisturbed.check(interruption::none);
    }
    CHECK(awaits >= 12);
    std::array<bool, scenario::sends + 1> met{};
    for (const auto how : {interruption::cancel, interruption::close, interruption::cut, interruption::drop,
                           interruption::context}) {
        // Runs differ by a few handlers, as bytes come in more or fewer pieces.
        for (int n = 0; n <= awaits + 4; ++n) {
            CAPTURE(static_cast<int>(how), n, awaits);
            scenario disturbed{broker, number++};
            disturbed.run(n);
            disturbed.interrupt(how);
            disturbed.check(how);
            if (how == interruption::cancel) met[disturbed.delivered()] = true;
        }
    }
    // Cancelled before the first was delivered, after the last, and in between.
    CHECK(met.front());
    CHECK(met.back());
    // Nothing is left open at the other end either.
    asio::io_context idle;
    CHECK(run_until(
        idle, [&] { return broker.connection_count() == 0; }, 5s));
}
