// SPDX-License-Identifier: BSL-1.0
// The bytes of other members are not believed.
#include "groups.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"

#include <kasio/assignor.hpp>
#include "group/member_bytes.hpp"
#include "group/sticky_user_data.hpp"

#include <random>

using namespace kasio_test;

namespace {

member_subscription full_member() { return member("m|-|r|t,u|t:0,1;u:4|7"); }

} // namespace

TEST_CASE("a newer version is read as far as it is known") {
    std::string bytes = encode_subscription(full_member(), "abc");
    bytes[1] = 9;
    bytes += "what the future adds";
    member_subscription read;
    read.id = "m";
    REQUIRE(decode_subscription(bytes, read) == error_code{});
    auto expected = full_member();
    expected.user_data = "abc";
    CHECK(read == expected);

    member_assignment given;
    given.partitions = partitions("t:0,1");
    std::string assigned = encode_assignment(given);
    assigned[1] = 9;
    member_assignment got;
    REQUIRE(decode_assignment(assigned + "more", got) == error_code{});
    CHECK(got == given);
}

TEST_CASE("nothing at all is an empty assignment, but no subscription") {
    member_assignment got;
    got.partitions = partitions("t:0");
    CHECK(decode_assignment({}, got) == error_code{});
    CHECK(got == member_assignment{});
    member_subscription read;
    CHECK(decode_subscription({}, read) == errc::malformed_response);
}

TEST_CASE("bytes cut anywhere are malformed, and counts beyond the bytes take no memory", "[G6]") {
    const std::string bytes = encode_subscription(full_member(), "abc");
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const std::vector<char> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
        member_subscription read;
        CHECK(decode_subscription({cut.data(), size}, read) == errc::malformed_response);
    }
    const std::string owned = encode_sticky(partitions("t:0,1;u:4"), 7);
    for (std::size_t size = 0; size < owned.size(); ++size) {
        const std::vector<char> cut(owned.begin(), owned.begin() + static_cast<std::ptrdiff_t>(size));
        const auto read = decode_sticky({cut.data(), size});
        // What lacks its generation is as old members write it.
        CHECK(read.has_value() == (size >= owned.size() - 4));
        if (read) CHECK(read->generation == -1);
    }
    for (const char* claim : {"7fffffff", "80000000", "ffffffff", "00000001 7fff", "00000001 ffff",
                              "00000001 0001 74 7fffffff", "00000001 0001 74 80000000"})
        CHECK_FALSE(decode_sticky(from_hex(claim)));
    CHECK(decode_cooperative_sticky({}) == -1);
    CHECK(decode_cooperative_sticky(from_hex("0000")) == -1);
    CHECK(decode_cooperative_sticky(from_hex("80000000")) == -1);
}

TEST_CASE("damaged bytes give an error or something that can be assigned with", "[G6]") {
    std::mt19937 random{7};
    const std::string bytes = encode_subscription(full_member(), encode_sticky(partitions("t:0"), 7));
    const auto topics = layout("t:a,b;u:_,_,_,_,_");
    for (int round = 0; round < 3000; ++round) {
        std::string damaged = bytes;
        for (int i = 0; i < 1 + round % 3; ++i)
            damaged[random() % damaged.size()] = static_cast<char>(random());
        member_subscription read;
        read.id = "damaged";
        if (decode_subscription(damaged, read).failed()) continue;
        for (const char* name : {"range", "roundrobin", "sticky", "cooperative-sticky"}) {
            const auto result = find_assignor(name)->assign({member("a|-|-|t,u||-1"), read}, topics);
            CHECK(count(result[0].partitions) + count(result[1].partitions) <= 7);
        }
    }
}

TEST_CASE("lists are tidied: topics once and in order, partitions once and in order, no empty topic") {
    CHECK(text_of(tidy(partitions("u:3,1,3;t:0;u:2"))) == "t:0;u:1,2,3");
    CHECK(tidy({{"t", {}}}).empty());
}
