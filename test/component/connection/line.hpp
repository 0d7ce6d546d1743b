// SPDX-License-Identifier: BSL-1.0
// One connection with the in-process cluster, driven by callbacks that count.
#pragma once

#include "support/catch.hpp"
#include "support/run.hpp"

#include <kasio/connection.hpp>
#include <kasio/messages.hpp>
#include <kasio/testing/broker.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace kasio_test {

using namespace kasio;
using namespace std::chrono_literals;
using testing::api;

inline cluster_options brief() { return {.connect_timeout = 2s, .request_timeout = 2s}; }

/// How an operation ended, counted.
template <class Response>
struct got {
    int times = 0;
    error_code error;
    answer<Response> what;
    auto handler() {
        return [this](error_code code, answer<Response> said) {
            ++times;
            error = code;
            what = std::move(said);
        };
    }
};

struct line {
    explicit line(cluster_options options = brief())
        : to{std::in_place, io.get_executor(), std::move(options)} {}

    error_code connect(std::uint16_t port) {
        std::optional<error_code> done;
        to->async_connect("127.0.0.1", port, [&](error_code error) { done = error; });
        REQUIRE_FALSE(done);
        REQUIRE(run_until(
            io, [&] { return done.has_value(); }, 5s));
        return *done;
    }
    void open(const testing::broker& broker) { REQUIRE_FALSE(connect(broker.port(1))); }
    template <class Request>
    auto ask(Request request, request_settings settings = {}) {
        got<typename Request::response_type> outcome;
        to->async_request(std::move(request), settings, outcome.handler());
        REQUIRE(outcome.times == 0);
        REQUIRE(run_until(
            io, [&] { return outcome.times != 0; }, 10s));
        return outcome;
    }
    void close() {
        std::optional<error_code> closed;
        to->async_close([&](error_code error) { closed = error; });
        REQUIRE(run_until(
            io, [&] { return closed.has_value(); }, 2s));
        CHECK_FALSE(*closed);
    }
    /// Nothing is left to run once the handle is gone.
    ~line() {
        to.reset();
        CHECK(drain(io));
    }

    asio::io_context io;
    std::optional<connection> to;
};

inline protocol::metadata_request about_topics() {
    protocol::metadata_request request;
    request.topics.emplace();
    request.allow_auto_topic_creation = false;
    return request;
}

} // namespace kasio_test
