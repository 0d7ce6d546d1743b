// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include "consumer/aborted_filter.hpp"

using namespace kasio;
using marker = control_marker::kind;

namespace {

batch_view data(std::int64_t base, std::int64_t producer, bool transactional = true) {
    batch_view batch;
    batch.base_offset = base;
    batch.last_offset_delta = 4;
    batch.producer_id = producer;
    batch.attributes = transactional ? batch_attributes::transactional : std::int16_t{0};
    return batch;
}

} // namespace

TEST_CASE("only the aborted ranges of a producer are hidden", "[F9]") {
    aborted_filter filter{{{1, 10}, {1, 40}}};
    CHECK_FALSE(filter.hides(data(0, 1)));
    CHECK(filter.hides(data(10, 1)));
    CHECK_FALSE(filter.hides(data(15, 2)));
    CHECK(filter.hides(data(20, 1)));
    filter.on_marker(1, 25, marker::abort);
    CHECK_FALSE(filter.hides(data(30, 1)));
    filter.on_marker(1, 35, marker::commit);
    CHECK(filter.hides(data(40, 1)));
    filter.on_marker(1, 45, marker::abort);
    CHECK_FALSE(filter.hides(data(50, 1)));
}

TEST_CASE("the list may come in any order, and name a producer twice", "[F9]") {
    aborted_filter filter{{{2, 30}, {1, 0}, {3, 10}, {1, 5}}};
    CHECK(filter.hides(data(5, 1)));
    CHECK(filter.hides(data(10, 3)));
    CHECK_FALSE(filter.hides(data(20, 2)));
    CHECK(filter.hides(data(30, 2)));
    filter.on_marker(1, 40, marker::abort);
    CHECK_FALSE(filter.hides(data(45, 1)));
}

TEST_CASE("markers without an entry, and unknown ones, change nothing", "[F9]") {
    aborted_filter filter{{{1, 10}}};
    filter.on_marker(2, 0, marker::abort);
    CHECK(filter.hides(data(10, 1)));
    filter.on_marker(1, 16, marker::other);
    filter.on_marker(1, 17, marker::commit);
    CHECK(filter.hides(data(20, 1)));
    filter.on_marker(1, 30, marker::abort);
    filter.on_marker(1, 31, marker::abort);
    CHECK_FALSE(filter.hides(data(40, 1)));
}

TEST_CASE("what a producer wrote outside of transactions is handed out", "[F9]") {
    aborted_filter filter{{{1, 10}}};
    CHECK_FALSE(filter.hides(data(10, 1, false)));
    CHECK(filter.hides(data(20, 1)));
}

TEST_CASE("without a list nothing is hidden", "[F9]") {
    aborted_filter filter;
    CHECK_FALSE(filter.hides(data(0, 1)));
}
