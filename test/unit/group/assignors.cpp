// SPDX-License-Identifier: BSL-1.0
// Situations that Java's assignors are published to be tested with, as facts.
#include "groups.hpp"
#include "support/catch.hpp"

#include <kasio/assignor.hpp>
#include "group/member_bytes.hpp"
#include "group/sticky_user_data.hpp"

using namespace kasio_test;

namespace {

struct situation {
    const char* what;
    const char* topics;
    std::vector<const char*> members;
    const char* result;
};

std::string assign(const std::shared_ptr<assignor>& by, const situation& in) {
    std::vector<member_subscription> members;
    for (const char* each : in.members) {
        members.push_back(member(each));
        if (by->name() == "sticky") {
            auto& made = members.back();
            made.user_data = by->user_data(made.owned, made.generation).value_or("");
            made.owned.clear();
        }
    }
    return text_of(members, by->assign(members, layout(in.topics)));
}

void check(const std::shared_ptr<assignor>& by, const std::vector<situation>& all) {
    for (const auto& each : all) {
        INFO(by->name() << ": " << each.what);
        CHECK(assign(by, each) == each.result);
    }
}

} // namespace

TEST_CASE("range gives the first members more, topic by topic") {
    check(range_assignor(),
          {{"nobody wants anything", "t:_,_", {"a|-|-|||-1"}, "a="},
           {"a topic that does not exist", "t:_,_", {"a|-|-|u||-1"}, "a="},
           {"one member", "t:_,_,_", {"a|-|-|t||-1"}, "a=t:0,1,2"},
           {"only the wanted topic", "t:_,_,_;u:_", {"a|-|-|t||-1"}, "a=t:0,1,2"},
           {"two topics", "t:_;u:_,_", {"a|-|-|t,u||-1"}, "a=t:0;u:0,1"},
           {"more members than partitions", "t:_", {"a|-|-|t||-1", "b|-|-|t||-1"}, "a=t:0 b="},
           {"as many as partitions", "t:_,_", {"a|-|-|t||-1", "b|-|-|t||-1"}, "a=t:0 b=t:1"},
           {"different topics",
            "t:_,_,_;u:_,_",
            {"a|-|-|t||-1", "b|-|-|t,u||-1", "c|-|-|t||-1"},
            "a=t:0 b=t:1;u:0,1 c=t:2"},
           {"two topics, two members",
            "t:_,_,_;u:_,_,_",
            {"a|-|-|t,u||-1", "b|-|-|t,u||-1"},
            "a=t:0,1;u:0,1 b=t:2;u:2"},
           {"static members stand first, by instance id",
            "t:_,_,_",
            {"a|-|-|t||-1", "b|i2|-|t||-1", "c|i1|-|t||-1"},
            "a=t:2 b=t:1 c=t:0"},
           {"a topic named twice counts once", "t:_,_", {"a|-|-|t,t||-1", "b|-|-|t||-1"}, "a=t:0 b=t:1"}});
}

TEST_CASE("range looks for partitions in the member's rack, within equal shares (KIP-881)") {
    check(range_assignor(),
          {{"each to its rack",
            "t:a,b,c",
            {"m0|-|c|t||-1", "m1|-|b|t||-1", "m2|-|a|t||-1"},
            "m0=t:2 m1=t:1 m2=t:0"},
           {"all replicas everywhere: as without racks",
            "t:a/b,b/a",
            {"m0|-|b|t||-1", "m1|-|a|t||-1"},
            "m0=t:0 m1=t:1"},
           {"no rack in common", "t:a,a", {"m0|-|x|t||-1", "m1|-|y|t||-1"}, "m0=t:0 m1=t:1"},
           {"equal shares before racks", "t:a,a,a,b", {"m0|-|a|t||-1", "m1|-|b|t||-1"}, "m0=t:0,1 m1=t:2,3"},
           {"topics of one size stay together, matched by both",
            "t:a,b;u:a,b",
            {"m0|-|b|t,u||-1", "m1|-|a|t,u||-1"},
            "m0=t:1;u:1 m1=t:0;u:0"},
           {"an empty rack is none", "t:b,a", {"m0|-||t||-1", "m1|-|b|t||-1"}, "m0=t:0 m1=t:1"}});
}

TEST_CASE("roundrobin deals all partitions out in turn") {
    check(round_robin_assignor(),
          {{"one member", "t:_,_,_", {"a|-|-|t||-1"}, "a=t:0,1,2"},
           {"more members than partitions", "t:_", {"a|-|-|t||-1", "b|-|-|t||-1"}, "a=t:0 b="},
           {"two topics go on in turn",
            "t:_,_,_;u:_,_,_",
            {"a|-|-|t,u||-1", "b|-|-|t,u||-1"},
            "a=t:0,2;u:1 b=t:1;u:0,2"},
           {"who does not want the topic is skipped",
            "t:_;u:_,_;v:_,_,_",
            {"c0|-|-|t||-1", "c1|-|-|t,u||-1", "c2|-|-|t,u,v||-1"},
            "c0=t:0 c1=u:0 c2=u:1;v:0,1,2"},
           {"static members stand first",
            "t:_,_,_",
            {"a|-|-|t||-1", "b|i2|-|t||-1", "c|i1|-|t||-1"},
            "a=t:2 b=t:1 c=t:0"}});
}

TEST_CASE("both sticky assignors keep what members have and stay balanced") {
    for (const auto& by : {sticky_assignor(), cooperative_sticky_assignor()})
        check(by, {{"one member", "t:_,_,_", {"a|-|-|t||-1"}, "a=t:0,1,2"},
                   {"nobody had anything", "t:_,_,_", {"a|-|-|t||-1", "b|-|-|t||-1"}, "a=t:0,2 b=t:1"},
                   {"a topic of theirs is gone",
                    "t:_,_",
                    {"a|-|-|t,u|t:0;u:0,1|3", "b|-|-|t,u|t:1|3"},
                    "a=t:0 b=t:1"},
                   {"a partition that does not exist",
                    "t:_,_",
                    {"a|-|-|t|t:0,7|3", "b|-|-|t|t:1,-1|3"},
                    "a=t:0 b=t:1"},
                   {"a member has gone", "t:_,_,_,_", {"a|-|-|t|t:0|3", "b|-|-|t|t:3|3"}, "a=t:0,1 b=t:2,3"},
                   {"nothing changed", "t:_,_,_", {"a|-|-|t|t:1,2|3", "b|-|-|t|t:0|3"}, "a=t:1,2 b=t:0"},
                   {"different topics",
                    "t:_;u:_;v:_",
                    {"a|-|-|t,u,v|t:0;v:0|1", "b|-|-|u|u:0|1"},
                    "a=t:0;v:0 b=u:0"}});
}

TEST_CASE("sticky moves what balance needs at once, cooperative-sticky lets go of it first") {
    const situation joined{"a member has come", "t:_,_,_,_", {"a|-|-|t|t:0,1,2,3|3", "b|-|-|t||-1"}, ""};
    CHECK(assign(sticky_assignor(), joined) == "a=t:0,1 b=t:2,3");
    CHECK(assign(cooperative_sticky_assignor(), joined) == "a=t:0,1 b=");
    const situation released{"and joins again", "t:_,_,_,_", {"a|-|-|t|t:0,1|4", "b|-|-|t||4"}, ""};
    CHECK(assign(cooperative_sticky_assignor(), released) == "a=t:0,1 b=t:2,3");
}

TEST_CASE("of two claims the newer generation holds, and of two in one generation neither", "[G6]") {
    const situation newer{"", "t:_,_", {"a|-|-|t|t:0,1|2", "b|-|-|t|t:0|3"}, ""};
    CHECK(assign(sticky_assignor(), newer) == "a=t:1 b=t:0");
    CHECK(assign(cooperative_sticky_assignor(), newer) == "a=t:1 b=t:0");
    // Which of both would get it is of no matter: one of them may still read it.
    const situation tied{"", "t:_,_,_", {"a|-|-|t|t:0,1|3", "b|-|-|t|t:1,2|3"}, ""};
    CHECK(assign(sticky_assignor(), tied) == "a=t:0,1 b=t:2");
    CHECK(assign(cooperative_sticky_assignor(), tied) == "a=t:0 b=t:2");
    // Who claims without a generation gives way to who has one.
    const situation old{"", "t:_,_", {"a|-|-|t|t:0,1|-1", "b|-|-|t|t:1|0"}, ""};
    CHECK(assign(cooperative_sticky_assignor(), old) == "a=t:0 b=t:1");
}

TEST_CASE("a member that no longer wants a topic does not keep it, and others wait until it has let go") {
    const situation in{"", "t:_;u:_", {"a|-|-|u|t:0|3", "b|-|-|t,u||3"}, ""};
    CHECK(assign(sticky_assignor(), in) == "a=u:0 b=t:0");
    CHECK(assign(cooperative_sticky_assignor(), in) == "a=u:0 b=");
}

TEST_CASE("partitions wander along several members where no single move would balance") {
    // a wants t, b wants t and u, c wants u: c is free, a has most.
    const situation in{"", "t:_,_,_;u:_", {"a|-|-|t|t:0,1,2|1", "b|-|-|t,u|u:0|1", "c|-|-|u||1"}, ""};
    CHECK(assign(sticky_assignor(), in) == "a=t:1,2 b=t:0 c=u:0");
}

TEST_CASE("sticky assignors fill by racks as far as shares allow") {
    check(
        sticky_assignor(),
        {{"each to its rack",
          "t:a,b,c",
          {"m0|-|c|t||-1", "m1|-|b|t||-1", "m2|-|a|t||-1"},
          "m0=t:2 m1=t:1 m2=t:0"},
         {"racks go before what members had", "t:a,b", {"m0|-|a|t|t:1|2", "m1|-|b|t|t:0|2"}, "m0=t:0 m1=t:1"},
         {"but nobody gives anything up where that aligns nothing",
          "t:a,a,a/c,a/c",
          {"m0|-|b|t|t:3|2", "m1|-|d|t|t:0|2", "m2|-|a|t|t:1|2", "m3|-|b|t|t:2|2"},
          "m0=t:3 m1=t:0 m2=t:1 m3=t:2"}});
}

TEST_CASE("no members, no topics") {
    for (const char* name : {"range", "roundrobin", "sticky", "cooperative-sticky"}) {
        const auto by = find_assignor(name);
        REQUIRE(by);
        CHECK(by->name() == name);
        CHECK(by->assign({}, layout("t:_")).empty());
        CHECK(by->assign({member("a|-|-|t||-1")}, {}) == std::vector<member_assignment>(1));
        CHECK((by->protocol() == rebalance_protocol::cooperative) == (by->name() == "cooperative-sticky"));
    }
    CHECK_FALSE(find_assignor("rangE"));
}
