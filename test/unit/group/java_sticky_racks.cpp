// SPDX-License-Identifier: BSL-1.0
// What Java's tests state of both sticky assignors and racks.
#include "java_facts.hpp"

using namespace kasio_test;

namespace {

const racks none{"-", "-", "-"};
const racks two{"a", "b"};
const racks three{"a", "b", "c"};
const racks four{"a", "b", "c", "d"};
const char* sizes = "t1=6,t2=7,t3=2";

struct case_of_racks {
    std::size_t replicas;
    racks brokers;
    racks members;
    std::vector<std::string> result;
    int strangers;
};

/// From nothing, and with that result as what members had.
void check_twice(const std::vector<std::string>& topics, const std::vector<case_of_racks>& all) {
    for (const auto& by : {sticky_assignor(), cooperative_sticky_assignor()})
        for (const auto& [replicas, brokers, members, result, strangers] : all) {
            check_racks(by, {{sizes, replicas, brokers, members, topics, {}, result, strangers}});
            check_racks(by, {{sizes, replicas, brokers, members, topics, result, result, strangers}});
        }
}

/// Where racks are of no use: nobody has any, all have all, or nobody meets.
std::vector<case_of_racks> useless(const std::vector<std::string>& result) {
    return {{3, none, three, result, -1},
            {3, three, none, result, -1},
            {3, three, three, result, 0},
            {4, four, three, result, 0},
            {3, three, {"d", "e", "f"}, result, -1},
            {3, three, {"-", "e", "f"}, result, -1}};
}

} // namespace

TEST_CASE("sticky racks: all want the same") {
    const std::vector<std::string> all(3, "t1,t2,t3");
    const std::vector<std::string> plain{"t1:0,3;t2:0,3,6", "t1:1,4;t2:1,4;t3:0", "t1:2,5;t2:2,5;t3:1"};
    check_twice(all, useless(plain));
    check_twice(all, {{1, three, three, plain, 0}, {2, three, three, plain, 0}, {3, two, three, plain, 5}});
    // What they had was in other racks.
    check_racks(
        sticky_assignor(),
        {{sizes, 1, three, three, all, {"t1:0,1,2,3,4", "t1:5;t2:0,1,2,3", "t2:4,5,6;t3:0,1"}, plain, 0}});
}

TEST_CASE("sticky racks: one does not want all topics") {
    const std::vector<std::string> some{"t1,t2,t3", "t1,t2,t3", "t1,t3"};
    const std::vector<std::string> plain{"t1:5;t2:0,2,4,6", "t1:3;t2:1,3,5;t3:0", "t1:0,1,2,4;t3:1"};
    const std::vector<std::string> single{"t1:3;t2:0,2,3,6", "t1:4;t2:1,4,5;t3:0", "t1:0,1,2,5;t3:1"};
    const std::vector<std::string> owned{"t1:0,1,2,3,4", "t1:5;t2:0,1,2,3", "t2:4,5,6;t3:0,1"};
    check_twice(some, useless(plain));
    check_twice(some, {{1, three, three, single, 4},
                       {2, three, three, {"t1:3;t2:0,2,5,6", "t1:0;t2:1,3,4;t3:0", "t1:1,2,4,5;t3:1"}, 0},
                       {3, two, three, plain, 5}});
    // Eager members tell it in their user data alone: what stands in the subscription is not looked at.
    check_racks(sticky_assignor(), {{sizes, 1, three, three, some, owned, single, 4},
                                    {sizes, 3, three, three, some, owned, plain, 0}});
    // First they let go, then they get.
    const std::vector<std::string> left{"t1:3", "t2:1", "t3:1"};
    check_racks(cooperative_sticky_assignor(), {{sizes, 1, three, three, some, owned, left, 0},
                                                {sizes, 1, three, three, some, left, single, 4}});
    const std::vector<std::string> kept{"t1:2,3,4", "t2:0,1,2,3", "t3:0,1"};
    check_racks(
        cooperative_sticky_assignor(),
        {{sizes, 3, three, three, some, owned, kept, 0},
         {sizes, 3, three, three, some, kept, {"t1:2,3,4;t2:4,5", "t2:0,1,2,3,6", "t1:0,1,5;t3:0,1"}, 0}});
}
