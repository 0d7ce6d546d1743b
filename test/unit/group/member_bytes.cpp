// SPDX-License-Identifier: BSL-1.0
// The bytes of other members are not believed.
#include "groups.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"

#include <kasio/assignor.hpp>
#include "group/leader_duties.hpp"
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

TEST_CASE("a leader gives nothing to the member whose bytes cannot be read, and all to the others", "[G6]") {
    const auto good = encode_subscription(full_member(), "abc");
    for (const std::string& bad : {std::string{}, std::string{"x"}, good.substr(0, good.size() / 2)}) {
        protocol::join_group_response answer;
        for (const auto& [id, bytes] : {std::pair{"broken", &bad}, std::pair{"whole", &good}}) {
            auto& each = answer.members.emplace_back();
            each.member_id = id;
            each.metadata = *bytes;
        }
        leader_duties duties{answer};
        CHECK(duties.topics() == std::vector<std::string>{"t", "u"});
        REQUIRE_FALSE(duties.share_out(*range_assignor(), layout("t:_,_;u:_")));
        REQUIRE(duties.assignments().size() == 2);
        for (const auto& [id, bytes] : duties.assignments()) {
            member_assignment got;
            REQUIRE_FALSE(decode_assignment(bytes, got));
            CHECK(text_of(got.partitions) == (id == "whole" ? "t:0,1;u:0" : ""));
        }
    }
}

TEST_CASE("a leader sends nothing that its assignor shares out to two, or throws over", "[G6]") {
    class wrong final : public assignor {
    public:
        explicit wrong(bool throws) : throws_{throws} {}
        [[nodiscard]] std::string_view name() const noexcept override { return "wrong"; }
        [[nodiscard]] std::vector<member_assignment> assign(const std::vector<member_subscription>& members,
                                                            const std::vector<topic_layout>&) const override {
            if (throws_) throw std::runtime_error{"mine"};
            std::vector<member_assignment> all(members.size());
            for (auto& each : all) each.partitions = partitions("t:0");
            return all;
        }

    private:
        bool throws_;
    };
    const auto good = encode_subscription(full_member(), std::nullopt);
    for (const bool throws : {false, true}) {
        protocol::join_group_response answer;
        for (const char* const id : {"a", "b"}) {
            auto& each = answer.members.emplace_back();
            each.member_id = id;
            each.metadata = good;
        }
        leader_duties duties{answer};
        CHECK(duties.share_out(wrong{throws}, layout("t:_,_")) == errc::invalid_argument);
    }
}
