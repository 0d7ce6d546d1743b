// SPDX-License-Identifier: BSL-1.0
#include "producer/budget.hpp"

#include "producer/send_batch.hpp"
#include "support/catch.hpp"

#include <memory>

using kasio::batch_pool;
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

TEST_CASE("a used batch is handed out only to who may hold as much, the largest that fits first") {
    const auto pool = std::make_shared<batch_pool>(10'000);
    {
        const auto small = pool->acquire(0);
        const auto large = pool->acquire(0);
        small->writer.grow_to(1000);
        large->writer.grow_to(5000);
    }
    const auto none = pool->acquire(999);
    CHECK(none->held() == 0);
    const auto small = pool->acquire(4999);
    CHECK(small->held() == 1000);
    const auto large = pool->acquire(5000);
    CHECK(large->held() == 5000);
    CHECK(pool->acquire(100'000)->held() == 0);
}

TEST_CASE("a pool keeps no more than it may, counting compressed buffers too") {
    const auto pool = std::make_shared<batch_pool>(3000);
    {
        const auto first = pool->acquire(0);
        const auto second = pool->acquire(0);
        first->writer.grow_to(1000);
        first->compressed.reserve(1500);
        second->writer.grow_to(1000);
    } // the last made is the first let go
    CHECK(pool->acquire(3000)->held() == 1000);
    CHECK(pool->acquire(3000)->held() == 1000);
    {
        const auto both = pool->acquire(0);
        both->compressed.reserve(2000);
    }
    CHECK(pool->acquire(3000)->held() == 2000);
}
