// SPDX-License-Identifier: BSL-1.0
// A cluster of 200 brokers: connections where needed, no thread for any of them.
#include "asking.hpp"

#include <kasio/messages/metadata.hpp>
#include <kasio/testing/broker.hpp>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>

namespace asio = boost::asio;
using namespace kasio;
using namespace kasio_test;
using namespace std::chrono_literals;

namespace {

/// A number from /proc/self/status.
long status_of(const std::string& name) {
    std::ifstream status{"/proc/self/status"};
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with(name + ':')) return std::stol(line.substr(name.size() + 1));
    }
    return -1;
}

} // namespace

TEST_CASE("200 brokers are connected to at once, on the caller's thread alone") {
    constexpr int nodes = 200;
    testing::broker broker{{.nodes = nodes}};
    // The cluster's own thread is there by now, and this one.
    const auto threads = status_of("Threads");
    REQUIRE(threads >= 2);
    asio::io_context io;
    auto options = quick(broker.bootstrap_servers().substr(0, broker.bootstrap_servers().find(',')));
    options.connect_timeout = options.request_timeout = options.default_timeout = 60s;
    cluster kafka{io.get_executor(), options};
    REQUIRE_FALSE(ask(io, kafka).error);
    CHECK(broker.accepted_count() == 1); // connections only where they are needed
    const auto memory = status_of("VmRSS");
    int answered = 0;
    int failed = 0;
    long most_threads = 0;
    const auto all = time_of([&] {
        for (int node = 1; node <= nodes; ++node) {
            protocol::metadata_request request;
            request.topics.emplace();
            kafka.async_request(request, destination::node(node), [&](error_code error, const auto& got) {
                ++answered;
                if (error || got->brokers.size() != nodes) ++failed;
                most_threads = std::max(most_threads, status_of("Threads"));
            });
        }
        REQUIRE(run_until(
            io, [&] { return answered == nodes; }, 60s));
    });
    CHECK(failed == 0);
    CHECK(most_threads == threads);
    for (int node = 1; node <= nodes; ++node) CHECK(broker.connection_count(node) >= 1);
    const auto grown = status_of("VmRSS") - memory;
    CHECK(grown < 64 * 1024);
    std::cout << nodes << " brokers: connected and answered in "
              << std::chrono::duration_cast<std::chrono::milliseconds>(all).count() << " ms, " << most_threads
              << " threads, " << grown << " KiB more for both sides\n";
    std::optional<error_code> closed;
    kafka.async_close([&](error_code error) { closed = error; });
    REQUIRE(run_until(
        io, [&] { return closed.has_value(); }, 5s));
    CHECK(drain(io));
}
