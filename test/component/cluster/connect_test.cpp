// SPDX-License-Identifier: BSL-1.0
// Servers that cannot be reached, or are no brokers: the cause is told, in time.
#include "asking.hpp"

#include "support/raw_peer.hpp"

#include <kasio/observer.hpp>
#include <kasio/testing/broker.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <vector>

using namespace kasio;
using namespace kasio_test;
using namespace std::chrono_literals;

namespace {

std::string local(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

/// Asks, expects `cause` about when `default_timeout` is over, then closes at once.
void check_fails(const std::string& servers, error_code cause, const std::string& words = {}) {
    asio::io_context io;
    cluster kafka{io.get_executor(), quick(servers)};
    asked got;
    const auto taken = time_of([&] { got = ask(io, kafka); });
    CHECK(got.error == cause);
    CHECK(got.what == cluster_metadata{});
    CHECK(taken < 1600ms);
    CHECK(kafka.last_failure().code == cause);
    INFO(kafka.last_failure().text);
    CHECK(kafka.last_failure().text.find(words) != std::string::npos);
    std::optional<error_code> closed;
    // While another question is on its way.
    asked late;
    kafka.async_metadata("", late.handler());
    io.restart();
    io.run_for(20ms);
    const auto ending = time_of([&] {
        kafka.async_close(1s, [&](error_code error) { closed = error; });
        REQUIRE(run_until(
            io, [&] { return closed && late.times == 1; }, 5s));
    });
    CHECK(ending < 500ms);
    CHECK(closed == error_code{});
    CHECK(late.error == errc::closed);
    CHECK(drain(io));
}

/// No other can be opened while this lives.
class no_descriptors_left {
public:
    no_descriptors_left() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        auto few = before_;
        few.rlim_cur = 256;
        ::setrlimit(RLIMIT_NOFILE, &few);
        while (true) {
            const int taken = ::dup(0);
            if (taken < 0) break;
            taken_.push_back(taken);
        }
    }
    ~no_descriptors_left() {
        for (const int each : taken_) ::close(each);
        ::setrlimit(RLIMIT_NOFILE, &before_);
    }
    no_descriptors_left(const no_descriptors_left&) = delete;
    no_descriptors_left& operator=(const no_descriptors_left&) = delete;

private:
    rlimit before_{};
    std::vector<int> taken_;
};

} // namespace

TEST_CASE("a bootstrap server that refuses is passed over for the next one", "[C1]") {
    testing::broker broker;
    const refusing_port first;
    const refusing_port second;
    for (const auto& servers :
         {local(first.port()) + ',' + broker.bootstrap_servers(),
          broker.bootstrap_servers() + ',' + local(first.port()),
          local(first.port()) + ',' + local(second.port()) + ',' + broker.bootstrap_servers()}) {
        asio::io_context io;
        cluster kafka{io.get_executor(), quick(servers)};
        asked got;
        const auto taken = time_of([&] { got = ask(io, kafka); });
        CHECK_FALSE(got.error);
        CHECK(taken < 500ms);
    }
}

TEST_CASE("a bootstrap server that never answers costs its time-out, then the next one is asked", "[C1]") {
    testing::broker broker;
    const black_hole silent;
    asio::io_context io;
    auto options = quick(local(silent.port()) + ',' + broker.bootstrap_servers());
    options.default_timeout = 5s;
    cluster kafka{io.get_executor(), options};
    asked got;
    const auto taken = time_of([&] { got = ask(io, kafka); });
    CHECK_FALSE(got.error);
    CHECK(taken >= 250ms);
    CHECK(taken < 2s);
}

TEST_CASE("servers that all refuse are unreachable", "[C1][L1]") {
    const refusing_port first;
    const refusing_port second;
    check_fails(local(first.port()) + ',' + local(second.port()), errc::broker_unreachable, "refused");
}

TEST_CASE("servers that hang up are tried again to the deadline, with waits between", "[C1][C4]") {
    // A peer that hangs up counts what comes.
    const bool when_asked = GENERATE(false, true);
    raw_peer peer{[when_asked](raw_connection& line) {
        if (when_asked) (void)line.read_request();
        else line.reset();
    }};
    asio::io_context io;
    auto options = quick(local(peer.port()));
    options.reconnect_backoff = 20ms;
    options.reconnect_backoff_max = 100ms;
    cluster kafka{io.get_executor(), options};
    asked got;
    const auto taken = time_of([&] { got = ask(io, kafka); });
    CHECK(got.error == errc::connection_lost);
    CHECK(taken >= 600ms);
    const bool guesses = kafka.last_failure().text.find("is it a broker's port") != std::string::npos;
    CHECK((guesses || !when_asked));
    CHECK(peer.connections() >= 4);
    CHECK(peer.connections() <= 25);
}

// The undefined sanitizer itself takes descriptors when it looks at an object's type.
#if !defined(KASIO_TEST_SANITIZED)
TEST_CASE("a process without file descriptors left waits for some, with pauses", "[C1]") {
    testing::broker broker;
    struct back_offs final : observer {
        void on_back_off(std::int32_t, const error_code&, std::chrono::nanoseconds) noexcept override {
            ++count;
        }
        int count = 0;
    };
    const auto seen = std::make_shared<back_offs>();
    auto options = quick(broker.bootstrap_servers());
    options.observer = seen;
    asio::io_context io;
    cluster kafka{io.get_executor(), options};
    asked got;
    {
        const no_descriptors_left spent;
        const auto taken = time_of([&] { got = ask(io, kafka); });
        CHECK(taken >= 600ms);
    }
    CHECK(got.error == errc::broker_unreachable);
    CHECK(kafka.last_failure().text.find(error_code{EMFILE, boost::system::system_category()}.message()) !=
          std::string::npos);
    // Pauses of 5 to 50 ms.
    CHECK(seen->count >= 4);
    CHECK(seen->count <= 160);
    CHECK_FALSE(ask(io, kafka).error);
}
#endif

TEST_CASE("a server that comes up in time is found", "[C1]") {
    testing::broker broker;
    broker.kill_node(1);
    asio::io_context io;
    auto options = quick(broker.bootstrap_servers());
    options.default_timeout = 5s;
    cluster kafka{io.get_executor(), options};
    asked got;
    kafka.async_metadata("", got.handler());
    io.run_for(100ms);
    CHECK(got.times == 0);
    broker.revive_node(1);
    REQUIRE(run_until(
        io, [&] { return got.times == 1; }, 5s));
    CHECK_FALSE(got.error);
}

TEST_CASE("a name that does not resolve is told by its name", "[L1]") {
    check_fails("no-such-host.invalid:9092", errc::host_not_found, "no-such-host.invalid");
}

TEST_CASE("a web server is no broker", "[L1]") {
    raw_peer peer{[](raw_connection& line) {
        (void)line.read_request();
        line.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        line.wait_for_close();
    }};
    check_fails(local(peer.port()), errc::not_a_broker);
}

TEST_CASE("a server that accepts and says nothing has not connected in time", "[L1]") {
    raw_peer peer{[](raw_connection& line) { line.wait_for_close(); }};
    check_fails(local(peer.port()), errc::connect_timed_out);
}

TEST_CASE("a server whose port drops everything has not connected in time", "[L1]") {
    const black_hole hole;
    check_fails(local(hole.port()), errc::connect_timed_out);
}
