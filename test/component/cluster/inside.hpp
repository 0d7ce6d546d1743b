// SPDX-License-Identifier: BSL-1.0
// A cluster seen from its strand.
#pragma once

#include "asking.hpp"
#include "cluster/metadata_cache.hpp"
#include "cluster/request_routed.hpp"

#include <kasio/messages/metadata.hpp>
#include <kasio/testing/broker.hpp>

#include <boost/asio/post.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace kasio_test {

using namespace kasio;
using namespace std::chrono_literals;
using testing::api;

inline constexpr auto no_error = error_code{};

/// A cluster seen from its strand.
struct inside {
    explicit inside(cluster_options options) : kafka{std::in_place, io.get_executor(), std::move(options)} {}

    cluster_core& core() { return *kafka->core(); }
    /// Runs `what` on the strand.
    template <class What>
    void on_strand(What what) {
        bool done = false;
        asio::post(core().strand(), [&] {
            what(core());
            done = true;
        });
        REQUIRE(run_until(
            io, [&] { return done; }, 2s));
    }
    void watch(const char* topic, bool create) {
        on_strand([&](cluster_core& core) { core.watch_topic(topic, create); });
    }
    /// Whether the topic is known with its partitions.
    bool knows(const char* topic) {
        const auto* known = core().metadata().find(topic);
        return known != nullptr && !known->error && !known->partitions.empty();
    }
    /// When the cluster is closed, nothing is left of it.
    void close() {
        std::optional<error_code> closed;
        kafka->async_close([&](error_code error) { closed = error; });
        REQUIRE(run_until(
            io, [&] { return closed.has_value(); }, 2s));
        CHECK(drain(io));
        const std::weak_ptr<cluster_core> left = kafka->core();
        kafka.reset();
        CHECK(drain(io));
        CHECK(left.expired());
    }

    asio::io_context io;
    std::optional<cluster> kafka;
};

/// An outcome, counted.
struct ending {
    int times = 0;
    error_code error;
    auto handler() {
        return [this](error_code code, auto&&...) {
            ++times;
            error = code;
        };
    }
};

inline protocol::metadata_request about_nothing() {
    protocol::metadata_request request;
    request.topics.emplace();
    request.allow_auto_topic_creation = false;
    return request;
}

} // namespace kasio_test
