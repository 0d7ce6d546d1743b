// SPDX-License-Identifier: BSL-1.0
#include "base/backoff.hpp"

#include "support/catch.hpp"

#include <limits>

using namespace kasio;
using namespace std::chrono_literals;

TEST_CASE("waits double from attempt to attempt, up to the maximum") {
    const exponential_backoff backoff{100ms, 1s};
    constexpr double middle = 0.5; // no jitter
    CHECK(backoff.delay(0, middle) == 100ms);
    CHECK(backoff.delay(1, middle) == 200ms);
    CHECK(backoff.delay(2, middle) == 400ms);
    CHECK(backoff.delay(3, middle) == 800ms);
    CHECK(backoff.delay(4, middle) == 1s);
    CHECK(backoff.delay(1000, middle) == 1s);
    CHECK(backoff.delay(std::numeric_limits<int>::max(), middle) == 1s);
    CHECK(backoff.delay(-1, middle) == 100ms);
}

TEST_CASE("jitter spreads waits by a fifth, never beyond the maximum") {
    const exponential_backoff backoff{100ms, 1s};
    for (int attempt = 0; attempt < 4; ++attempt) {
        const auto base = 100ms * (1 << attempt);
        CHECK(backoff.delay(attempt, 0.0) == base * 8 / 10);
        CHECK(backoff.delay(attempt, 0.999999) <= std::min<exponential_backoff::duration>(base * 12 / 10, 1s));
        CHECK(backoff.delay(attempt, 0.25) < backoff.delay(attempt, 0.75));
    }
    CHECK(backoff.delay(10, 0.999999) == 1s);
    CHECK(backoff.delay(10, 0.0) == 800ms);
}

TEST_CASE("a maximum below the start, and waits that are no waits, are taken as they can be meant") {
    CHECK(exponential_backoff{100ms, 10ms}.delay(5, 0.5) == 100ms);
    CHECK(exponential_backoff{0ms, 0ms}.delay(5, 0.9) == 0ms);
    CHECK(exponential_backoff{0ms, 1s}.delay(5, 0.9) == 0ms);
    CHECK(exponential_backoff{-5ms, 1s}.delay(0, 0.9) == 0ms);
    const auto longest = exponential_backoff::duration::max();
    CHECK(exponential_backoff{1h, longest}.delay(200, 0.0) > 24h);
}
