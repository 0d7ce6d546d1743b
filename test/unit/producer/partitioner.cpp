// SPDX-License-Identifier: BSL-1.0
#include "producer/partitioner.hpp"

#include "support/catch.hpp"

#include <array>
#include <string>
#include <vector>

using namespace kasio;

namespace {

const auto idle = [](std::int32_t) { return 0U; };

struct expectation {
    std::string key;
    /// Among 7, 100 and 1,000,003 partitions.
    std::array<std::int32_t, 3> murmur2;
    std::array<std::int32_t, 3> crc32;
    std::array<std::int32_t, 3> fnv1a;
};

std::string high_bytes() {
    std::string bytes;
    for (int each = 200; each < 256; ++each) bytes += static_cast<char>(each);
    return bytes;
}

// What librdkafka's own functions (rd_kafka_msg_partitioner_...) answer.
const std::vector<expectation> expected{
    {"", {2, 81, 645856}, {0, 0, 0}, {2, 35, 824651}},
    {"a", {5, 24, 100772}, {4, 7, 344195}, {6, 76, 963672}},
    {"42", {3, 72, 699721}, {3, 88, 262765}, {5, 85, 126240}},
    {"kafka", {3, 80, 976536}, {6, 99, 72782}, {4, 45, 495882}},
    {"giberish123456789", {5, 20, 239049}, {2, 71, 428870}, {5, 73, 329552}},
    {"1234", {0, 40, 296341}, {2, 59, 394814}, {6, 35, 477524}},
    {"PreAmbleWillBeRemoved,ThePrePartThatIs", {1, 48, 605497}, {6, 10, 100447}, {0, 64, 852443}},
    {"reAmbleWillBeRemoved,ThePrePartThatIs", {6, 55, 978714}, {2, 67, 886181}, {2, 86, 323436}},
    {"order-000017", {1, 15, 389867}, {4, 19, 951707}, {3, 38, 722415}},
    {high_bytes(), {1, 43, 794382}, {2, 10, 74137}, {2, 89, 842999}},
};
constexpr std::array<std::int32_t, 3> counts{7, 100, 1'000'003};

} // namespace

TEST_CASE("each hash puts a key where librdkafka puts it") {
    for (const auto& each : expected) {
        for (std::size_t at = 0; at < counts.size(); ++at) {
            CAPTURE(each.key, counts[at]);
            const bytes_view key{each.key};
            const auto with = [&](partitioning how) { return partition_by_key(how, key, counts[at]); };
            CHECK(with(partitioning::murmur2) == each.murmur2[at]);
            CHECK(with(partitioning::murmur2_random) == each.murmur2[at]);
            CHECK(with(partitioning::consistent) == each.crc32[at]);
            CHECK(with(partitioning::fnv1a) == each.fnv1a[at]);
            CHECK(with(partitioning::fnv1a_random) == each.fnv1a[at]);
            if (!each.key.empty()) CHECK(with(partitioning::consistent_random) == each.crc32[at]);
        }
    }
}

TEST_CASE("null and empty keys go where librdkafka and Java have them go") {
    using how = partitioning;
    const auto null = [](how which) { return partition_by_key(which, nullptr, 100); };
    CHECK(null(how::murmur2) == 81);
    CHECK(null(how::consistent) == 0);
    CHECK(null(how::fnv1a) == 35);
    for (const auto each :
         {how::murmur2_random, how::consistent_random, how::fnv1a_random, how::sticky, how::round_robin})
        CHECK_FALSE(null(each).has_value());
    CHECK_FALSE(partition_by_key(how::consistent_random, "", 100).has_value());
    for (const auto each : {how::sticky, how::round_robin})
        CHECK_FALSE(partition_by_key(each, "key", 100).has_value());
}

TEST_CASE("records without a key stay on one partition until it has had enough bytes") {
    sticky_partition sticky{1};
    const auto first = sticky.choose(10, idle);
    REQUIRE(first >= 0);
    REQUIRE(first < 10);
    // Small batches, as without linger: it stays all the same, lest slow partitions get more than others.
    for (int i = 0; i < 9; ++i) {
        sticky.closed(first, 100, 1000);
        CHECK(sticky.choose(10, idle) == first);
    }
    std::vector<int> seen(10, 0);
    for (int i = 0; i < 1000; ++i) {
        const auto now = sticky.choose(10, idle);
        ++seen[static_cast<std::size_t>(now)];
        sticky.closed(now, 1000, 1000);
    }
    for (const auto count : seen) CHECK(count > 50);
}

TEST_CASE("closing a batch of another partition changes nothing") {
    sticky_partition sticky{2};
    const auto first = sticky.choose(4, idle);
    sticky.closed((first + 1) % 4, 5000, 1000);
    CHECK(sticky.choose(4, idle) == first);
}

TEST_CASE("where more waits, less is sent") {
    sticky_partition sticky{3};
    const auto waiting = [](std::int32_t partition) { return partition == 2 ? 9U : 0U; };
    std::vector<int> seen(4, 0);
    for (int i = 0; i < 3100; ++i) {
        const auto now = sticky.choose(4, waiting);
        ++seen[static_cast<std::size_t>(now)];
        sticky.closed(now, 1, 1);
    }
    // Weights are 10, 10, 1, 10.
    CHECK(seen[2] > 40);
    CHECK(seen[2] < 200);
    for (const std::size_t other : {0U, 1U, 3U}) CHECK(seen[other] > 800);
}

TEST_CASE("a partition without a leader is not chosen while another has one") {
    sticky_partition sticky{4};
    const auto only_two = [](std::int32_t partition) {
        return partition == 2 ? 50U : sticky_partition::unavailable;
    };
    for (int i = 0; i < 50; ++i) {
        CHECK(sticky.choose(8, only_two) == 2);
        sticky.closed(2, 1, 1);
    }
}

TEST_CASE("with no leader anywhere a partition is chosen all the same") {
    sticky_partition sticky{5};
    const auto chosen = sticky.choose(8, [](std::int32_t) { return sticky_partition::unavailable; });
    CHECK(chosen >= 0);
    CHECK(chosen < 8);
}

TEST_CASE("a choice beyond a smaller partition count is made anew") {
    sticky_partition sticky{6};
    const auto last = [](std::int32_t partition) {
        return partition == 9 ? 0U : sticky_partition::unavailable;
    };
    REQUIRE(sticky.choose(10, last) == 9);
    CHECK(sticky.choose(3, idle) < 3);
}
