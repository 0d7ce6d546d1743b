// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/cluster_options.hpp>
#include <kasio/testing/broker.hpp>

namespace kasio_test {

/// Pauses and time-outs short enough for tests of faults that are got over.
inline kasio::cluster_options quick(const kasio::testing::broker& broker) {
    using namespace std::chrono_literals;
    return {.bootstrap_servers = broker.bootstrap_servers(),
            .connect_timeout = 1s,
            .request_timeout = 1s,
            .default_timeout = 5s,
            .reconnect_backoff = 5ms,
            .reconnect_backoff_max = 50ms,
            .retry_backoff = 5ms,
            .retry_backoff_max = 50ms};
}

} // namespace kasio_test
