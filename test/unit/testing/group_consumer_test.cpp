// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include "testing/group_consumer.hpp"

#include <algorithm>
#include <random>

using namespace kasio;
using namespace kasio::testing;
using namespace std::chrono_literals;

namespace {

uuid id_of(std::uint8_t number) {
    uuid id;
    id.bytes[0] = number;
    return id;
}

partition_set parts(std::uint8_t topic, std::vector<std::int32_t> numbers) {
    partition_set set;
    for (const auto number : numbers) set.insert({id_of(topic), number});
    return set;
}

/// A coordinator with one group, and members driven by hand.
struct coordinator {
    group_limits limits;
    consumer_group group{limits, 45s};
    group_topics topics{{"one", {id_of(1), 4}}, {"two", {id_of(2), 4}}};
    group_time now{};

    consumer_beat_result join(const std::string& id, std::set<std::string> wanted = {"one"},
                              std::optional<std::string> instance = {}) {
        consumer_beat asked;
        asked.member_id = id;
        asked.instance_id = std::move(instance);
        asked.rebalance_timeout = 60s;
        asked.topics = std::move(wanted);
        return group.beat(asked, topics, now);
    }
    consumer_beat_result beat(const std::string& id, std::int32_t epoch,
                              std::optional<partition_set> owned = {},
                              std::optional<std::string> instance = {}) {
        consumer_beat asked;
        asked.member_id = id;
        asked.instance_id = std::move(instance);
        asked.epoch = epoch;
        asked.owned = std::move(owned);
        return group.beat(asked, topics, now);
    }
};

} // namespace

TEST_CASE("a member that joins is given all, and nothing new when it beats on") {
    coordinator c;
    const auto joined = c.join("a");
    CHECK(joined.error == broker_errc::none);
    CHECK(joined.epoch == 1);
    CHECK(joined.assignment == parts(1, {0, 1, 2, 3}));
    const auto next = c.beat("a", 1);
    CHECK(next.epoch == 1);
    CHECK_FALSE(next.assignment);
    CHECK(c.group.state_name() == "Stable");
}

TEST_CASE("a partition goes to its next owner only when the former let go of it") {
    coordinator c;
    c.join("a");
    const auto b = c.join("b");
    CHECK(b.epoch == 2);
    CHECK(b.assignment == partition_set{});
    CHECK(c.group.state_name() == "Reconciling");
    // The owner is told what it keeps, stays in its epoch, and is asked again until it has let go.
    const auto told = c.beat("a", 1);
    REQUIRE(told.assignment);
    const partition_set kept = *told.assignment;
    CHECK(kept.size() == 2);
    CHECK(told.epoch == 1);
    CHECK_FALSE(c.beat("a", 1).assignment);
    CHECK_FALSE(c.beat("b", 2).assignment);
    CHECK_FALSE(c.beat("a", 1, parts(1, {0, 1, 2, 3})).assignment);
    const auto released = c.beat("a", 1, kept);
    CHECK(released.epoch == 2);
    const auto given = c.beat("b", 2);
    REQUIRE(given.assignment);
    CHECK(given.assignment->size() == 2);
    for (const auto& partition : *given.assignment) CHECK_FALSE(kept.contains(partition));
    CHECK(c.group.state_name() == "Stable");
}

TEST_CASE("who does not let go within its rebalance time-out is fenced") {
    coordinator c;
    c.join("a");
    c.join("b");
    CHECK(c.beat("a", 1).assignment->size() == 2);
    CHECK(*c.group.next_deadline() == c.now + 45s);
    c.now += 30s;
    c.beat("a", 1);
    c.beat("b", 2);
    c.now += 30s;
    c.group.on_time(c.now);
    CHECK(c.beat("a", 1).error == broker_errc::unknown_member_id);
    CHECK(c.beat("b", 2).assignment == parts(1, {0, 1, 2, 3}));
}

TEST_CASE("a session that ends frees what the member had") {
    coordinator c;
    c.join("a");
    c.join("b");
    c.now += 44s;
    c.beat("b", 2);
    c.now += 1s;
    c.group.on_time(c.now);
    CHECK(c.group.members().size() == 1);
    CHECK(c.beat("b", 2).assignment == parts(1, {0, 1, 2, 3}));
}

TEST_CASE("epochs that are not the member's are fenced, but the last one when its answer may be lost") {
    coordinator c;
    c.join("a");
    c.join("b");
    const auto kept = *c.beat("a", 1).assignment;
    CHECK(c.beat("a", 1, kept).epoch == 2);
    // That answer was lost: the member says the same again.
    CHECK(c.beat("a", 1, kept).epoch == 2);
    CHECK(c.beat("a", 1).error == broker_errc::fenced_member_epoch);
    CHECK(c.beat("a", 1, parts(1, {0, 1, 2, 3})).error == broker_errc::fenced_member_epoch);
    CHECK(c.beat("a", 7).error == broker_errc::fenced_member_epoch);
    CHECK(c.beat("c", 2).error == broker_errc::unknown_member_id);
    // Fenced members come back with nothing, under their ids.
    const auto again = c.join("a");
    CHECK(again.error == broker_errc::none);
    CHECK(again.assignment == kept);
    CHECK(c.group.members().size() == 2);
}

TEST_CASE("members leave for good, and static ones for a while") {
    coordinator c;
    c.join("a");
    c.join("s1", {"one"}, "instance");
    c.beat("a", 1, c.beat("a", 1).assignment);
    const auto had = *c.beat("s1", 2, {}, "instance").assignment;
    CHECK(c.beat("s1", -2, {}, "instance").epoch == -2);
    c.beat("a", 2);
    CHECK(c.group.epoch() == 2);
    CHECK(c.join("s2", {"one"}, "instance").assignment == had);
    CHECK(c.group.epoch() == 2);
    CHECK(c.join("s3", {"one"}, "instance").error == broker_errc::unreleased_instance_id);
    CHECK(c.beat("s1", 2, {}, "instance").error == broker_errc::fenced_instance_id);
    CHECK(c.beat("s1", -1, {}, "instance").error == broker_errc::fenced_instance_id);
    CHECK(c.beat("s2", -1, {}, "instance").epoch == -1);
    CHECK(c.beat("a", 2).assignment == parts(1, {0, 1, 2, 3}));
    CHECK(c.beat("a", -1).error == broker_errc::none);
    CHECK(c.group.state_name() == "Empty");
    CHECK(c.beat("a", -1).error == broker_errc::unknown_member_id);
}

TEST_CASE("subscriptions change, by name and by expression, and so do topics") {
    coordinator c;
    c.join("a");
    consumer_beat asked;
    asked.member_id = "a";
    asked.epoch = 1;
    asked.topics = std::set<std::string>{"two", "three"};
    CHECK(c.group.beat(asked, c.topics, c.now).assignment == partition_set{});
    CHECK(c.beat("a", 1, partition_set{}).assignment == parts(2, {0, 1, 2, 3}));
    CHECK(c.group.is_subscribed("two"));
    CHECK_FALSE(c.group.is_subscribed("one"));
    // A topic appears, another grows.
    c.topics["three"] = {id_of(3), 1};
    c.topics["two"].partitions = 5;
    auto grown = parts(2, {0, 1, 2, 3, 4});
    grown.merge(parts(3, {0}));
    CHECK(c.beat("a", 2).assignment == grown);
    // Names and an expression add up; the whole name must fit.
    asked.epoch = c.group.epoch();
    asked.topics = std::set<std::string>{};
    asked.regex = "t.*";
    CHECK_FALSE(c.group.beat(asked, c.topics, c.now).assignment);
    c.topics["not"] = {id_of(4), 1};
    CHECK_FALSE(c.beat("a", c.group.epoch()).assignment);
    CHECK(is_regex("a|b"));
    CHECK_FALSE(is_regex("a("));
}

TEST_CASE("commits are checked against the member's epoch and when it got the partition") {
    coordinator c;
    const auto check = [&](const char* id, std::int32_t epoch, std::int32_t partition) {
        return c.group.check_commit(id, epoch, {id_of(1), partition});
    };
    CHECK(check("", -1, 0) == broker_errc::none);
    c.join("a");
    CHECK(check("", -1, 0) == broker_errc::unknown_member_id);
    CHECK(check("a", 1, 0) == broker_errc::none);
    c.join("b");
    const auto kept = *c.beat("a", 1).assignment;
    c.beat("a", 1, kept);
    const auto moved = c.beat("b", 2).assignment->begin()->second;
    CHECK(check("a", 1, kept.begin()->second) == broker_errc::none);
    CHECK(check("a", 1, moved) == broker_errc::stale_member_epoch);
    CHECK(check("a", 3, kept.begin()->second) == broker_errc::stale_member_epoch);
    CHECK(check("b", 1, moved) == broker_errc::stale_member_epoch);
    CHECK(check("c", 2, 0) == broker_errc::unknown_member_id);
    CHECK(c.group.check_fetch("a", 2) == broker_errc::none);
    CHECK(c.group.check_fetch("a", 1) == broker_errc::stale_member_epoch);
}

TEST_CASE("the coordinator's assignors share out evenly; uniform keeps what it can, range keeps neighbours") {
    const group_topics topics{{"one", {id_of(1), 5}}, {"two", {id_of(2), 5}}};
    const std::set<std::string> both{"one", "two"};
    std::vector<assignable_member> members{{"b", {}, both, {}}, {"a", {}, both, {}}};
    auto ranged = assign(range_name, members, topics);
    auto low = parts(1, {0, 1, 2});
    low.merge(parts(2, {0, 1, 2}));
    CHECK(ranged["a"] == low);
    auto even = assign(uniform_name, members, topics);
    CHECK(even["a"].size() == 5);
    for (auto& member : members) member.target = even[member.id];
    members.push_back({"c", {}, both, {}});
    auto next = assign(uniform_name, members, topics);
    CHECK(next["c"].size() == 3);
    for (const char* const id : {"a", "b"})
        CHECK(std::includes(even[id].begin(), even[id].end(), next[id].begin(), next[id].end()));
    members.push_back({"d", {}, {"two"}, {}});
    CHECK(assign(uniform_name, members, topics)["d"].size() >= 2);
    CHECK(assign(range_name, members, {})["d"].empty());
}

TEST_CASE("however members come and go, no partition has two owners, and all settles") {
    for (unsigned seed = 0; seed < 200; ++seed) {
        INFO("seed " << seed);
        std::mt19937 random{seed};
        coordinator c;
        struct client {
            std::int32_t epoch = 0;
            partition_set owned;
        };
        std::map<std::string, client> clients;
        int named = 0;
        const auto take = [&](const std::string& id, const consumer_beat_result& result) {
            if (result.error != broker_errc::none) return void(clients.erase(id));
            client& one = clients[id];
            one.epoch = result.epoch;
            if (!result.assignment) return;
            one.owned = *result.assignment;
        };
        const auto step = [&] {
            const auto at =
                std::next(clients.begin(), static_cast<std::ptrdiff_t>(random() % clients.size()));
            const std::string id = at->first;
            take(id, c.beat(id, at->second.epoch, at->second.owned));
        };
        for (int i = 0; i < 100; ++i) {
            const auto chance = random() % 10;
            if (clients.empty() || chance == 0) {
                const std::string id = "m" + std::to_string(named++);
                take(id, c.join(id, random() % 2 == 0 ? std::set<std::string>{"one"}
                                                      : std::set<std::string>{"one", "two"}));
            } else if (chance == 1) {
                const std::string id = clients.begin()->first;
                c.beat(id, consumer_group::leaving);
                clients.erase(id);
            } else if (chance == 2) {
                // Dies, and is found out by time.
                c.group.expire(clients.begin()->first);
                clients.erase(clients.begin());
            } else {
                step();
            }
            partition_set all;
            std::size_t count = 0;
            for (const auto& [id, one] : clients) {
                all.insert(one.owned.begin(), one.owned.end());
                count += one.owned.size();
            }
            REQUIRE(all.size() == count);
        }
        for (int round = 0; round < 10; ++round)
            for (const auto& [id, one] : std::map{clients}) take(id, c.beat(id, one.epoch, one.owned));
        if (clients.empty()) continue;
        CHECK(c.group.state_name() == "Stable");
        std::size_t count = 0;
        for (const auto& [id, one] : clients) count += one.owned.size();
        CHECK(count == c.group.is_subscribed("two") * 4u + c.group.is_subscribed("one") * 4u);
    }
}
