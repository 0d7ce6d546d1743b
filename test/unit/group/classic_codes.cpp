// SPDX-License-Identifier: BSL-1.0
// The classic member: every code in every state.
#include "unit/group/member_script.hpp"

#include <functional>
#include <set>
#include <tuple>

using namespace kasio_test;

namespace {

/// States in which an answer may come, and how to give it.
struct state_row {
    const char* name;
    std::function<void(classic_script&)> reach;
    std::function<void(classic_script&, std::int16_t)> answer;
};

const std::vector<state_row> states{
    {"joining",
     [](classic_script& w) {
         w.polls();
         w.subscribe();
         w.found();
     },
     [](classic_script& w, std::int16_t code) { w.join_refused(code, "m"); }},
    {"joining again",
     [](classic_script& w) {
         w.become_stable(partitions("t", {0}));
         w.pass(3s);
         w.beaten(27);
         if (w.out.count(kind::join) == 0) w.given_up();
     },
     [](classic_script& w, std::int16_t code) { w.join_refused(code, "m"); }},
    {"syncing",
     [](classic_script& w) {
         w.polls();
         w.subscribe();
         w.found();
         w.joined(w.generation(1));
     },
     [](classic_script& w, std::int16_t code) { w.sync_refused(code); }},
    {"syncing again",
     [](classic_script& w) {
         w.become_stable(partitions("t", {0}));
         w.pass(3s);
         w.beaten(27);
         if (w.out.count(kind::join) == 0) w.given_up();
         w.joined(w.generation(2));
     },
     [](classic_script& w, std::int16_t code) { w.sync_refused(code); }},
    {"stable",
     [](classic_script& w) {
         w.become_stable(partitions("t", {0}));
         w.pass(3s);
     },
     [](classic_script& w, std::int16_t code) { w.beaten(code); }},
    {"a hook runs",
     [](classic_script& w) {
         w.polls();
         w.subscribe();
         w.found();
         w.joined(w.generation(1));
         w.synced(partitions("t", {0}));
         w.pass(3s);
     },
     [](classic_script& w, std::int16_t code) { w.beaten(code); }},
    {"committing", [](classic_script& w) { w.become_stable(partitions("t", {0})); },
     [](classic_script& w, std::int16_t code) {
         const auto step = step_after_commit(code);
         if (step >= commit_step::rejoining && step != commit_step::fail)
             w.member->on_commit_refused(step, from_broker(code), w.member->identity(), w.now, w.out.all);
     }},
    {"looking for the coordinator",
     [](classic_script& w) {
         w.polls();
         w.subscribe();
     },
     [](classic_script& w, std::int16_t code) { w.found(from_broker(code)); }},
};

/// A broker and hooks that do what they should; ends when the member is stable or has ended.
bool settles(classic_script& with) {
    std::int32_t number = 100;
    for (int round = 0; round < 200; ++round) {
        if (with.member->ended() || (with.member->stable() && with.out.all.empty())) return true;
        auto wanted = std::exchange(with.out.all, {});
        for (const auto& each : wanted) {
            with.out.all.push_back(each); // for the ticket
            switch (each.what) {
                case kind::find_coordinator: with.found(); break;
                case kind::join: with.joined(with.generation(++number)); break;
                case kind::sync: with.synced(partitions("t", {0, 1})); break;
                case kind::heartbeat: with.beaten(); break;
                case kind::give_up: with.given_up(); break;
                case kind::take: with.taken(); break;
                default: break;
            }
            std::erase_if(with.out.all, [&](const auto& other) {
                return other.ticket == each.ticket && other.what == each.what;
            });
        }
        with.pass(1100ms);
    }
    return false;
}

} // namespace

TEST_CASE("every code in every state ends the member by name, or it is stable again", "[G1]") {
    // From Kafka's meaning of the codes (errors.tsv): those that trying again does not mend.
    const std::set<int> passing{3, 7, 14, 15, 16, 22, 25, 27, 79, 88, 100};
    for (const bool cooperative : {false, true}) {
        for (const auto& state : states) {
            for (int code = -1; code <= 140; ++code) {
                if (code == 0) continue;
                CAPTURE(state.name, code, cooperative);
                classic_script with{cooperative};
                state.reach(with);
                // The driver answers what was asked before too.
                state.answer(with, static_cast<std::int16_t>(code));
                REQUIRE(settles(with));
                // A look-up of the coordinator is never answered with a member's codes.
                const bool looking = std::string{state.name} == "looking for the coordinator";
                if (passing.contains(code) && !looking) REQUIRE_FALSE(with.member->ended());
                const bool told_of_commit = std::string{state.name} == "committing";
                for (const int fatal : {82, 24, 30}) {
                    if (code == fatal && (!told_of_commit || code == 82) &&
                        (code != 82 || std::string{state.name} != "looking for the coordinator"))
                        REQUIRE(with.member->ended());
                }
            }
        }
    }
}

TEST_CASE("who offers an eager assignor beside a cooperative one gives up all before each join", "[G6]") {
    // The group may fall from one to the other with any join: nobody must still read what others then get.
    for (const char* const chosen : {"cooperative-sticky", "range"}) {
        classic_script with;
        with.name = chosen;
        with.become_stable(partitions("t", {0, 1}));
        with.pass(3s);
        with.beaten(27);
        CHECK(with.out.count(kind::join) == 0);
        REQUIRE(with.out.count(kind::give_up) == 1);
        CHECK(with.out.last(kind::give_up)->partitions == partitions("t", {0, 1}));
        with.given_up();
        CHECK(with.out.count(kind::join) == 1);
        with.name = "range";
        with.joined(with.generation(2));
        with.synced(partitions("t", {1}));
        CHECK(with.out.last(kind::take)->partitions == partitions("t", {1}));
    }
}

TEST_CASE("a commit on the way out that meets a rebalance is tried again, as whom the group knows us then",
          "[G4][G9]") {
    classic_script with{true};
    with.become_stable(partitions("t", {0, 1}));
    with.pass(3s);
    with.beaten(27);
    REQUIRE(with.out.count(kind::join) == 1);
    // Cooperative: it keeps what it has, and has to commit it when it leaves in the middle of a join.
    const auto before = with.member->identity();
    with.member->leave(group_exit::usual, with.now + 5s, with.now, with.out.all);
    REQUIRE(with.out.count(kind::give_up) == 1);
    with.joined(with.generation(2, true));
    CHECK(with.out.count(kind::sync) == 1); // the others wait for their leader
    const auto now = with.member->identity();
    CHECK(now.generation == 2);
    const auto refused = [&](commit_step step, broker_errc code, const group_identity& said) {
        return with.member->on_commit_refused(step, code, said, with.now, with.out.all);
    };
    CHECK(refused(commit_step::not_member, broker_errc::illegal_generation, before));
    CHECK(refused(commit_step::rejoining, broker_errc::rebalance_in_progress, now));
    with.synced(partitions("t", {1, 2}));
    CHECK(with.out.count(kind::take) == 0);
    CHECK_FALSE(refused(commit_step::not_member, broker_errc::unknown_member_id, now));
    with.given_up();
    CHECK(with.out.count(kind::take) == 0);
    CHECK(with.out.count(kind::leave) == 1);
    CHECK(with.member->leaving_as().generation == 2);
}

TEST_CASE("a leader that cannot read the topics for now tries again, for good it ends", "[G2][G6]") {
    for (const error_code cause : {error_code{errc::request_timed_out}, error_code{errc::connection_lost},
                                   error_code{errc::invalid_argument}}) {
        CAPTURE(cause.message());
        classic_script with;
        with.polls();
        with.subscribe();
        with.found();
        with.joined(with.generation(1, true));
        with.member->on_duties_failed(with.ticket(kind::sync), cause, with.now, with.out.all);
        CHECK(with.out.count(kind::join) == 1); // not at once
        CHECK(with.member->ended() == (cause == errc::invalid_argument));
        if (with.member->ended()) continue;
        with.pass(2s);
        REQUIRE(with.out.count(kind::join) == 2);
        with.joined(with.generation(1, true)); // "it missed the answer"
        with.synced(partitions("t", {0}));
        with.taken();
        CHECK(with.member->stable());
    }
}

TEST_CASE("who leaves during its first join waits to hear as whom, and then says that it leaves", "[G9]") {
    for (const int code : {79, 0, 25, -1}) {
        CAPTURE(code);
        classic_script with;
        with.polls();
        with.subscribe();
        with.found();
        REQUIRE(with.out.count(kind::join) == 1);
        with.member->leave(group_exit::usual, with.now + 5s, with.now, with.out.all);
        // The group has a place for it by now, and would wait for it for a whole session.
        CHECK(with.out.count(kind::gone) == 0);
        CHECK(with.member->next_wake() == with.now + 5s);
        with.pass(20ms);
        if (code > 0) with.join_refused(static_cast<std::int16_t>(code), code == 79 ? "m" : "");
        else if (code == 0) with.joined(with.generation(1));
        else
            with.member->on_joined(with.ticket(kind::join), errc::connection_lost, {}, with.now,
                                   with.out.all);
        const bool is_known = code == 79 || code == 0;
        CHECK(with.out.count(kind::join) == 1);
        CHECK(with.out.count(kind::sync) == 0);
        REQUIRE(with.out.count(kind::leave) == (is_known ? 1 : 0));
        CHECK(with.out.count(kind::gone) == (is_known ? 0 : 1));
        if (!is_known) continue;
        CHECK(with.member->leave_request().members.front().member_id == "m");
        with.member->on_left(with.ticket(kind::leave), {}, with.now, with.out.all);
        CHECK(with.out.count(kind::gone) == 1);
    }
}

TEST_CASE("the first join's answer is waited for no longer than there is time, and not by who stays",
          "[G9]") {
    auto fixed = plain_settings();
    fixed.instance_id = "i";
    for (const auto& [settings, how, waits] : std::vector<std::tuple<member_settings, group_exit, bool>>{
             {plain_settings(), group_exit::usual, true},
             {plain_settings(), group_exit::stay, false},
             {fixed, group_exit::usual, false},
             {fixed, group_exit::leave, true}}) {
        classic_script with{false, settings};
        with.polls();
        with.subscribe();
        with.found();
        with.member->leave(how, with.now + 5s, with.now, with.out.all);
        CHECK(with.out.count(kind::gone) == (waits ? 0 : 1));
        with.pass(5s);
        CHECK(with.out.count(kind::gone) == 1);
        CHECK(with.out.count(kind::leave) == 0);
    }
}

TEST_CASE("an answer that ends a member in the middle of leaving is the end of leaving too", "[G9]") {
    classic_script with{true};
    with.become_stable(partitions("t", {0, 1}));
    with.pass(3s);
    with.beaten(27);
    with.member->leave(group_exit::usual, with.now + 5s, with.now, with.out.all);
    with.name = "nobody offered it";
    with.joined(with.generation(2));
    CHECK(with.member->ended());
    CHECK(with.out.count(kind::gone) == 1);
}
