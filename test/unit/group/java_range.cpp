// SPDX-License-Identifier: BSL-1.0
// What Java's tests of its range assignor state.
#include "java_facts.hpp"

#include <random>

using namespace kasio_test;

TEST_CASE("range shares out as Java's tests say") {
    check_facts(range_assignor(),
                {{"no topics wanted", "t1=3", {"c1|-|-|||-1"}, "c1="},
                 {"an unknown topic", "t2=3", {"c1|-|-|t1||-1"}, "c1="},
                 {"one member, one topic", "t1=3", {"c1|-|-|t1||-1"}, "c1=t1:0,1,2"},
                 {"a topic that nobody wants", "t1=3,other=3", {"c1|-|-|t1||-1"}, "c1=t1:0,1,2"},
                 {"one member, two topics", "t1=1,t2=2", {"c1|-|-|t1,t2||-1"}, "c1=t1:0;t2:0,1"},
                 {"one partition for two", "t1=1", {"c1|-|-|t1||-1", "c2|-|-|t1||-1"}, "c1=t1:0 c2="},
                 {"two partitions for two", "t1=2", {"c1|-|-|t1||-1", "c2|-|-|t1||-1"}, "c1=t1:0 c2=t1:1"},
                 {"only the second wants both",
                  "t1=3,t2=2",
                  {"c1|-|-|t1||-1", "c2|-|-|t1,t2||-1", "c3|-|-|t1||-1"},
                  "c1=t1:0 c2=t1:1;t2:0,1 c3=t1:2"},
                 {"two topics for two",
                  "t1=3,t2=3",
                  {"c1|-|-|t1,t2||-1", "c2|-|-|t1,t2||-1"},
                  "c1=t1:0,1;t2:0,1 c2=t1:2;t2:2"},
                 {"instance ids go before member ids",
                  "t1=3,t2=3",
                  {"c-b|i1|-|t1,t2||-1", "c-a|i2|-|t1,t2||-1"},
                  "c-a=t1:2;t2:2 c-b=t1:0,1;t2:0,1"},
                 {"who has an instance id goes first",
                  "t1=3,t2=3",
                  {"c-b|i1|-|t1,t2||-1", "c-a|-|-|t1,t2||-1"},
                  "c-a=t1:2;t2:2 c-b=t1:0,1;t2:0,1"},
                 {"three static members and a dynamic one",
                  "t1=5,t2=4",
                  {"c1|i1|-|t1,t2||-1", "c2|i2|-|t1,t2||-1", "c3|i3|-|t1,t2||-1", "c4|-|-|t1,t2||-1"},
                  "c1=t1:0,1;t2:0 c2=t1:2;t2:1 c3=t1:3;t2:2 c4=t1:4;t2:3"},
                 {"and another dynamic one in its place",
                  "t1=5,t2=4",
                  {"c1|i1|-|t1,t2||-1", "c2|i2|-|t1,t2||-1", "c3|i3|-|t1,t2||-1", "c5|-|-|t1,t2||-1"},
                  "c1=t1:0,1;t2:0 c2=t1:2;t2:1 c3=t1:3;t2:2 c5=t1:4;t2:3"},
                 {"three static members",
                  "t1=5,t2=5",
                  {"c1|i1|-|t1,t2||-1", "c2|i2|-|t1,t2||-1", "c3|i3|-|t1,t2||-1"},
                  "c1=t1:0,1;t2:0,1 c2=t1:2,3;t2:2,3 c3=t1:4;t2:4"},
                 {"and the same under other member ids",
                  "t1=5,t2=5",
                  {"c1|i1|-|t1,t2||-1", "c5|i2|-|t1,t2||-1", "c4|i3|-|t1,t2||-1"},
                  "c1=t1:0,1;t2:0,1 c4=t1:4;t2:4 c5=t1:2,3;t2:2,3"}});
}

TEST_CASE("the order of members is that of Java's tests") {
    check_facts(
        range_assignor(),
        {{"no instance ids", "t=3", {"a|-|-|t||-1", "b|-|-|t||-1", "c|-|-|t||-1"}, "a=t:0 b=t:1 c=t:2"},
         {"all", "t=3", {"a|y|-|t||-1", "b|z|-|t||-1", "c|x|-|t||-1"}, "a=t:1 b=t:2 c=t:0"},
         {"some", "t=3", {"a|-|-|t||-1", "b|y|-|t||-1", "c|x|-|t||-1"}, "a=t:2 b=t:1 c=t:0"}});
    // A hundred, half of them static, that come in any order.
    std::mt19937 random{4};
    std::vector<std::string> ids, dynamic;
    std::vector<member_subscription> members;
    for (int i = 100; i < 200; ++i) {
        const auto id = std::to_string(i);
        const bool is_static = random() % 2 == 0;
        (is_static ? ids : dynamic).push_back(id);
        members.push_back(member(id + '|' + (is_static ? id : "-") + "|-|t||-1"));
    }
    ids.insert(ids.end(), dynamic.begin(), dynamic.end());
    std::shuffle(members.begin(), members.end(), random);
    for (const auto& by : {range_assignor(), round_robin_assignor()}) {
        const auto assigned = by->assign(members, spread("t=100", rack_use::none));
        for (std::size_t i = 0; i < members.size(); ++i)
            CHECK(ids[static_cast<std::size_t>(assigned[i].partitions[0].partitions.at(0))] == members[i].id);
    }
}

TEST_CASE("range keeps static members' rack-aware shares when their member ids change") {
    const auto assign = [](const std::vector<const char*>& all) {
        std::vector<member_subscription> members;
        for (const char* each : all) members.push_back(member(each));
        return text_of(members, range_assignor()->assign(
                                    members, layout("t1:a/b,b/c,c/a,a/b,b/c;t2:a/b,b/c,c/a,a/b,b/c")));
    };
    CHECK(assign({"c1|i1|a|t1,t2||-1", "c2|i2|b|t1,t2||-1", "c3|i3|c|t1,t2||-1"}) ==
          "c1=t1:0,2;t2:0,2 c2=t1:1,3;t2:1,3 c3=t1:4;t2:4");
    CHECK(assign({"c1|i1|a|t1,t2||-1", "c5|i2|b|t1,t2||-1", "c4|i3|c|t1,t2||-1"}) ==
          "c1=t1:0,2;t2:0,2 c4=t1:4;t2:4 c5=t1:1,3;t2:1,3");
}

namespace {

const racks none{"-", "-", "-"};
const racks two{"a", "b"};
const racks three{"a", "b", "c"};
const racks four{"a", "b", "c", "d"};

/// Racks that are of no use: nobody has any, all have all, or nobody meets.
void check_without_racks(const char* sizes, const std::vector<std::string>& topics,
                         const std::vector<std::string>& result) {
    check_racks(range_assignor(), {{sizes, 3, none, three, topics, {}, result, -1},
                                   {sizes, 3, three, none, topics, {}, result, -1},
                                   {sizes, 3, three, three, topics, {}, result, 0},
                                   {sizes, 4, four, three, topics, {}, result, 0},
                                   {sizes, 3, three, {"d", "e", "f"}, topics, {}, result, -1},
                                   {sizes, 3, three, {"-", "e", "f"}, topics, {}, result, -1}});
}

} // namespace

TEST_CASE("range's racks: topics of three sizes, wanted by all") {
    const char* sizes = "t1=6,t2=7,t3=2";
    const std::vector<std::string> all(3, "t1,t2,t3");
    const std::vector<std::string> plain{"t1:0,1;t2:0,1,2;t3:0", "t1:2,3;t2:3,4;t3:1", "t1:4,5;t2:5,6"};
    check_without_racks(sizes, all, plain);
    check_racks(range_assignor(), {{sizes,
                                    1,
                                    three,
                                    three,
                                    all,
                                    {},
                                    {"t1:0,3;t2:0,3,6", "t1:1,4;t2:1,4;t3:0", "t1:2,5;t2:2,5;t3:1"},
                                    0},
                                   {sizes,
                                    2,
                                    three,
                                    three,
                                    all,
                                    {},
                                    {"t1:0,2;t2:0,2,3;t3:1", "t1:1,3;t2:1,4;t3:0", "t1:4,5;t2:5,6"},
                                    1},
                                   {sizes, 3, two, three, all, {}, plain, 4}});
}

TEST_CASE("range's racks: topics of three sizes, one not wanted by all") {
    const char* sizes = "t1=6,t2=7,t3=2";
    const std::vector<std::string> some{"t1,t2,t3", "t1,t2,t3", "t1,t3"};
    const std::vector<std::string> plain{"t1:0,1;t2:0,1,2,3;t3:0", "t1:2,3;t2:4,5,6;t3:1", "t1:4,5"};
    check_without_racks(sizes, some, plain);
    check_racks(
        range_assignor(),
        {{sizes, 1, three, three, some, {}, {"t1:0,3;t2:0,2,3,6", "t1:1,4;t2:1,4,5;t3:0", "t1:2,5;t3:1"}, 2},
         {sizes, 2, three, three, some, {}, {"t1:0,2;t2:0,2,3,5;t3:1", "t1:1,3;t2:1,4,6;t3:0", "t1:4,5"}, 0},
         {sizes, 3, two, three, some, {}, plain, 2}});
}

TEST_CASE("range's racks: topics of one size stay together before racks count") {
    const char* sizes = "t1=5,t2=5,t3=5";
    const std::vector<std::string> all(3, "t1,t2,t3");
    const std::vector<std::string> plain{"t1:0,1;t2:0,1;t3:0,1", "t1:2,3;t2:2,3;t3:2,3", "t1:4;t2:4;t3:4"};
    check_without_racks(sizes, all, plain);
    check_racks(range_assignor(), {{sizes, 1, three, three, all, {}, plain, 10},
                                   {sizes, 2, three, three, all, {}, plain, 5},
                                   {sizes, 3, two, three, all, {}, plain, 3}});
    const std::vector<std::string> some{"t1,t2,t3", "t1,t2,t3", "t1,t3"};
    const std::vector<std::string> uneven{"t1:0,1;t2:0,1,2;t3:0,1", "t1:2,3;t2:3,4;t3:2,3", "t1:4;t3:4"};
    check_without_racks(sizes, some, uneven);
    check_racks(range_assignor(), {{sizes,
                                    1,
                                    three,
                                    three,
                                    some,
                                    {},
                                    {"t1:0,1;t2:0,1,4;t3:0,1", "t1:2,3;t2:2,3;t3:2,3", "t1:4;t3:4"},
                                    9},
                                   {sizes,
                                    2,
                                    three,
                                    three,
                                    some,
                                    {},
                                    {"t1:2;t2:0,1,3;t3:2", "t1:0,3;t2:2,4;t3:0,3", "t1:1,4;t3:1,4"},
                                    0},
                                   {sizes, 3, two, three, some, {}, uneven, 2}});
}

TEST_CASE("range's racks: pairs of topics of one size") {
    const char* sizes = "t1=6,t2=6,t3=2,t4=2";
    const racks members{"a", "b", "b", "a"};
    const std::vector<std::string> pairs{"t1,t2", "t1,t2", "t3,t4", "t3,t4"};
    const std::vector<std::string> apart{"t1:0,1,2;t2:0,1,2", "t1:3,4,5;t2:3,4,5", "t3:0;t4:0", "t3:1;t4:1"};
    check_racks(range_assignor(), {{sizes, 3, two, members, pairs, {}, apart, -1},
                                   {sizes, 2, two, members, pairs, {}, apart, 0},
                                   {sizes,
                                    1,
                                    two,
                                    members,
                                    pairs,
                                    {},
                                    {"t1:0,2,4;t2:0,2,4", "t1:1,3,5;t2:1,3,5", "t3:1;t4:1", "t3:0;t4:0"},
                                    0}});
    const std::vector<std::string> all(4, "t1,t2,t3,t4");
    const std::vector<std::string> plain{"t1:0,1;t2:0,1;t3:0;t4:0", "t1:2,3;t2:2,3;t3:1;t4:1", "t1:4;t2:4",
                                         "t1:5;t2:5"};
    check_racks(range_assignor(),
                {{sizes, 3, two, members, all, {}, plain, -1},
                 {sizes, 2, two, members, all, {}, plain, 0},
                 {sizes,
                  1,
                  two,
                  members,
                  all,
                  {},
                  {"t1:0,2;t2:0,2;t3:0;t4:0", "t1:1,3;t2:1,3;t3:1;t4:1", "t1:5;t2:5", "t1:4;t2:4"},
                  0},
                 {sizes,
                  1,
                  three,
                  members,
                  all,
                  {},
                  {"t1:0,3;t2:0,3;t3:0;t4:0", "t1:1,4;t2:1,4;t3:1;t4:1", "t1:2;t2:2", "t1:5;t2:5"},
                  6}});
}

TEST_CASE("range's racks: three pairs of topics, and three that do not exist") {
    const char* sizes = "t1=6,t2=6,t3=2,t4=2,t5=4,t6=4";
    const std::vector<std::string> all(3, "t1,t2,t3,t4,t5,t6,t7,t8,t9");
    const std::vector<std::string> plain{"t1:0,1;t2:0,1;t3:0;t4:0;t5:0,1;t6:0,1",
                                         "t1:2,3;t2:2,3;t3:1;t4:1;t5:2;t6:2", "t1:4,5;t2:4,5;t5:3;t6:3"};
    check_racks(range_assignor(), {{sizes, 3, none, three, all, {}, plain, -1},
                                   {sizes, 3, three, three, all, {}, plain, 0},
                                   {sizes,
                                    2,
                                    three,
                                    three,
                                    all,
                                    {},
                                    {"t1:0,2;t2:0,2;t3:0;t4:0;t5:1;t6:1", "t1:1,3;t2:1,3;t3:1;t4:1;t5:2;t6:2",
                                     "t1:4,5;t2:4,5;t5:0,3;t6:0,3"},
                                    0}});
}

TEST_CASE("range looks at racks only where that changes something") {
    // Ten partitions on every rack, or each on one of three; members in racks that meet theirs or not.
    const std::vector<std::string> wanted(2, "t");
    const auto assign = [&](std::size_t replicas, const racks& brokers, const racks& in) {
        std::vector<member_subscription> members;
        for (std::size_t i = 0; i < in.size(); ++i)
            members.push_back(member('m' + std::to_string(i) + "|-|" + in[i] + "|t||-1"));
        return text_of(members, range_assignor()->assign(members, spread("t=10", replicas, brokers)));
    };
    const std::string plain = "m0=t:0,1,2,3,4 m1=t:5,6,7,8,9";
    CHECK(assign(3, none, {"-", "-"}) == plain);
    CHECK(assign(3, three, {"-", "-"}) == plain);
    CHECK(assign(3, none, {"a", "b"}) == plain);
    CHECK(assign(3, three, {"d", "d"}) == plain);
    CHECK(assign(3, three, {"b", "a"}) == plain);
    CHECK(assign(3, three, {"a", "d"}) == plain);
    CHECK(assign(1, three, {"b", "a"}) != plain);
    CHECK(assign(1, three, {"d", "a"}) != plain);
}
