// SPDX-License-Identifier: BSL-1.0
// What Java's tests state of both sticky assignors, and what of sticky alone.
#include "java_facts.hpp"

#include <functional>
#include <tuple>

using namespace kasio_test;

namespace {

template <class Test>
void for_both(Test test) {
    for (const auto& by : {sticky_assignor(), cooperative_sticky_assignor()})
        for (const auto use : rack_uses) {
            INFO(by->name() << ", racks " << static_cast<int>(use));
            test(sticky_group{by, use});
        }
}

std::string numbered(const char* prefix, int number) {
    return prefix + std::string(number < 10 ? "0" : "") + std::to_string(number);
}

/// Topics numbered from `first` on with so many partitions each.
std::string sizes_of(int first, int end, const std::function<int(int)>& size) {
    std::string text;
    for (int i = first; i < end; ++i)
        text += (i > first ? "," : "") + numbered("t", i) + '=' + std::to_string(size(i));
    return text;
}

std::string names_of(int first, int end) {
    std::string text;
    for (int i = first; i < end; ++i) text += (i > first ? "," : "") + numbered("t", i);
    return text;
}

std::size_t of_topic(const partition_list& all, const std::string& topic) {
    std::size_t sum = 0;
    for (const auto& each : all) sum += each.topic == topic ? each.partitions.size() : 0;
    return sum;
}

using holders = std::map<std::string, partition_list>;

/// No two members swap partitions of one topic.
void check_no_swaps(const holders& before, const sticky_group& after) {
    std::map<std::pair<std::string, std::int32_t>, std::string> owner;
    for (const auto& [id, all] : before)
        for (const auto& [topic, numbers] : all)
            for (const auto number : numbers) owner[{topic, number}] = id;
    std::set<std::tuple<std::string, std::string, std::string>> moves;
    for (const auto& [id, all] : before) {
        if (!after.has(id)) continue;
        for (const auto& [topic, numbers] : after.of(id))
            for (const auto number : numbers)
                if (const auto at = owner.find({topic, number}); at != owner.end() && at->second != id)
                    moves.emplace(topic, at->second, id);
    }
    for (const auto& [topic, from, to] : moves) CHECK(moves.count({topic, to, from}) == 0);
}

} // namespace

TEST_CASE("both sticky assignors share out as Java's tests say") {
    const std::vector<fact> facts{
        {"no topics wanted", "t=3", {"c|-|-|||-1"}, "c="},
        {"a topic without partitions", "t=0", {"c|-|-|t||-1"}, "c="},
        {"one member, one topic", "t=3", {"c|-|-|t||-1"}, "c=t:0,1,2"},
        {"a topic of before that it wants no more", "t=2,u=2", {"c|-|-|t|t:0,1;u:0,1|1"}, "c=t:0,1"},
        {"one that is gone", "t=2", {"c|-|-|t|t:0,1;u:0,1|1"}, "c=t:0,1"},
        {"one member, two topics", "t1=1,t2=2", {"c|-|-|t1,t2||-1"}, "c=t1:0;t2:0,1"},
        {"one partition for two", "t=1", {"c1|-|-|t||-1", "c2|-|-|t||-1"}, "c1=t:0 c2="},
        {"two partitions for two", "t=2", {"c1|-|-|t||-1", "c2|-|-|t||-1"}, "c1=t:0 c2=t:1"},
        {"only the second wants both",
         "t1=3,t2=2",
         {"c1|-|-|t1||-1", "c2|-|-|t1,t2||-1", "c3|-|-|t1||-1"},
         "c1=t1:0,2 c2=t2:0,1 c3=t1:1"},
        {"two topics for two",
         "t1=3,t2=3",
         {"c1|-|-|t1,t2||-1", "c2|-|-|t1,t2||-1"},
         "c1=t1:0,2;t2:1 c2=t1:1;t2:0,2"},
        {"each has the common share, one gets more",
         "t1=2,t2=3",
         {"c1|-|-|t1,t2|t1:0;t2:1|1", "c2|-|-|t1,t2|t1:1;t2:2|1"},
         "c1=t1:0;t2:0,1 c2=t1:1;t2:2"},
        {"all have less than the common share",
         "t1=2,t2=3",
         {"c1|-|-|t1,t2|t1:0|1", "c2|-|-|t1,t2|t1:1|1", "c3|-|-|t1,t2||1"},
         "c1=t1:0;t2:1 c2=t1:1;t2:2 c3=t2:0"},
        {"two have their shares already",
         "t=4",
         {"c1|-|-|t|t:0,1|1", "c2|-|-|t|t:2|1", "c3|-|-|t||1"},
         "c1=t:0,1 c2=t:2 c3=t:3"},
        {"a claim of an older generation",
         "t=3,t2=3",
         {"c1|-|-|t,t2|t:0,2;t2:1|10", "c2|-|-|t,t2|t:0,2;t2:1|9"},
         "c1=t:0,2;t2:1 c2=t:1;t2:0,2"},
        {"a claim without generation",
         "t=3,t2=3",
         {"c1|-|-|t,t2|t:0,2;t2:1|10", "c2|-|-|t,t2|t:0,2;t2:1|-1"},
         "c1=t:0,2;t2:1 c2=t:1;t2:0,2"},
        {"some of the claims are of an older generation",
         "t=3,t2=3",
         {"c1|-|-|t,t2|t:0,1;t2:1|10", "c2|-|-|t,t2|t:0;t2:1,2|8"},
         "c1=t:0,1;t2:1 c2=t:2;t2:0,2"},
        {"three generations",
         "t=3,t2=3,t3=3",
         {"c1|-|-|t,t2,t3|t:0;t2:0;t3:0|10", "c2|-|-|t,t2,t3|t:1;t2:1;t3:1|9",
          "c3|-|-|t,t2,t3|t2:1;t3:0,2|8"},
         "c1=t:0;t2:0;t3:0 c2=t:1;t2:1;t3:1 c3=t:2;t2:2;t3:2"},
        {"generations apart, no claim twice: all keep theirs",
         "t=3,t1=3,t2=3,t3=3",
         {"c1|-|-|t,t2,t3,t1||-1", "c2|-|-|t,t2,t3,t1|t:0;t2:0;t1:0|9", "c3|-|-|t,t2,t3,t1|t3:2;t2:2;t1:1|8",
          "c4|-|-|t,t2,t3,t1|t3:1;t:1,2|7"},
         "c1=t1:2;t2:1;t3:0 c2=t:0;t1:0;t2:0 c3=t1:1;t2:2;t3:2 c4=t:1,2;t3:1"},
        {"one partition claimed by two in one generation",
         "t=3",
         {"c1|-|-|t|t:0,1|1", "c2|-|-|t|t:0,2|1", "c3|-|-|t||1"},
         "c1=t:1 c2=t:2 c3=t:0"},
        {"the same, shares uneven",
         "t=4",
         {"c1|-|-|t|t:0,1|1", "c2|-|-|t|t:0,2|1", "c3|-|-|t||1"},
         "c1=t:1,3 c2=t:2 c3=t:0"},
        {"what roundrobin does poorly",
         "t1=2,t2=1,t3=2,t4=1,t5=2",
         {"c1|-|-|t1,t2,t3,t4,t5||-1", "c2|-|-|t1,t3,t5||-1", "c3|-|-|t1,t3,t5||-1",
          "c4|-|-|t1,t2,t3,t4,t5||-1"},
         ""},
        {"what they have must move along",
         "t1=1,t2=1,t3=1,t4=1,t5=1,t6=1",
         {"c1|-|-|t1,t2|t1:0|1", "c2|-|-|t1,t2,t3,t4|t2:0;t3:0|1", "c3|-|-|t2,t3,t4,t5,t6|t4:0;t5:0;t6:0|1"},
         ""}};
    for (const auto& by : {sticky_assignor(), cooperative_sticky_assignor()}) check_settled(by, facts);
}

TEST_CASE("sticky: of two that have more than the common share one keeps one more") {
    for_both([](sticky_group group) {
        group.join("c1|-|-|t1,t2|t1:0;t2:0|1");
        group.join("c2|-|-|t1,t2|t1:1;t2:1|1");
        group.join("c3|-|-|t1,t2||1");
        // Which of both is left to the order of Java's hash table; Java's test has the second.
        CHECK(group.settle("t1=2,t2=2") == "c1=t1:0;t2:0 c2=t1:1 c3=t2:1");
    });
}

TEST_CASE("sticky: members come and go") {
    for_both([](sticky_group group) {
        group.join("c1|-|-|t||-1");
        CHECK(group.settle("t=3") == "c1=t:0,1,2");
        group.join("c2|-|-|t||-1");
        CHECK(group.settle("t=3") == "c1=t:0,1 c2=t:2");
        group.leave("c1");
        CHECK(group.settle("t=3") == "c2=t:0,1,2");
    });
    for_both([](sticky_group group) {
        group.join("c1|-|-|t1,t2||-1");
        group.join("c2|-|-|t1,t2||-1");
        CHECK(group.settle("t1=3,t2=4") == "c1=t1:0,2;t2:1,3 c2=t1:1;t2:0,2");
        group.join("c3|-|-|t1,t2||-1");
        group.join("c4|-|-|t1,t2||-1");
        CHECK(group.settle("t1=3,t2=4") == "c1=t1:0;t2:1 c2=t1:1;t2:0 c3=t1:2;t2:3 c4=t2:2");
        group.leave("c1");
        group.leave("c2");
        CHECK(group.settle("t1=3,t2=4") == "c3=t1:0,2;t2:1,3 c4=t1:1;t2:0,2");
    });
}

TEST_CASE("sticky: who gives up some gives up of all topics") {
    for_both([](sticky_group group) {
        const auto check = [&](std::size_t each, const std::vector<std::string>& ids) {
            group.settle("t1=12,t2=12");
            for (const auto& id : ids)
                for (const char* topic : {"t1", "t2"}) CHECK(of_topic(group.of(id), topic) == each);
        };
        group.join("c1|-|-|t1,t2||-1");
        check(12, {"c1"});
        group.join("c2|-|-|t1,t2||-1");
        check(6, {"c1", "c2"});
        group.join("c3|-|-|t1,t2||-1");
        group.join("c4|-|-|t1,t2||-1");
        check(3, {"c1", "c2", "c3", "c4"});
        group.leave("c1");
        group.leave("c2");
        check(6, {"c3", "c4"});
    });
}

TEST_CASE("sticky: topics come and go") {
    for_both([](sticky_group group) {
        group.join("c1|-|-|t||-1");
        group.join("c2|-|-|t||-1");
        group.settle("t=3");
        holders first{{"c1", group.of("c1")}, {"c2", group.of("c2")}}, second;
        for (const char* id : {"c1", "c2"}) group.want(id, "t,t2");
        group.settle("t=3,t2=3");
        for (const char* id : {"c1", "c2"}) {
            second[id] = group.of(id);
            CHECK(count(second[id]) == 3);
            CHECK(shared(first[id], second[id]) == count(first[id]));
            group.want(id, "t2");
        }
        group.settle("t2=3");
        for (const char* id : {"c1", "c2"}) CHECK(shared(group.of(id), second[id]) == count(group.of(id)));
    });
    for_both([](sticky_group group) {
        group.join("c|-|-|t1,t2,t3||-1");
        group.settle("t1=1,t3=100");
        CHECK(count(group.of("c")) == 101);
        group.want("c", "t2");
        CHECK(group.settle("t1=1,t3=100") == "c=");
    });
    for_both([](sticky_group group) {
        group.join("c|-|-|t||-1");
        CHECK(group.settle("t=3") == "c=t:0,1,2");
        CHECK(group.settle("") == "c=");
    });
}

TEST_CASE("sticky: the leader goes, the others keep theirs") {
    for_both([](sticky_group group) {
        for (const char* id : {"c1", "c2", "c3", "c4"}) group.join(std::string{id} + "|-|-|t||-1");
        CHECK(group.settle("t=3") == "c1=t:0 c2=t:1 c3=t:2 c4=");
        group.leave("c1");
        CHECK(group.settle("t=3") == "c2=t:1 c3=t:2 c4=t:0");
    });
}

TEST_CASE("sticky: many members and topics, one goes, one comes, one wants more") {
    for_both([](sticky_group group) {
        const auto sizes = sizes_of(1, 20, [](int i) { return i; });
        for (int i = 1; i < 20; ++i) group.join(numbered("c", i) + "|-|-|" + names_of(1, i + 1) + "||-1");
        group.settle(sizes);
        holders before;
        for (int i = 1; i < 20; ++i) before[numbered("c", i)] = group.of(numbered("c", i));
        group.leave("c10");
        group.settle(sizes);
        check_no_swaps(before, group);
    });
    for_both([](sticky_group group) {
        for (int i = 1; i < 10; ++i) group.join(numbered("c", i) + "|-|-|t||-1");
        group.settle("t=20");
        group.join("c10|-|-|t||-1");
        group.settle("t=20");
    });
    for_both([](sticky_group group) {
        const auto sizes = sizes_of(1, 15, [](int i) { return i; });
        for (int i = 1; i < 9; ++i) group.join(numbered("c", i) + "|-|-|" + names_of(1, 15) + "||-1");
        group.settle(sizes);
        holders before;
        for (int i = 1; i < 9; ++i) before[numbered("c", i)] = group.of(numbered("c", i));
        group.leave("c05");
        group.settle(sizes);
        for (const auto& [id, all] : before)
            if (group.has(id)) CHECK(shared(all, group.of(id)) == count(all));
    });
    for_both([](sticky_group group) {
        group.join("c0|-|-|||-1");
        group.join("c1|-|-|t1||-1");
        group.join("c2|-|-|t2,t3,t4||-1");
        group.settle("t1=1,t2=1,t3=1,t4=1");
        const holders before{{"c1", group.of("c1")}, {"c2", group.of("c2")}};
        group.want("c0", "t1");
        group.settle("t1=1,t2=1,t3=1,t4=1");
        check_no_swaps(before, group);
    });
}

TEST_CASE("sticky: one partition claimed in three generations, wishes unequal") {
    const int orders[][3] = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3}, {2, 3, 1}, {3, 1, 2}, {3, 2, 1}};
    for (const auto& order : orders)
        for_both([&](sticky_group group) {
            const char* claims[] = {"t:0,2", "t:1,2,3", "t:2,4,5"};
            for (int i = 0; i < 3; ++i)
                group.join('c' + std::to_string(i) + "|-|-|t|" + claims[i] + '|' + std::to_string(order[i]));
            group.join("c3|-|-|u|u:0|2");
            group.settle("t=6,u=1");
            for (const char* id : {"c0", "c1", "c2"}) CHECK(count(group.of(id)) == 2);
            CHECK(group.of("c3") == partitions("u:0"));
        });
}
