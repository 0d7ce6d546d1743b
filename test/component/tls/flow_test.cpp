// SPDX-License-Identifier: BSL-1.0
// Records through TLS, and what clusters make of brokers that cannot be trusted.
#include "tls_fixture.hpp"

#include "support/run.hpp"

#include <kasio/cluster.hpp>
#include <kasio/consumer.hpp>
#include <kasio/producer.hpp>

#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <vector>

using namespace kasio_test;
using namespace std::chrono_literals;

namespace {

constexpr int total = 20'000;

/// Of various sizes, some longer than a TLS record.
std::string value_of(int number) {
    const std::size_t size = number % 1000 == 7 ? 40'000 : static_cast<std::size_t>(number % 250);
    return std::to_string(number) + ':' + std::string(size, static_cast<char>('a' + number % 26));
}

} // namespace

TEST_CASE("twenty thousand records go through TLS and come back as they were") {
    certificate_authority ca;
    testing::broker broker{behind(ca.server())};
    broker.create_topic("t", 1);
    asio::io_context io;
    auto options = trusting(ca);
    options.bootstrap_servers = broker.bootstrap_servers();
    cluster kafka{io.get_executor(), options};
    producer out{kafka};
    int delivered = 0;
    for (int i = 0; i != total; ++i) {
        const auto value = value_of(i);
        out.async_send({.topic = "t", .value = value}, [&](error_code error, delivery) {
            if (!error) ++delivered;
        });
        if (i % 100 == 0) io.poll();
    }
    REQUIRE(run_until(
        io, [&] { return delivered == total; }, 60s));

    consumer in{kafka};
    in.assign(topic_partition{"t", 0}, start_position::beginning());
    int next = 0;
    bool intact = true;
    std::function<void()> poll = [&] {
        in.async_poll([&](error_code error, fetched_records records) {
            intact = intact && !error;
            for (const auto& record : records) {
                intact = intact && record.value() == value_of(next);
                ++next;
            }
            if (intact && next < total) poll();
        });
    };
    poll();
    CHECK(run_until(
        io, [&] { return next >= total || !intact; }, 60s));
    CHECK(intact);
    CHECK(next == total);
}

TEST_CASE("operations end at once with the cause when no broker can be trusted, and none is hammered",
          "[T1]") {
    certificate_authority ca;
    certificate_authority stranger{"somebody else"};
    testing::broker broker{behind(stranger.server())};
    asio::io_context io;
    auto options = trusting(ca);
    options.bootstrap_servers = broker.bootstrap_servers();
    options.default_timeout = 60s;
    options.reconnect_backoff = 1ms;
    options.reconnect_backoff_max = 30s;
    cluster kafka{io.get_executor(), options};
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i != 5; ++i) {
        int calls = 0;
        error_code found;
        kafka.async_metadata("", [&](error_code error, const cluster_metadata&) {
            ++calls;
            found = error;
        });
        REQUIRE(run_until(
            io, [&] { return calls != 0; }, 20s));
        CHECK(found == errc::authentication_failed);
    }
    // Far below the deadline and the pause.
    CHECK(std::chrono::steady_clock::now() - start < 15s);
    CHECK(broker.accepted_count() == 1);
    CHECK(kafka.last_failure().text.find("certificate") != std::string::npos);
}
