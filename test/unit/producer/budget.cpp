// SPDX-License-Identifier: BSL-1.0
#include "producer/budget.hpp"

#include "support/catch.hpp"

using kasio::budget;

TEST_CASE("a budget refuses what would pass its limit") {
    budget bytes{1000};
    CHECK(bytes.take(600));
    CHECK_FALSE(bytes.take(401));
    CHECK(bytes.take(400));
    CHECK_FALSE(bytes.take(1));
    bytes.give_back(600);
    CHECK(bytes.used() == 400);
    CHECK(bytes.take(600));
}

TEST_CASE("an unused budget lets one charge of any size through, so that a large batch makes progress") {
    budget bytes{1000};
    CHECK(bytes.take(5000));
    CHECK_FALSE(bytes.take(1));
    bytes.give_back(5000);
    CHECK(bytes.take(1));
    CHECK_FALSE(bytes.take(5000));
}

TEST_CASE("a batch charges in steps that double, up to what a batch may be") {
    CHECK(budget::step(0, 200, 1'000'000) == 1024);
    CHECK(budget::step(1024, 1000, 1'000'000) == 1024);
    CHECK(budget::step(1024, 1025, 1'000'000) == 2048);
    CHECK(budget::step(2048, 2049, 1'000'000) == 4096);
    CHECK(budget::step(524'288, 524'289, 1'000'000) == 1'000'000);
    CHECK(budget::step(524'288, 524'289, 600'000) == 600'000);
    CHECK(budget::step(0, 900'000, 1'000'000) == 900'000);
    CHECK(budget::step(0, 900'000, 16'384) == 900'000);
}

TEST_CASE("what is taken in any case may go beyond the limit, and keeps others out until it is given back") {
    budget all{1000};
    all.take_always(1500);
    CHECK(all.used() == 1500);
    CHECK_FALSE(all.take(1));
    all.give_back(1500);
    CHECK(all.take(1000));
}
