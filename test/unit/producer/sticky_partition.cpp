// SPDX-License-Identifier: BSL-1.0
#include "producer/partitioner.hpp"

#include "support/catch.hpp"

#include <set>

using kasio::sticky_partition;

namespace {

const auto any = [](std::int32_t) { return true; };

} // namespace

TEST_CASE("records without a key stay on one partition until its batch is closed") {
    sticky_partition sticky{1};
    const auto first = sticky.choose(10, any);
    REQUIRE(first >= 0);
    REQUIRE(first < 10);
    for (int i = 0; i < 100; ++i) CHECK(sticky.choose(10, any) == first);
    sticky.next(first);
    std::set<std::int32_t> seen;
    for (int i = 0; i < 200; ++i) {
        const auto now = sticky.choose(10, any);
        seen.insert(now);
        sticky.next(now);
    }
    CHECK(seen.size() == 10);
}

TEST_CASE("closing a batch of another partition changes nothing") {
    sticky_partition sticky{2};
    const auto first = sticky.choose(4, any);
    sticky.next((first + 1) % 4);
    CHECK(sticky.choose(4, any) == first);
}

TEST_CASE("a partition without a leader is not chosen while another has one") {
    sticky_partition sticky{3};
    const auto only_two = [](std::int32_t partition) { return partition == 2; };
    for (int i = 0; i < 50; ++i) {
        CHECK(sticky.choose(8, only_two) == 2);
        sticky.next(2);
    }
}

TEST_CASE("with no leader anywhere a partition is chosen all the same") {
    sticky_partition sticky{4};
    const auto none = [](std::int32_t) { return false; };
    const auto chosen = sticky.choose(8, none);
    CHECK(chosen >= 0);
    CHECK(chosen < 8);
}

TEST_CASE("a choice beyond a smaller partition count is made anew") {
    sticky_partition sticky{5};
    const auto last = [](std::int32_t partition) { return partition == 9; };
    REQUIRE(sticky.choose(10, last) == 9);
    CHECK(sticky.choose(3, any) < 3);
}
