// SPDX-License-Identifier: BSL-1.0
// What Java's tests state of cooperative-sticky alone: what is held back first, and where claims stand.
#include "java_facts.hpp"

using namespace kasio_test;

namespace {

struct held_back {
    const char* what;
    const char* sizes;
    std::vector<std::string> members;
    const char* first;
    const char* settled;
};

std::string assign(const std::vector<member_subscription>& members, const std::vector<topic_layout>& topics) {
    return text_of(members, cooperative_sticky_assignor()->assign(members, topics));
}

} // namespace

TEST_CASE("cooperative-sticky first holds back what others still have, as Java's tests say") {
    for (const auto& each :
         std::vector<held_back>{{"one has come",
                                 "t=3",
                                 {"c1|-|-|t|t:0,1,2|1", "c2|-|-|t||1"},
                                 "c1=t:0,1 c2=",
                                 "c1=t:0,1 c2=t:2"},
                                {"two have come",
                                 "t1=3,t2=4",
                                 {"c1|-|-|t1,t2|t1:0,2;t2:1,3|1", "c2|-|-|t1,t2|t1:1;t2:0,2|1",
                                  "c3|-|-|t1,t2||1", "c4|-|-|t1,t2||1"},
                                 "c1=t1:0;t2:1 c2=t1:1;t2:0 c3= c4=",
                                 "c1=t1:0;t2:1 c2=t1:1;t2:0 c3=t1:2;t2:3 c4=t2:2"},
                                {"one partition claimed twice in one generation",
                                 "t=3",
                                 {"c1|-|-|t|t:0,1|1", "c2|-|-|t|t:0,2|1", "c3|-|-|t||1"},
                                 "c1=t:1 c2=t:2 c3=",
                                 "c1=t:1 c2=t:2 c3=t:0"},
                                {"the same, shares uneven",
                                 "t=4",
                                 {"c1|-|-|t|t:0,1|1", "c2|-|-|t|t:0,2|1", "c3|-|-|t||1"},
                                 "c1=t:1,3 c2=t:2 c3=",
                                 "c1=t:1,3 c2=t:2 c3=t:0"}})
        for (const auto use : rack_uses) {
            INFO(each.what << ", racks " << static_cast<int>(use));
            sticky_group group{cooperative_sticky_assignor(), use};
            for (const auto& joins : each.members) group.join(joins);
            CHECK(group.settle(each.sizes) == each.settled);
            CHECK(group.first == each.first);
        }
}

TEST_CASE("cooperative-sticky: what goes home to its rack is let go of first") {
    std::vector<member_subscription> members{member("c0|-|a|t|t:0,1|1"), member("c1|-|b|t|t:2,3|1")};
    const auto topics = spread("t=4", 1, {"a", "b"});
    CHECK(assign(members, topics) == "c0=t:0 c1=t:3");
    members = {member("c0|-|a|t|t:0|2"), member("c1|-|b|t|t:3|2")};
    CHECK(assign(members, topics) == "c0=t:0,2 c1=t:1,3");
}

TEST_CASE("cooperative-sticky's user data is the generation, and stands in for one that is missing") {
    const auto by = cooperative_sticky_assignor();
    CHECK(decode_cooperative_sticky(by->user_data({}, -1).value()) == -1);
    CHECK(decode_cooperative_sticky(by->user_data({}, 10).value()) == 10);
    CHECK(decode_cooperative_sticky("") == -1);
    const std::string three = encode_cooperative_sticky(3);
    const auto assign_with = [&](std::int32_t in_subscription, const std::string& user_data,
                                 std::int32_t other) {
        std::vector<member_subscription> members{member("c1|-|-|t|t:0|-1"), member("c2|-|-|t|t:0,1|-1")};
        members[0].generation = in_subscription;
        members[0].user_data = user_data;
        members[1].generation = other;
        return assign(members, spread("t=2", rack_use::none));
    };
    // A member from before Kafka 3.2 against newer ones of an older and of a newer generation.
    CHECK(assign_with(-1, three, 2) == "c1=t:0 c2=t:1");
    CHECK(assign_with(-1, three, 4) == "c1= c2=t:0");
    CHECK(assign_with(-1, "", 0) == "c1= c2=t:0");
    // What the subscription says goes first.
    CHECK(assign_with(5, three, 4) == "c1=t:0 c2=t:1");
}

TEST_CASE("cooperative-sticky: partitions stand in the subscription, never in the user data") {
    for (const int in_user_data : {0, 1}) {
        std::vector<member_subscription> members{member("c1|-|-|t||1"), member("c2|-|-|t|t:0|1")};
        members[0].user_data = encode_sticky(partitions("t:0"), in_user_data);
        CHECK(assign(members, spread("t=2", rack_use::none)) == "c1=t:1 c2=t:0");
    }
}

TEST_CASE("cooperative-sticky: members that tell their generation in either place") {
    std::vector<member_subscription> members{member("c1|-|-|t|t:0|-1"), member("c2|-|-|t|t:1|-1"),
                                             member("c3|-|-|t||1")};
    for (int i : {0, 1}) members[static_cast<std::size_t>(i)].user_data = encode_cooperative_sticky(1);
    CHECK(assign(members, spread("t=3", rack_use::none)) == "c1=t:0 c2=t:1 c3=t:2");
}
