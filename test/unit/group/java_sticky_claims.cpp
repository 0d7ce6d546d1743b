// SPDX-License-Identifier: BSL-1.0
// What Java's tests state of sticky's user data and of members that missed generations, and of large groups.
#include "java_facts.hpp"

#include <functional>
#include <random>

using namespace kasio_test;

namespace {

std::string assign(const std::vector<member_subscription>& members, const std::vector<topic_layout>& topics) {
    return text_of(members, sticky_assignor()->assign(members, topics));
}

/// With the same wishes and with different ones.
template <class Test>
void for_wishes(Test test) {
    for (const auto use : rack_uses)
        for (const bool same : {true, false}) {
            INFO("racks " << static_cast<int>(use) << (same ? ", same wishes" : ", different wishes"));
            test(sticky_group{sticky_assignor(), use}, same);
        }
}

std::string says(const char* id, const std::string& topics, const partition_list& owned, int generation) {
    return id + std::string("|-|-|") + topics + '|' + text_of(owned) + '|' + std::to_string(generation);
}

} // namespace

TEST_CASE("sticky looks at user data alone, of both kinds") {
    // The subscription says otherwise, and in a higher generation.
    auto both = member("c1|-|-|t|t:0|1");
    both.user_data = encode_sticky(partitions("t:1"), 0);
    auto other = member("c2|-|-|t||-1");
    CHECK(assign({both, other}, spread("t=2", rack_use::none)) == "c1=t:1 c2=t:0");
    // Written before Kafka 2.3: no generation at the end.
    auto old = member("c2|-|-|t||-1");
    old.user_data = encode_sticky(partitions("t:1"), 0);
    old.user_data.resize(old.user_data.size() - 4);
    CHECK(decode_sticky(old.user_data)->generation == -1);
    auto newer = member("c1|-|-|t||1");
    newer.user_data = encode_sticky(partitions("t:0,2"), 1);
    CHECK(assign({newer, old, member("c3|-|-|t||-1")}, spread("t=3", rack_use::none)) ==
          "c1=t:0 c2=t:1 c3=t:2");
    // Subscriptions of versions 0, 1 and 2 differ in what stands beside the user data.
    std::vector<member_subscription> members{member("c1|-|-|t||-1"), member("c2|-|-|t|t:1|-1"),
                                             member("c3|-|-|t||1")};
    members[0].user_data = encode_sticky(partitions("t:0"), 1);
    members[1].user_data = encode_sticky(partitions("t:1"), 1);
    members[2].user_data = encode_sticky({}, 1);
    CHECK(assign(members, spread("t=3", rack_use::none)) == "c1=t:0 c2=t:1 c3=t:2");
}

TEST_CASE("sticky: one goes, and comes back with claims of old when another has gone") {
    for_wishes([](sticky_group group, bool same) {
        const std::string second = same ? "t,t2" : "t";
        group.join("c1|-|-|t,t2||-1");
        group.join(says("c2", second, {}, -1));
        group.join("c3|-|-|t,t2||-1");
        group.settle("t=6,t2=6");
        const auto one = group.of("c1"), two = group.of("c2"), three = group.of("c3");
        CHECK((count(one) == 4 && count(two) == 4 && count(three) == 4));
        group.leave("c3");
        group.settle("t=6,t2=6");
        CHECK((count(group.of("c1")) == 6 && count(group.of("c2")) == 6));
        if (same) CHECK(shared(one, group.of("c1")) == 4);
        CHECK(shared(two, group.of("c2")) == 4);
        CHECK(shared(three, group.of("c2")) > 0);
        group.leave("c1");
        group.join(says("c3", "t,t2", three, 1));
        group.settle("t=6,t2=6");
        CHECK((count(group.of("c2")) == 6 && count(group.of("c3")) == 6));
    });
}

TEST_CASE("sticky: one was alone for a while, then two come back with claims of old") {
    for_wishes([](sticky_group group, bool same) {
        const std::string first = same ? "t,t2,t3" : "t", third = same ? "t,t2,t3" : "t,t2";
        group.join(says("c1", first, {}, -1));
        group.join("c2|-|-|t,t2,t3||-1");
        group.join(says("c3", third, {}, -1));
        group.settle("t=4,t2=4,t3=4");
        const auto one = group.of("c1"), two = group.of("c2"), three = group.of("c3");
        CHECK((count(one) == 4 && count(two) == 4 && count(three) == 4));
        group.leave("c1");
        group.leave("c3");
        group.settle("t=4,t2=4,t3=4");
        CHECK((count(group.of("c2")) == 12 && shared(two, group.of("c2")) == 4));
        group.join(says("c1", first, one, 1));
        group.join(says("c3", third, three, 1));
        group.settle("t=4,t2=4,t3=4");
        for (const char* id : {"c1", "c2", "c3"}) CHECK(count(group.of(id)) == 4);
    });
}

TEST_CASE("sticky: claims of two generations that overlap") {
    for_wishes([](sticky_group group, bool same) {
        const auto two = partitions("t:0,1;t2:0,1,2,3"), three = partitions("t:2,3;t3:0,1,2,3");
        group.join(same ? "c1|-|-|t,t2,t3|t:0,1,2;t2:2,3;t3:0|1" : "c1|-|-|t|t:0,1,2,3|1");
        group.join(says("c2", same ? "t,t2,t3" : "t,t2", two, 2));
        group.join(says("c3", "t,t2,t3", three, 2));
        group.settle("t=4,t2=4,t3=4");
        for (const char* id : {"c1", "c2", "c3"}) CHECK(count(group.of(id)) == 4);
        CHECK(shared(group.of("c2"), two) == 4);
        CHECK(shared(group.of("c3"), three) == 4);
    });
}

namespace {

/// Java takes 500 topics of 2,000 partitions and 2,000 members, and checks that it ends in time; here less.
void check_large(int topics, int partitions, int members, const std::function<std::string(int)>& wishes) {
    std::string sizes;
    for (int i = 0; i < topics; ++i)
        sizes += (i ? "," : "") + ('t' + std::to_string(i)) + '=' + std::to_string(partitions);
    for (const auto& by : {sticky_assignor(), cooperative_sticky_assignor()})
        for (const auto use : {rack_use::none, rack_use::both}) {
            sticky_group group{by, use};
            for (int i = 0; i < members; ++i)
                group.join('c' + std::to_string(i) + "|-|-|" + wishes(i) + "||-1");
            const auto first = group.settle(sizes);
            CHECK(group.settle(sizes) == first);
        }
}

std::string names(int first, int end) {
    std::string text;
    for (int i = first; i < end; ++i) text += (i > first ? ",t" : "t") + std::to_string(i);
    return text;
}

} // namespace

TEST_CASE("sticky: a large group that wants the same, where nothing then changes") {
    check_large(10, 600, 120, [](int) { return names(0, 10); });
}

TEST_CASE("sticky: a large group of which one wants less") {
    check_large(10, 200, 100, [](int i) { return i == 99 ? names(0, 1) : names(0, 10); });
}

TEST_CASE("sticky: every fourth wants one half of the topics, the others the other") {
    check_large(50, 40, 20, [](int i) { return i % 4 == 0 ? names(0, 25) : names(25, 50); });
}

TEST_CASE("sticky: fifty of two hundred with random wishes leave, and random groups change their minds") {
    std::mt19937 random{5};
    const auto wishes = [&](int topics, unsigned most) {
        std::string text;
        for (unsigned left = random() % most; left > 0; --left)
            text += (text.empty() ? "t" : ",t") + std::to_string(random() % static_cast<unsigned>(topics));
        return text;
    };
    for (const auto& by : {sticky_assignor(), cooperative_sticky_assignor()})
        for (const auto use : {rack_use::none, rack_use::both}) {
            std::string sizes;
            for (int i = 0; i < 40; ++i)
                sizes += (i ? ",t" : "t") + std::to_string(i) + '=' + std::to_string(random() % 10 + 1);
            sticky_group large{by, use};
            for (int i = 0; i < 200; ++i)
                large.join('c' + std::to_string(i) + "|-|-|" + wishes(40, 20) + "||-1");
            large.settle(sizes);
            for (int i = 0; i < 50; ++i) large.leave('c' + std::to_string(random() % 200));
            large.settle(sizes);
            for (int round = 0; round < 5; ++round) {
                const int topics = 10 + static_cast<int>(random() % 10);
                const int members = 20 + static_cast<int>(random() % 20);
                sizes.clear();
                for (int i = 0; i < topics; ++i)
                    sizes += (i ? ",t" : "t") + std::to_string(i) + '=' + std::to_string(i + 1);
                sticky_group group{by, use};
                for (int i = 0; i < members; ++i)
                    group.join('c' + std::to_string(i) + "|-|-|" + wishes(topics, 20) + "||-1");
                group.settle(sizes);
                for (int i = 0; i < members; ++i) group.want('c' + std::to_string(i), wishes(topics, 20));
                group.settle(sizes);
            }
        }
}
