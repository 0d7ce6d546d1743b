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

TEST_CASE("a batch charges in steps that double up to 64 KiB") {
    CHECK(budget::step(0, 200) == 1024);
    CHECK(budget::step(1024, 1000) == 1024);
    CHECK(budget::step(1024, 1025) == 2048);
    CHECK(budget::step(2048, 2049) == 4096);
    CHECK(budget::step(65536, 65537) == 131072);
    CHECK(budget::step(131072, 131073) == 196608);
    CHECK(budget::step(0, 900'000) == 900'000);
}
