// SPDX-License-Identifier: BSL-1.0
// The classic member: its machine, step by step.
#include "unit/group/member_script.hpp"

#include <tuple>

using namespace kasio_test;

TEST_CASE("a member finds its coordinator, joins with the id it is given, syncs, and beats") {
    classic_script with;
    with.polls();
    with.subscribe();
    CHECK(with.out.count(kind::find_coordinator) == 1);
    CHECK(with.out.count(kind::join) == 0);
    with.found();
    CHECK(with.out.count(kind::join) == 1);
    std::vector<std::string> space;
    auto request = with.member->join_request(space);
    CHECK(request.member_id.empty());
    CHECK(request.session_timeout_ms == 45'000);
    CHECK(request.rebalance_timeout_ms == 300'000);
    REQUIRE(request.protocols.size() == 2);
    CHECK(request.protocols[0].name == "range");
    with.join_refused(79, "m");
    CHECK(with.out.count(kind::join) == 2);
    CHECK(with.member->join_request(space).member_id == "m");
    with.joined(with.generation(3, true));
    CHECK(with.member->has_duties());
    CHECK(with.member->sync_request().generation_id == 3);
    with.synced(partitions("t", {0, 1}));
    CHECK(with.out.last(kind::take)->partitions == partitions("t", {0, 1}));
    CHECK_FALSE(with.member->stable());
    with.taken();
    CHECK(with.member->stable());
    CHECK(with.out.count(kind::heartbeat) == 0);
    with.pass(3s);
    CHECK(with.out.count(kind::heartbeat) == 1);
    with.pass(3s);
    CHECK(with.out.count(kind::heartbeat) == 1); // one at a time
    with.beaten();
    with.pass(0s);
    CHECK(with.out.count(kind::heartbeat) == 2);
}

TEST_CASE("a broker that asks for an id again and again is not asked in a circle", "[G1]") {
    classic_script with;
    with.subscribe();
    with.found();
    for (int round = 0; round < 20 && with.out.count(kind::join) > round; ++round) with.join_refused(79, "m");
    CHECK(with.out.count(kind::join) < 6);
    with.pass(2s);
    with.joined(with.generation(1));
    CHECK(with.out.count(kind::sync) == 1);
}

TEST_CASE("however often ids are given out in vain, the next one is joined with at once", "[G1]") {
    classic_script with;
    with.polls();
    with.subscribe();
    with.found();
    for (int round = 0; round < 10; ++round) {
        const auto before = with.out.count(kind::join);
        with.join_refused(79, "m" + std::to_string(round));
        REQUIRE(with.out.count(kind::join) == before + 1);
        CHECK(with.member->identity().member_id == "m" + std::to_string(round));
        with.join_refused(25); // forgotten since: the coordinator has moved, say
        with.pass(2s);
        REQUIRE(with.out.count(kind::join) == before + 2);
    }
}

TEST_CASE("who leaves while a hook runs does not wake for a coordinator that nobody looks for yet", "[G9]") {
    classic_script with;
    with.become_stable(partitions("t", {0}));
    with.pass(3s);
    with.beaten(0, errc::connection_lost);
    with.member->leave(group_exit::usual, with.now + 5s, with.now, with.out.all);
    REQUIRE(with.out.count(kind::give_up) == 1);
    with.pass(2s); // later than the pause after the failure
    CHECK(with.member->next_wake() > with.now);
    with.given_up();
    CHECK(with.out.count(kind::find_coordinator) == 1);
}

TEST_CASE("thrown out while its hook runs, a member tells that the partitions are lost", "[G3][G5]") {
    classic_script with;
    with.become_stable(partitions("t", {0}));
    with.pass(3s);
    with.beaten(27);
    with.pass(3s);
    with.beaten(25);
    CHECK(with.out.count(kind::hurry) == 1);
    CHECK(with.out.count(kind::give_up) == 1);
    CHECK(with.out.told(errc::assignment_lost));
    CHECK(with.out.count(kind::join) == 1);
}

TEST_CASE("who leaves takes nothing that was assigned before", "[G9]") {
    classic_script with{true};
    with.become_stable(partitions("t", {0, 1}));
    with.pass(3s);
    with.beaten(27);
    with.joined(with.generation(2));
    with.synced(partitions("t", {1, 2}));
    REQUIRE(with.out.count(kind::give_up) == 1);
    with.member->leave(group_exit::usual, with.now + 5s, with.now, with.out.all);
    with.given_up();
    CHECK(with.out.count(kind::take) == 0);
    REQUIRE(with.out.count(kind::give_up) == 2);
    CHECK(with.out.last(kind::give_up)->partitions == partitions("t", {1}));
}

TEST_CASE("eager members give up everything before they join again", "[G1]") {
    classic_script with;
    with.become_stable(partitions("t", {0, 1}));
    with.pass(3s);
    with.beaten(27);
    REQUIRE(with.out.count(kind::give_up) == 1);
    CHECK(with.out.last(kind::give_up)->partitions == partitions("t", {0, 1}));
    CHECK_FALSE(with.out.last(kind::give_up)->lost);
    CHECK(with.out.count(kind::join) == 0);
    // The hook takes its time; the group hears of us meanwhile.
    with.pass(3s);
    CHECK(with.out.count(kind::heartbeat) == 2);
    with.given_up();
    CHECK(with.out.count(kind::join) == 1);
    CHECK(with.member->owned().empty());
    with.joined(with.generation(2));
    with.synced(partitions("t", {1}));
    CHECK(with.out.last(kind::take)->partitions == partitions("t", {1}));
}

TEST_CASE("cooperative members keep reading, give up only what they must, and then join once more", "[G5]") {
    classic_script with{true};
    with.become_stable(partitions("t", {0, 1, 2}));
    with.pass(3s);
    with.beaten(27);
    CHECK(with.out.count(kind::give_up) == 0);
    REQUIRE(with.out.count(kind::join) == 1);
    CHECK(with.member->owned() == partitions("t", {0, 1, 2}));
    with.joined(with.generation(2));
    with.synced(partitions("t", {0}));
    CHECK(with.out.last(kind::give_up)->partitions == partitions("t", {1, 2}));
    CHECK(with.out.count(kind::join) == 1);
    with.given_up();
    CHECK(with.out.count(kind::join) == 2);
    CHECK(with.member->owned() == partitions("t", {0}));
    with.joined(with.generation(3));
    with.synced(partitions("t", {0, 3}));
    CHECK(with.out.last(kind::take)->partitions == partitions("t", {3}));
    with.taken();
    CHECK(with.member->stable());
    // What is no longer subscribed goes before the join.
    with.out.clear();
    with.subscribe({"u"});
    CHECK(with.out.last(kind::give_up)->partitions == partitions("t", {0, 3}));
    with.given_up();
    CHECK(with.out.count(kind::join) == 1);
}

TEST_CASE("illegal generation keeps the id, an unknown member loses it, both lose the partitions", "[G1]") {
    for (const std::int16_t code : {22, 25}) {
        classic_script with;
        with.become_stable(partitions("t", {0}));
        with.pass(3s);
        with.beaten(code);
        REQUIRE(with.out.count(kind::give_up) == 1);
        CHECK(with.out.last(kind::give_up)->lost);
        CHECK(with.member->owned().empty());
        CHECK(with.out.count(kind::join) == 0); // after the hook
        with.given_up();
        REQUIRE(with.out.count(kind::join) == 1);
        std::vector<std::string> space;
        CHECK(with.member->join_request(space).member_id == (code == 22 ? "m" : ""));
    }
}

TEST_CASE("a commit that is refused for the member starts the rejoin, one during a rebalance does not",
          "[G1][G4]") {
    classic_script with;
    with.become_stable(partitions("t", {0}));
    const auto said = with.member->identity();
    CHECK(with.member->on_commit_refused(commit_step::rejoining, broker_errc::rebalance_in_progress, said,
                                         with.now, with.out.all));
    CHECK(with.out.all.empty());
    CHECK_FALSE(with.member->on_commit_refused(commit_step::not_member, broker_errc::illegal_generation, said,
                                               with.now, with.out.all));
    CHECK(with.out.count(kind::give_up) == 1);
    // Known as somebody else since: tried again as that, and nothing is lost.
    classic_script other;
    other.become_stable(partitions("t", {0}), 2);
    CHECK(other.member->on_commit_refused(commit_step::not_member, broker_errc::illegal_generation, said,
                                          other.now, other.out.all));
    CHECK(other.out.all.empty());
    // While a join is under way the generation may be over already.
    other.pass(3s);
    other.beaten(27);
    const auto now_as = other.member->identity();
    CHECK(other.member->on_commit_refused(commit_step::not_member, broker_errc::illegal_generation, now_as,
                                          other.now, other.out.all));
    CHECK_FALSE(other.out.last(kind::give_up)->lost);
}

TEST_CASE("another member with the same instance id ends this one, without a loop of joins", "[G1]") {
    classic_script with;
    with.become_stable(partitions("t", {0}));
    with.pass(3s);
    with.beaten(82);
    CHECK(with.out.last(kind::give_up)->lost);
    REQUIRE(with.out.count(kind::fail) == 1);
    CHECK(with.out.last(kind::fail)->cause == broker_errc::fenced_instance_id);
    with.out.clear();
    with.given_up();
    with.pass(600s);
    CHECK(with.out.all.empty());
    CHECK(with.member->next_wake() == steady_point::max());
}

TEST_CASE("a coordinator that moves or loads is looked for with pauses, and reading goes on", "[G2]") {
    classic_script with;
    with.become_stable(partitions("t", {0}));
    with.pass(3s);
    with.beaten(16);
    CHECK(with.out.count(kind::forget_coordinator) == 1);
    CHECK(with.out.count(kind::find_coordinator) == 0); // not at once
    with.pass(2s);
    REQUIRE(with.out.count(kind::find_coordinator) == 1);
    with.found(broker_errc::coordinator_not_available);
    with.pass(10ms);
    CHECK(with.out.count(kind::find_coordinator) == 1);
    with.pass(2s);
    CHECK(with.out.count(kind::find_coordinator) == 2);
    CHECK(with.member->owned() == partitions("t", {0}));
    with.found();
    CHECK(with.out.count(kind::heartbeat) == 2); // overdue by now
    with.beaten(14);
    CHECK(with.out.count(kind::give_up) == 0);
    CHECK(with.member->stable());
}

TEST_CASE("when nothing is heard for a whole session the partitions are lost, by name", "[G2][G3]") {
    classic_script with;
    with.become_stable(partitions("t", {0}));
    for (int second = 0; second < 46 && with.out.count(kind::give_up) == 0; ++second) with.pass(1s);
    CHECK(with.out.told(errc::coordinator_unavailable));
    REQUIRE(with.out.count(kind::give_up) == 1);
    CHECK(with.out.last(kind::give_up)->lost);
}

TEST_CASE("a process that did not run asks first, and hands out nothing meanwhile", "[G3]") {
    classic_script with;
    with.become_stable(partitions("t", {0}));
    with.now += 60s;
    CHECK_FALSE(with.member->may_hand_out(with.now));
    with.member->on_timer(with.now, with.out.all);
    CHECK(with.out.count(kind::give_up) == 0);
    REQUIRE(with.out.count(kind::heartbeat) == 1);
    CHECK_FALSE(with.member->may_hand_out(with.now));
    with.now += 10ms;
    SECTION("it still is a member") {
        with.beaten(0);
        CHECK(with.member->may_hand_out(with.now));
        CHECK(with.member->stable());
    }
    SECTION("it is none any more") {
        with.beaten(25);
        CHECK(with.out.last(kind::give_up)->lost);
    }
    SECTION("nothing is heard") {
        with.pass(4s);
        CHECK(with.out.told(errc::coordinator_unavailable));
        CHECK(with.out.last(kind::give_up)->lost);
    }
}

TEST_CASE("who does not poll for too long leaves, loses all, and comes back with the next poll", "[G3]") {
    classic_script with;
    with.become_stable(partitions("t", {0}));
    with.polls(false);
    for (int second = 0; second < 299; ++second) {
        with.pass(1s);
        if (with.out.count(kind::heartbeat) > 0) with.beaten();
    }
    CHECK(with.out.count(kind::give_up) == 0);
    with.pass(2s);
    CHECK(with.out.told(errc::poll_overdue));
    CHECK(with.out.last(kind::give_up)->lost);
    REQUIRE(with.out.count(kind::leave) == 1);
    CHECK(with.member->leave_request().members.front().member_id == "m");
    with.given_up();
    const auto before = with.out.count(kind::heartbeat);
    with.pass(60s);
    CHECK(with.out.count(kind::heartbeat) == before);
    CHECK(with.out.count(kind::join) == 0);
    with.polls();
    CHECK(with.out.count(kind::join) == 1);
}

TEST_CASE("a hook that never ends counts as done when the rebalance is over", "[G5]") {
    classic_script with;
    with.become_stable(partitions("t", {0}));
    with.pass(3s);
    with.beaten(27);
    REQUIRE(with.out.count(kind::give_up) == 1);
    // Two heartbeats before the group's own time is up: the join is to get there.
    for (int second = 0; second < 294 && with.out.count(kind::hurry) == 0; ++second) {
        with.pass(1s);
        if (with.out.count(kind::heartbeat) > 0) with.beaten(27);
    }
    CHECK(with.out.count(kind::hurry) == 1);
    CHECK(with.out.told(errc::hook_timed_out));
    CHECK(with.member->owned().empty());
    CHECK(with.out.count(kind::join) == 1);
}

TEST_CASE("leaving gives up first, tells the broker, and takes 25 for done", "[G9]") {
    classic_script with;
    with.become_stable(partitions("t", {0}));
    with.member->leave(group_exit::usual, with.now + 5s, with.now, with.out.all);
    CHECK(with.out.count(kind::give_up) == 1);
    CHECK(with.out.count(kind::leave) == 0);
    with.given_up();
    REQUIRE(with.out.count(kind::leave) == 1);
    const auto ticket = with.ticket(kind::leave);
    SECTION("done") { with.member->on_left(ticket, {}, with.now, with.out.all); }
    SECTION("not known any more") {
        with.member->on_left(ticket, broker_errc::unknown_member_id, with.now, with.out.all);
    }
    SECTION("the coordinator has moved") {
        with.member->on_left(ticket, broker_errc::not_coordinator, with.now, with.out.all);
        CHECK(with.out.count(kind::gone) == 0);
        with.pass(200ms);
        with.found();
        REQUIRE(with.out.count(kind::leave) == 2);
        with.member->on_left(with.ticket(kind::leave), {}, with.now, with.out.all);
    }
    SECTION("no answer in time") { with.pass(6s); }
    CHECK(with.out.count(kind::gone) == 1);
    CHECK(with.member->next_wake() == steady_point::max());
}

TEST_CASE("static members do not leave unless they are told to, and dynamic ones stay when they are",
          "[G9]") {
    auto fixed = plain_settings();
    fixed.instance_id = "i";
    for (const auto& [settings, how, leaves] : std::vector<std::tuple<member_settings, group_exit, bool>>{
             {fixed, group_exit::usual, false},
             {fixed, group_exit::leave, true},
             {plain_settings(), group_exit::usual, true},
             {plain_settings(), group_exit::stay, false}}) {
        classic_script with{false, settings};
        with.become_stable({});
        with.member->leave(how, with.now + 5s, with.now, with.out.all);
        CHECK(with.out.count(kind::leave) == (leaves ? 1 : 0));
        CHECK(with.out.count(kind::gone) == (leaves ? 0 : 1));
    }
}

TEST_CASE("a leave while a hook runs, or with a dead coordinator, ends at its time", "[G9][G5]") {
    classic_script with;
    with.become_stable(partitions("t", {0}));
    with.pass(3s);
    with.beaten(27); // the hook runs
    with.member->leave(group_exit::usual, with.now + 1s, with.now, with.out.all);
    with.pass(500ms);
    CHECK(with.out.count(kind::gone) == 0);
    with.pass(501ms);
    CHECK(with.out.count(kind::gone) == 1);
    classic_script lost;
    lost.subscribe();
    lost.member->leave(group_exit::usual, lost.now + 1s, lost.now, lost.out.all);
    CHECK(lost.out.count(kind::gone) == 1); // nobody knows of it
}

TEST_CASE("the leader joins again when topics change, a follower does not") {
    for (const bool leads : {true, false}) {
        classic_script with{true};
        with.polls();
        with.subscribe();
        with.found();
        with.joined(with.generation(1, leads));
        with.synced({});
        with.out.clear();
        with.member->on_topics_changed(with.now, with.out.all);
        CHECK(with.out.count(kind::join) == (leads ? 1 : 0));
    }
}

TEST_CASE("what was subscribed during a join is told in the next one") {
    classic_script with{true};
    with.polls();
    with.subscribe({"t"});
    with.found();
    with.subscribe({"t", "u"});
    CHECK(with.out.count(kind::join) == 1);
    with.joined(with.generation(1));
    with.synced(partitions("t", {0}));
    with.taken();
    CHECK(with.out.count(kind::join) == 2);
}
