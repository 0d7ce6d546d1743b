// SPDX-License-Identifier: BSL-1.0
// When a node that failed may be tried again.
#include "cluster/reconnect_schedule.hpp"

#include "support/catch.hpp"

using namespace kasio;
using namespace std::chrono_literals;

namespace {

using time_point = reconnect_schedule::time_point;
constexpr double middle = 0.5; // no jitter
const time_point start{1h};

reconnect_schedule made() { return reconnect_schedule{exponential_backoff{50ms, 1s}}; }

} // namespace

TEST_CASE("a node that never failed may be tried at once", "[C1]") {
    const auto schedule = made();
    CHECK(schedule.not_before(1) == time_point{});
    CHECK_FALSE(schedule.cause(1));
    CHECK(schedule.size() == 0);
}

TEST_CASE("pauses grow from failure to failure, up to the maximum", "[C1]") {
    auto schedule = made();
    const std::chrono::milliseconds pauses[] = {50ms, 100ms, 200ms, 400ms, 800ms, 1s, 1s};
    auto now = start;
    for (const auto pause : pauses) {
        schedule.on_failure(1, errc::broker_unreachable, now, middle);
        CHECK(schedule.not_before(1) == now + pause);
        now = schedule.not_before(1);
    }
    for (int i = 0; i < 1000; ++i) schedule.on_failure(1, errc::broker_unreachable, now, middle);
    CHECK(schedule.not_before(1) == now + 1s);
}

TEST_CASE("each node has its own pause and cause", "[C1]") {
    auto schedule = made();
    schedule.on_failure(1, errc::broker_unreachable, start, middle);
    schedule.on_failure(1, errc::connect_timed_out, start, middle);
    schedule.on_failure(-2, errc::host_not_found, start, middle);
    CHECK(schedule.not_before(1) == start + 100ms);
    CHECK(schedule.not_before(-2) == start + 50ms);
    CHECK(schedule.not_before(2) == time_point{});
    CHECK(schedule.cause(1) == errc::connect_timed_out); // the latest
    CHECK(schedule.cause(-2) == errc::host_not_found);
    CHECK_FALSE(schedule.cause(2));
}

TEST_CASE("a node that let somebody in starts anew, and takes no memory", "[C1]") {
    auto schedule = made();
    for (int i = 0; i < 5; ++i) schedule.on_failure(1, errc::connection_lost, start, middle);
    schedule.on_failure(2, errc::connection_lost, start, middle);
    schedule.on_success(1);
    schedule.on_success(7);
    CHECK(schedule.size() == 1);
    CHECK(schedule.not_before(1) == time_point{});
    CHECK_FALSE(schedule.cause(1));
    CHECK(schedule.not_before(2) == start + 50ms);
    schedule.on_failure(1, errc::connection_lost, start, middle);
    CHECK(schedule.not_before(1) == start + 50ms);
}

TEST_CASE("jitter keeps nodes that failed together apart", "[C1]") {
    auto schedule = made();
    schedule.on_failure(1, errc::connection_lost, start, 0.0);
    schedule.on_failure(2, errc::connection_lost, start, 0.99);
    CHECK(schedule.not_before(1) == start + 40ms);
    CHECK(schedule.not_before(2) > start + 59ms);
    CHECK(schedule.not_before(2) < start + 60ms);
}

TEST_CASE("a node that refuses us is left alone for the longest pause from the first time on", "[T1]") {
    reconnect_schedule schedule{exponential_backoff{50ms, 10s}};
    const reconnect_schedule::time_point now{1h};
    schedule.on_failure(1, errc::connection_lost, now, 0.5);
    schedule.on_failure(2, errc::authentication_failed, now, 0.5);
    CHECK(schedule.not_before(1) < now + 1s);
    CHECK(schedule.not_before(2) > now + 5s);
    CHECK(schedule.cause(2) == errc::authentication_failed);
}
