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
        small->compressed.reserve(1000);
        large->compressed.reserve(5000);
        large->writer.move_to(pool->room(3000));
        CHECK(large->held() == 5000 + 4096);
    }
    const auto none = pool->acquire(999);
    CHECK(none->held() == 0);
    const auto small = pool->acquire(4999);
    CHECK(small->held() == 1000);
    const auto large = pool->acquire(5000);
    CHECK(large->held() == 5000);
    CHECK(pool->acquire(100'000)->held() == 0);
}

TEST_CASE("a pool keeps no more buffers for compressed batches than it may") {
    const auto pool = std::make_shared<batch_pool>(3000);
    {
        const auto first = pool->acquire(0);
        const auto second = pool->acquire(0);
        first->compressed.reserve(2500);
        second->compressed.reserve(1000);
    } // the last made is the first let go
    CHECK(pool->acquire(3000)->held() == 1000);
    CHECK(pool->acquire(3000)->held() == 1000);
    {
        const auto both = pool->acquire(0);
        both->compressed.reserve(2000);
    }
    CHECK(pool->acquire(3000)->held() == 2000);
}
