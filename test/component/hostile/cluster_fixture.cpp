// SPDX-License-Identifier: BSL-1.0
#include "cluster_fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <utility>

namespace kasio_test {

namespace {

cluster_options hasty(const testing::broker& broker) {
    cluster_options options;
    options.bootstrap_servers = broker.bootstrap_servers();
    options.connect_timeout = 300ms;
    options.request_timeout = 300ms;
    options.default_timeout = 600ms;
    options.reconnect_backoff = 5ms;
    options.reconnect_backoff_max = 50ms;
    options.retry_backoff = 5ms;
    options.retry_backoff_max = 50ms;
    return options;
}

producer_options sending() {
    producer_options options;
    options.linger = 0ms;
    options.max_block = 600ms;
    options.delivery_timeout = 600ms;
    return options;
}

consumer_options reading() {
    consumer_options options;
    options.offset_reset = offset_reset::earliest;
    options.fetch_max_wait = 50ms;
    return options;
}

} // namespace

client_of::client_of(testing::broker& broker)
    : kafka{io.get_executor(), hasty(broker)}, out{kafka, sending()}, in{kafka, reading()} {}

client_of::~client_of() {
    int ended = 0;
    const auto start = std::chrono::steady_clock::now();
    in.async_close([&](error_code) { ++ended; });
    out.async_close(300ms, [&](error_code) { ++ended; });
    kafka.async_close(300ms, [&](error_code) { ++ended; });
    CHECK(run_until(
        io, [&] { return ended == 3; }, 5s));
    CHECK(std::chrono::steady_clock::now() - start < 3s);
    CHECK(drain(io));
    CHECK(growth.bytes() < most_growth);
}

error_code client_of::ask() {
    std::optional<error_code> ended;
    kafka.async_metadata("t", [&](error_code error, const cluster_metadata&) { ended = error; });
    REQUIRE(run_until(
        io, [&] { return ended.has_value(); }, 5s));
    return *ended;
}

error_code client_of::send(delivery* where) {
    std::optional<error_code> ended;
    out.async_send({.topic = "t", .partition = 0, .value = "sent"},
                   [&](error_code error, const delivery& what) {
                       ended = error;
                       if (where != nullptr) *where = what;
                   });
    REQUIRE(run_until(
        io, [&] { return ended.has_value(); }, 5s));
    return *ended;
}

std::optional<error_code> client_of::read(std::chrono::milliseconds patience) {
    if (told_) return std::exchange(told_, std::nullopt);
    if (in.assigned().empty()) in.assign({"t", 0});
    const auto end = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < end) {
        bool polled = false;
        error_code failed;
        fetched_records got;
        asio::cancellation_signal stop;
        in.async_poll(
            asio::bind_cancellation_slot(stop.slot(), [&](error_code error, fetched_records records) {
                polled = true;
                failed = error;
                got = std::move(records);
            }));
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        if (!run_until(
                io, [&] { return polled; }, left)) {
            stop.emit(asio::cancellation_type::terminal);
            REQUIRE(run_until(
                io, [&] { return polled; }, 5s));
            if (failed) return std::nullopt;
        }
        if (failed) return failed;
        for (const auto& event : got.events())
            if (event.what == partition_event::kind::error) told_ = event.error;
        if (!got.empty()) return error_code{};
        if (told_) return std::exchange(told_, std::nullopt);
    }
    return std::nullopt;
}

} // namespace kasio_test
