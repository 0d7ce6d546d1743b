// SPDX-License-Identifier: BSL-1.0
#include "producer/buffer_pool.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <random>
#include <vector>

using kasio::buffer_pool;
using kasio::memory_block;

TEST_CASE("a buffer holds at least what was asked for, a power of two up to a piece") {
    CHECK(buffer_pool::capacity_for(0) == 1024);
    CHECK(buffer_pool::capacity_for(1024) == 1024);
    CHECK(buffer_pool::capacity_for(1025) == 2048);
    CHECK(buffer_pool::capacity_for(1'000'000) == 1'048'576);
    CHECK(buffer_pool::capacity_for(1'048'577) == 1'048'577);
    buffer_pool pool{0};
    CHECK(pool.take(3000).size() == 4096);
    CHECK(pool.held() == buffer_pool::largest);
    CHECK(pool.take(2'000'000).size() == 2'000'000);
    CHECK(pool.held() == buffer_pool::largest);
}

TEST_CASE("small buffers let go are a large one again") {
    buffer_pool pool{0};
    for (int turn = 0; turn < 3; ++turn) {
        std::vector<memory_block> small;
        for (std::size_t at = 0; at < buffer_pool::largest / buffer_pool::smallest; ++at)
            small.push_back(pool.take(1));
        CHECK(pool.held() == buffer_pool::largest);
        std::shuffle(small.begin(), small.end(), std::minstd_rand{7});
        small.clear();
        const auto whole = pool.take(buffer_pool::largest);
        CHECK(pool.held() == buffer_pool::largest);
    }
}

TEST_CASE("a pool gives idle memory back beyond what it may keep") {
    buffer_pool pool{2 * buffer_pool::largest};
    std::vector<memory_block> all;
    for (int at = 0; at < 10; ++at) all.push_back(pool.take(buffer_pool::largest));
    CHECK(pool.held() == 10 * buffer_pool::largest);
    all.pop_back();
    CHECK(pool.held() == 10 * buffer_pool::largest);
    all.clear();
    CHECK(pool.held() == 3 * buffer_pool::largest);
    buffer_pool frugal{0};
    for (int at = 0; at < 10; ++at) all.push_back(frugal.take(buffer_pool::largest));
    all.clear();
    CHECK(frugal.held() == buffer_pool::largest);
}

TEST_CASE("buffers of any sizes, taken and let go in any order, never share a byte") {
    std::mt19937 random{20'261'125};
    buffer_pool pool{0};
    std::map<const std::byte*, std::size_t> used;
    std::vector<memory_block> all;
    std::size_t bytes = 0;
    std::size_t most = 0;
    for (int step = 0; step < 20'000; ++step) {
        if (all.empty() || (random() % 5 < 3 && bytes < 8 * buffer_pool::largest)) {
            auto block = pool.take(std::size_t{1} << random() % 20);
            const auto [at, fresh] = used.emplace(block.data(), block.size());
            REQUIRE(fresh);
            if (at != used.begin()) REQUIRE(std::prev(at)->first + std::prev(at)->second <= at->first);
            if (std::next(at) != used.end()) REQUIRE(at->first + at->second <= std::next(at)->first);
            std::memset(block.data(), 0xff, block.size());
            bytes += block.size();
            most = std::max(most, bytes);
            all.push_back(std::move(block));
        } else {
            std::swap(all[random() % all.size()], all.back());
            used.erase(all.back().data());
            bytes -= all.back().size();
            all.pop_back();
        }
    }
    // What is cut up wastes some.
    CHECK(pool.held() <= 2 * most + buffer_pool::largest);
    all.clear();
    CHECK(pool.held() == buffer_pool::largest);
}
