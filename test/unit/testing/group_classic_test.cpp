// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include "testing/group_classic.hpp"

using namespace kasio;
using namespace kasio::testing;
using namespace std::chrono_literals;

namespace {

using phase = classic_group::phase;

constexpr group_time start{};

classic_join member(std::string id, std::vector<std::string> protocols = {"range"}) {
    classic_join asked;
    asked.member_id = std::move(id);
    asked.protocol_type = "consumer";
    for (const auto& name : protocols)
        asked.protocols.emplace_back(name, held_bytes{bytes_view{"wants " + name}});
    asked.session_timeout = 10s;
    asked.rebalance_timeout = 60s;
    return asked;
}

/// A group whose members are driven by hand; requests are numbered in the order in which they are made.
struct room {
    group_limits limits;
    classic_group group{limits};
    group_replies replies;
    group_time now = start;
    group_waiter last = 0;

    group_waiter join(classic_join asked) {
        group.join(std::move(asked), ++last, now, replies);
        return last;
    }
    /// The first time: without an id, which becomes `name`.
    group_waiter come(const std::string& name, std::vector<std::string> protocols = {"range"}) {
        classic_join asked = member("", std::move(protocols));
        asked.fresh_id = name;
        return join(std::move(asked));
    }
    group_waiter come_static(const std::string& instance, const std::string& fresh,
                             std::vector<std::string> protocols = {"range"}, bool can_skip = true) {
        classic_join asked = member("", std::move(protocols));
        asked.fresh_id = fresh;
        asked.instance_id = instance;
        asked.can_skip_assignment = can_skip;
        return join(std::move(asked));
    }
    group_waiter sync(const std::string& id, std::int32_t generation,
                      std::vector<std::pair<std::string, std::string>> assignments = {}) {
        classic_sync asked;
        asked.member_id = id;
        asked.generation = generation;
        for (const auto& [to, bytes] : assignments)
            asked.assignments.emplace_back(to, held_bytes{bytes_view{bytes}});
        group.sync(asked, ++last, now, replies);
        return last;
    }
    broker_errc heartbeat(const std::string& id, std::int32_t generation) {
        return group.heartbeat(id, std::nullopt, generation, now);
    }
    void pass(std::chrono::milliseconds time) {
        now += time;
        group.on_time(now, replies);
    }
    [[nodiscard]] bool waits_to_join(group_waiter who) const { return !replies.joins.contains(who); }
    [[nodiscard]] bool waits_to_sync(group_waiter who) const { return !replies.syncs.contains(who); }

    /// `a` leads, `b` follows, generation 2.
    void settle_two() {
        come("a");
        sync("a", 1, {{"a", "all"}});
        come("b");
        join(member("a"));
        sync("a", 2, {{"a", "for a"}, {"b", "for b"}});
        sync("b", 2);
        REQUIRE(group.state() == phase::stable);
    }
};

} // namespace

TEST_CASE("the first member leads, gets the metadata and assigns") {
    room room;
    const auto asked = room.come("a");
    const join_result joined = room.replies.joins.at(asked);
    CHECK(joined.error == broker_errc::none);
    CHECK(joined.generation == 1);
    CHECK(joined.protocol == "range");
    CHECK(joined.leader == "a");
    CHECK(joined.member_id == "a");
    REQUIRE(joined.members.size() == 1);
    CHECK(joined.members[0].metadata.view() == "wants range");
    CHECK(room.group.state() == phase::completing_rebalance);
    const auto synced = room.sync("a", 1, {{"a", "all"}});
    CHECK(room.replies.syncs.at(synced).assignment.view() == "all");
    CHECK(room.group.state() == phase::stable);
    CHECK(room.heartbeat("a", 1) == broker_errc::none);
}

TEST_CASE("who joins waits until all others have joined again") {
    room room;
    room.come("a");
    room.sync("a", 1);
    const auto b = room.come("b");
    CHECK(room.waits_to_join(b));
    CHECK(room.heartbeat("a", 1) == broker_errc::rebalance_in_progress);
    const auto a = room.join(member("a"));
    REQUIRE_FALSE(room.waits_to_join(b));
    CHECK(room.replies.joins.at(b).generation == 2);
    CHECK(room.replies.joins.at(b).members.empty());
    CHECK(room.replies.joins.at(b).leader == "a");
    CHECK(room.replies.joins.at(a).members.size() == 2);
    // The follower waits for the leader, and so does nobody else.
    const auto synced = room.sync("b", 2);
    CHECK(room.waits_to_sync(synced));
    room.sync("a", 2, {{"b", "for b"}});
    CHECK(room.replies.syncs.at(synced).assignment.view() == "for b");
    CHECK(room.heartbeat("a", 1) == broker_errc::illegal_generation);
    CHECK(room.heartbeat("c", 2) == broker_errc::unknown_member_id);
}

TEST_CASE("a dynamic member must come with its id, which is forgotten after a while") {
    room room;
    classic_join asked = member("");
    asked.fresh_id = "a";
    asked.needs_known_id = true;
    const auto first = room.join(asked);
    CHECK(room.replies.joins.at(first).error == broker_errc::member_id_required);
    CHECK(room.replies.joins.at(first).member_id == "a");
    CHECK(room.group.members().empty());
    asked.member_id = "a";
    CHECK(room.replies.joins.at(room.join(asked)).error == broker_errc::none);
    asked.member_id = "";
    asked.fresh_id = "b";
    room.join(asked);
    room.pass(10s);
    asked.member_id = "b";
    CHECK(room.replies.joins.at(room.join(asked)).error == broker_errc::unknown_member_id);
}

TEST_CASE("a rebalance waits for who was told an id to come with") {
    room room;
    room.settle_two();
    classic_join third = member("");
    third.fresh_id = "c";
    third.needs_known_id = true;
    room.join(third);
    const auto a = room.join(member("a"));
    room.join(member("b"));
    CHECK(room.waits_to_join(a));
    third.member_id = "c";
    room.join(third);
    REQUIRE_FALSE(room.waits_to_join(a));
    CHECK(room.replies.joins.at(a).members.size() == 3);
}

TEST_CASE("a session that ends takes the member out, and the others are told") {
    room room;
    room.settle_two();
    room.pass(9s);
    CHECK(room.heartbeat("a", 2) == broker_errc::none);
    room.pass(1s);
    CHECK(room.group.members().size() == 1);
    CHECK(room.heartbeat("a", 2) == broker_errc::rebalance_in_progress);
    CHECK(room.heartbeat("b", 2) == broker_errc::unknown_member_id);
    const auto a = room.join(member("a"));
    CHECK(room.replies.joins.at(a).generation == 3);
    // Sessions count while a heartbeat could come, not while an answer is awaited.
    CHECK(*room.group.next_deadline() == room.now + 10s);
}

TEST_CASE("who does not join in time is left out, and another leads when it led") {
    room room;
    room.settle_two();
    const auto c = room.come("c");
    for (int i = 0; i < 11; ++i) {
        room.pass(5s);
        static_cast<void>(room.heartbeat("a", 2));
        static_cast<void>(room.heartbeat("b", 2));
    }
    room.join(member("b"));
    CHECK(room.waits_to_join(c));
    room.pass(5s);
    REQUIRE_FALSE(room.waits_to_join(c));
    CHECK(room.replies.joins.at(c).leader == "b");
    CHECK(room.group.members().size() == 2);
    CHECK(room.heartbeat("a", 2) == broker_errc::unknown_member_id);
}

TEST_CASE("who does not ask for its assignment in time is taken out") {
    room room;
    room.settle_two();
    room.come("c");
    room.join(member("a"));
    room.join(member("b"));
    room.sync("a", 3);
    room.sync("b", 3);
    for (int i = 0; i < 12; ++i) {
        room.pass(5s);
        for (const char* const id : {"a", "b", "c"}) static_cast<void>(room.heartbeat(id, 3));
    }
    CHECK(room.group.members().size() == 2);
    CHECK(room.group.state() == phase::preparing_rebalance);
}

TEST_CASE("the protocol is the one most members like best of those that all know") {
    room room;
    room.come("a", {"sticky", "range", "roundrobin"});
    room.sync("a", 1);
    room.come("b", {"roundrobin", "range"});
    room.join(member("a", {"sticky", "range", "roundrobin"}));
    // One vote each: the first by name.
    CHECK(room.group.protocol() == "range");
    room.come("c", {"roundrobin", "range", "other"});
    room.join(member("a", {"sticky", "range", "roundrobin"}));
    room.join(member("b", {"roundrobin", "range"}));
    CHECK(room.group.protocol() == "roundrobin");
    const auto stranger = room.come("d", {"mine"});
    CHECK(room.replies.joins.at(stranger).error == broker_errc::inconsistent_group_protocol);
    classic_join other_type = member("");
    other_type.fresh_id = "e";
    other_type.protocol_type = "connect";
    CHECK(room.replies.joins.at(room.join(other_type)).error == broker_errc::inconsistent_group_protocol);
}

TEST_CASE("a repeated join of a settled member changes nothing, that of the leader starts a rebalance") {
    room room;
    room.settle_two();
    const auto again = room.join(member("b"));
    CHECK(room.replies.joins.at(again).generation == 2);
    CHECK(room.group.state() == phase::stable);
    room.join(member("b", {"range", "roundrobin"}));
    CHECK(room.group.state() == phase::preparing_rebalance);
    room.join(member("a"));
    CHECK(room.group.generation() == 3);
    room.sync("a", 3);
    room.join(member("a"));
    CHECK(room.group.state() == phase::preparing_rebalance);
}

TEST_CASE("a rebalance ends the wait for assignments") {
    room room;
    room.settle_two();
    room.come("c");
    room.join(member("a"));
    room.join(member("b"));
    const auto waiting = room.sync("b", 3);
    CHECK(room.group.leave("c", std::nullopt, room.now, room.replies) == broker_errc::none);
    CHECK(room.replies.syncs.at(waiting).error == broker_errc::rebalance_in_progress);
    CHECK(room.replies.syncs.at(room.sync("a", 3)).error == broker_errc::rebalance_in_progress);
}

TEST_CASE("a group whose last member leaves is empty, and the next generation is a new one") {
    room room;
    room.come("a");
    room.sync("a", 1);
    CHECK(room.group.leave("a", std::nullopt, room.now, room.replies) == broker_errc::none);
    CHECK(room.group.leave("a", std::nullopt, room.now, room.replies) == broker_errc::unknown_member_id);
    CHECK(room.group.state() == phase::empty);
    CHECK_FALSE(room.group.next_deadline());
    const auto b = room.come("b");
    CHECK(room.replies.joins.at(b).generation == 3);
    CHECK(room.replies.joins.at(b).leader == "b");
}

TEST_CASE("a static member comes back under a new id without a rebalance, and the old one is fenced") {
    room room;
    room.come_static("one", "one-1");
    room.sync("one-1", 1, {{"one-1", "all"}});
    const auto back = room.come_static("one", "one-2");
    const join_result joined = room.replies.joins.at(back);
    CHECK(joined.generation == 1);
    CHECK(joined.member_id == "one-2");
    CHECK(joined.leader == "one-2");
    CHECK(joined.skip_assignment);
    CHECK(joined.members.size() == 1);
    CHECK(room.group.state() == phase::stable);
    CHECK(room.replies.syncs.at(room.sync("one-2", 1)).assignment.view() == "all");
    CHECK(room.group.heartbeat("one-1", "one", 1, room.now) == broker_errc::fenced_instance_id);
    CHECK(room.group.heartbeat("one-2", "one", 1, room.now) == broker_errc::none);
    CHECK(room.group.check_commit("one-1", "one", 1, false, room.now) == broker_errc::fenced_instance_id);
    // A client that knows no skipping is told the former leader, so that it does not assign.
    const auto older = room.come_static("one", "one-3", {"range"}, false);
    CHECK(room.replies.joins.at(older).leader == "one-2");
    CHECK(room.replies.joins.at(older).members.empty());
    // Another choice of protocols needs a rebalance.
    room.come_static("one", "one-4", {"roundrobin", "range"});
    CHECK(room.group.generation() == 2);
}

TEST_CASE("a static member that is away keeps its place until its session ends") {
    room room;
    room.come_static("one", "one-1");
    room.sync("one-1", 1);
    room.pass(5s);
    room.come("b");
    // Not there when the rebalance ends: it stays, b leads.
    room.pass(4s);
    CHECK(room.group.members().size() == 2);
    room.pass(1s);
    CHECK(room.group.members().size() == 1);
    CHECK(room.group.leader() == "b");
}

TEST_CASE("an instance id alone removes its holder") {
    room room;
    room.come_static("one", "one-1");
    CHECK(room.group.leave("", "two", room.now, room.replies) == broker_errc::unknown_member_id);
    CHECK(room.group.leave("one-0", "one", room.now, room.replies) == broker_errc::fenced_instance_id);
    CHECK(room.group.leave("", "one", room.now, room.replies) == broker_errc::none);
    CHECK(room.group.state() == phase::empty);
}

TEST_CASE("commits are taken from members of the generation, and from strangers while there are none") {
    room room;
    const auto check = [&](const char* id, std::int32_t generation, bool transactional = false) {
        return room.group.check_commit(id, std::nullopt, generation, transactional, room.now);
    };
    CHECK(check("", -1) == broker_errc::none);
    room.settle_two();
    CHECK(check("", -1) == broker_errc::unknown_member_id);
    CHECK(check("", -1, true) == broker_errc::none);
    CHECK(check("b", 2) == broker_errc::none);
    CHECK(check("b", 1) == broker_errc::illegal_generation);
    CHECK(check("c", 2) == broker_errc::unknown_member_id);
    room.come("c");
    // Until the generation ends, its members may.
    CHECK(check("b", 2) == broker_errc::none);
    room.join(member("a"));
    room.join(member("b"));
    CHECK(check("b", 3) == broker_errc::rebalance_in_progress);
    CHECK(check("b", 3, true) == broker_errc::none);
}

TEST_CASE("a group that moves knows what was written last") {
    room room;
    room.settle_two();
    const auto c = room.come("c");
    const auto a = room.join(member("a"));
    room.pass(8s);
    room.group.on_moved(room.now, room.replies);
    CHECK(room.replies.joins.at(a).error == broker_errc::not_coordinator);
    CHECK(room.replies.joins.at(c).error == broker_errc::not_coordinator);
    CHECK(room.group.state() == phase::stable);
    CHECK(room.heartbeat("a", 2) == broker_errc::none);
    CHECK(room.heartbeat("c", 2) == broker_errc::unknown_member_id);
    // Sessions start anew.
    CHECK(*room.group.next_deadline() == room.now + 10s);
}

TEST_CASE("the first rebalance of a group waits for more members while some come") {
    room room;
    room.limits.initial_rebalance_delay = 3s;
    const auto a = room.come("a");
    room.pass(2s);
    const auto b = room.come("b");
    room.pass(1s);
    CHECK(room.waits_to_join(a));
    room.pass(3s);
    REQUIRE_FALSE(room.waits_to_join(a));
    CHECK(room.replies.joins.at(a).members.size() == 2);
    CHECK(room.replies.joins.at(b).generation == 1);
}

TEST_CASE("sizes and session time-outs have bounds, and time-outs are scaled") {
    room room;
    room.limits.max_size = 1;
    room.limits.min_session_timeout = 6s;
    room.limits.max_session_timeout = 30s;
    room.limits.time_scale = 0.01;
    classic_join asked = member("");
    asked.fresh_id = "a";
    asked.session_timeout = 5s;
    CHECK(room.replies.joins.at(room.join(asked)).error == broker_errc::invalid_session_timeout);
    asked.session_timeout = 31s;
    CHECK(room.replies.joins.at(room.join(asked)).error == broker_errc::invalid_session_timeout);
    asked.session_timeout = 6s;
    CHECK(room.replies.joins.at(room.join(asked)).error == broker_errc::none);
    CHECK(room.group.members().front().session_timeout == 60ms);
    const auto second = room.come("b");
    CHECK(room.replies.joins.at(second).error == broker_errc::group_max_size_reached);
}

TEST_CASE("an answer that nobody awaits is not kept") {
    room room;
    room.settle_two();
    const auto c = room.come("c");
    room.group.abandon(c);
    room.join(member("a"));
    room.join(member("b"));
    CHECK(room.group.generation() == 3);
    CHECK_FALSE(room.replies.joins.contains(c));
    CHECK_FALSE(room.replies.joins.contains(0));
}
