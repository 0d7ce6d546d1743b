// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "support/catch.hpp"
#include "support/run.hpp"

#include <kasio/cluster.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace kasio_test {

/// Time-outs short enough for tests that wait them out.
inline kasio::cluster_options quick(std::string servers) {
    using namespace std::chrono_literals;
    return {.bootstrap_servers = std::move(servers),
            .connect_timeout = 300ms,
            .request_timeout = 300ms,
            .default_timeout = 800ms,
            .reconnect_backoff = 5ms,
            .reconnect_backoff_max = 50ms,
            .retry_backoff = 5ms,
            .retry_backoff_max = 50ms};
}

/// How an `async_metadata` ended, counted.
struct asked {
    int times = 0;
    kasio::error_code error;
    kasio::cluster_metadata what;
    auto handler() {
        return [this](kasio::error_code code, kasio::cluster_metadata metadata) {
            ++times;
            error = code;
            what = std::move(metadata);
        };
    }
};

/// How long `body` takes.
template <class Body>
std::chrono::steady_clock::duration time_of(Body body) {
    const auto start = std::chrono::steady_clock::now();
    body();
    return std::chrono::steady_clock::now() - start;
}

/// Asks for all topics; the test fails when that does not end.
inline asked ask(asio::io_context& io, kasio::cluster& kafka, std::string topic = {}) {
    asked got;
    kafka.async_metadata(std::move(topic), got.handler());
    REQUIRE(got.times == 0);
    REQUIRE(run_until(io, [&] { return got.times != 0; }, std::chrono::seconds{10}));
    return got;
}

} // namespace kasio_test
