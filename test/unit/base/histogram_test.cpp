// SPDX-License-Identifier: BSL-1.0
#include "base/counters.hpp"

#include "support/catch.hpp"

#include <limits>

using namespace kasio;

TEST_CASE("each value lies in the bucket whose bounds hold it, and buckets follow each other without a gap") {
    std::uint64_t below = 0;
    for (std::size_t bucket = 0; bucket < histogram::bucket_count; ++bucket) {
        const auto highest = histogram::highest_in(bucket);
        CAPTURE(bucket, highest);
        REQUIRE(histogram::bucket_of(highest) == bucket);
        REQUIRE(histogram::bucket_of(below) == bucket);
        below = highest + 1;
    }
    CHECK(histogram::bucket_of(below) == histogram::bucket_count - 1);
    CHECK(histogram::bucket_of(std::numeric_limits<std::uint64_t>::max()) == histogram::bucket_count - 1);
}

TEST_CASE("quantiles are at most an eighth too high and never above the largest value") {
    histogram_recorder recorder;
    for (std::uint64_t value = 1; value <= 10'000; ++value) recorder.add(value);
    const auto seen = recorder.snapshot();
    CHECK(seen.count == 10'000);
    CHECK(seen.sum == 50'005'000);
    CHECK(seen.mean() > 5000);
    CHECK(seen.largest == 10'000);
    for (const double part : {0.01, 0.25, 0.5, 0.9, 0.99}) {
        CAPTURE(part);
        const auto exact = part * 10'000;
        CHECK(static_cast<double>(seen.quantile(part)) >= exact);
        CHECK(static_cast<double>(seen.quantile(part)) <= exact * 1.126);
    }
    CHECK(seen.quantile(1.0) == 10'000);
    CHECK(seen.quantile(0.0) == 1);
}

TEST_CASE("nothing seen gives zeroes") {
    const histogram nothing;
    CHECK(nothing.quantile(0.5) == 0);
    CHECK(nothing.mean() == 0.0);
    CHECK(histogram_recorder{}.snapshot() == nothing);
}
