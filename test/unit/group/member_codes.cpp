// SPDX-License-Identifier: BSL-1.0
// Members of both protocols: every code in the states that they share. What only one has is in classic_codes
// and consumer_member.
#include "unit/group/member_script.hpp"

#include "group/protocol_choice.hpp"

#include <functional>

using namespace kasio_test;

namespace {

/// A member of either protocol, with a broker and hooks that do what they should, unless they are told to
/// wait.
struct obliging {
    bool by_epoch;
    steady_point now{1000s};
    std::unique_ptr<kasio::group_member> member; // there is a function of that name in POSIX
    member_actions wanted;
    /// What is not done.
    std::vector<member_action> held;
    std::vector<kind> holding;
    std::int32_t number = 0;
    bool gone = false;

    explicit obliging(bool epochs) : by_epoch{epochs} {
        if (by_epoch) {
            member = std::make_unique<consumer_member>(plain_settings(), "me", "", "");
        } else {
            const std::vector<std::shared_ptr<assignor>> assignors{range_assignor()};
            member = std::make_unique<classic_member>(plain_settings(), assignors);
        }
    }
    classic_member& classic() { return static_cast<classic_member&>(*member); }
    consumer_member& epochs() { return static_cast<consumer_member&>(*member); }

    void start() {
        member->on_poll(true, now, wanted);
        member->subscribe({"t"}, now, wanted);
        oblige();
    }
    void pass(std::chrono::milliseconds time) {
        now += time;
        member->on_timer(now, wanted);
        oblige();
    }
    void oblige() {
        while (!wanted.empty()) {
            const auto next = wanted.front();
            wanted.erase(wanted.begin());
            if (std::find(holding.begin(), holding.end(), next.what) != holding.end()) held.push_back(next);
            else perform(next);
        }
    }
    /// The last wish of that kind, which waits.
    [[nodiscard]] member_action waiting(kind what) {
        REQUIRE_FALSE(held.empty());
        const auto last = held.back();
        held.pop_back();
        REQUIRE(last.what == what);
        return last;
    }
    void perform(const member_action& next) {
        switch (next.what) {
            case kind::find_coordinator: return member->on_coordinator({}, now, wanted);
            case kind::join: return join(next.ticket);
            case kind::sync: return sync(next.ticket);
            case kind::heartbeat: return classic().on_heartbeat(next.ticket, {}, 0, now, wanted);
            case kind::report: return report(next.ticket);
            case kind::resolve: return epochs().on_names({{topic_id(), "t"}}, now, wanted);
            case kind::give_up: return member->on_given_up(now, wanted);
            case kind::take: return member->on_taken(now, wanted);
            case kind::leave: return member->on_left(next.ticket, {}, now, wanted);
            case kind::gone: gone = true; return;
            default: return;
        }
    }
    static uuid topic_id() {
        uuid id;
        id.bytes[0] = 7;
        return id;
    }
    void join(std::uint64_t ticket) {
        protocol::join_group_response said;
        said.generation_id = ++number;
        said.protocol_name = "range";
        said.member_id = "me";
        said.leader = "other";
        classic().on_joined(ticket, {}, said, now, wanted);
    }
    void sync(std::uint64_t ticket) {
        member_assignment mine;
        mine.partitions = by_topic(partitions("t", {0, 1}));
        const auto bytes = encode_assignment(mine);
        protocol::sync_group_response said;
        said.assignment = bytes;
        classic().on_synced(ticket, {}, said, now, wanted);
    }
    void report(std::uint64_t ticket) {
        const auto request = epochs().report_request();
        protocol::consumer_group_heartbeat_response said;
        said.member_epoch = request.member_epoch == 0 ? ++number : request.member_epoch;
        said.heartbeat_interval_ms = 3'000;
        auto& topic = said.assignment.emplace().topic_partitions.emplace_back();
        topic.topic_id = topic_id();
        topic.partitions = {0, 1};
        epochs().on_reported(ticket, {}, said, now, wanted);
    }
    /// The next heartbeat of either kind waits.
    member_action next_beat() {
        const auto what = by_epoch ? kind::report : kind::heartbeat;
        holding.push_back(what);
        pass(5s);
        return waiting(what);
    }
    void answer_beat(const member_action& beat, error_code error, std::int16_t code) {
        holding.clear();
        if (!by_epoch) return classic().on_heartbeat(beat.ticket, error, code, now, wanted);
        static_cast<void>(epochs().report_request());
        protocol::consumer_group_heartbeat_response said;
        said.error_code = code;
        epochs().on_reported(beat.ticket, error, said, now, wanted);
    }
    [[nodiscard]] bool settles() {
        held.clear();
        for (int round = 0; round < 60; ++round) {
            if (member->ended() || member->stable()) return true;
            pass(1100ms);
        }
        return false;
    }
};

/// -1 to 140, but for success.
std::vector<std::int16_t> every_code() {
    std::vector<std::int16_t> all;
    for (std::int16_t code = -1; code <= 140; ++code) {
        if (code != 0) all.push_back(code);
    }
    return all;
}

} // namespace

TEST_CASE("every code to a look-up of the coordinator: again, or the end by that name", "[G1][G2]") {
    for (const bool by_epoch : {false, true}) {
        for (const bool was_in : {false, true}) {
            for (const auto code : every_code()) {
                CAPTURE(by_epoch, was_in, code);
                obliging with{by_epoch};
                if (was_in) {
                    with.start();
                    REQUIRE(with.member->stable());
                    const auto beat = with.next_beat();
                    with.answer_beat(beat, errc::connection_lost, 0);
                    with.holding.push_back(kind::find_coordinator);
                    with.pass(1s);
                } else {
                    with.holding.push_back(kind::find_coordinator);
                    with.start();
                }
                static_cast<void>(with.waiting(kind::find_coordinator));
                with.holding.clear();
                with.member->on_coordinator(from_broker(code), with.now, with.wanted);
                // Nothing is given up for it.
                if (was_in && !with.member->ended()) REQUIRE(with.member->owned() == partitions("t", {0, 1}));
                with.oblige();
                REQUIRE(with.settles());
                REQUIRE(with.member->ended() == (step_after_commit(code) == commit_step::fail));
            }
        }
    }
}

TEST_CASE("every code that refuses a commit for its member: in again, or the end by that name",
          "[G1][G4][G7]") {
    for (const bool by_epoch : {false, true}) {
        for (const auto code : every_code()) {
            const auto step = step_after_commit(code);
            if (step != commit_step::rejoining && step != commit_step::not_member &&
                step != commit_step::replaced)
                continue;
            CAPTURE(by_epoch, code);
            obliging with{by_epoch};
            with.start();
            const auto before = with.member->identity();
            const bool hope =
                with.member->on_commit_refused(step, from_broker(code), before, with.now, with.wanted);
            // Only a rebalance leaves hope: whoever is no member must not commit what another may own by now.
            REQUIRE(hope == (step == commit_step::rejoining));
            if (!hope) REQUIRE(with.member->owned().empty());
            with.oblige();
            REQUIRE(with.settles());
            REQUIRE(with.member->ended() == (step == commit_step::replaced));
            // Refused as who it was before: that is no news of who it is now.
            if (with.member->ended() || hope) continue;
            REQUIRE(with.member->on_commit_refused(step, from_broker(code), before, with.now, with.wanted));
            REQUIRE(with.member->stable());
        }
    }
}

TEST_CASE("every code to a heartbeat while a hook of what is given up runs", "[G1][G5]") {
    for (const bool by_epoch : {false, true}) {
        for (const auto code : every_code()) {
            CAPTURE(by_epoch, code);
            obliging with{by_epoch};
            with.start();
            auto beat = with.next_beat();
            with.holding.push_back(kind::give_up);
            if (by_epoch) {
                static_cast<void>(with.epochs().report_request());
                protocol::consumer_group_heartbeat_response said;
                said.member_epoch = with.epochs().epoch();
                said.assignment.emplace(); // nothing any more
                with.epochs().on_reported(beat.ticket, {}, said, with.now, with.wanted);
            } else {
                with.classic().on_heartbeat(beat.ticket, {}, 27, with.now, with.wanted);
            }
            with.oblige();
            REQUIRE_FALSE(with.member->owned().empty());
            beat = with.next_beat();
            with.answer_beat(beat, {}, code);
            // The hook ends; what it ended for may have passed.
            with.member->on_given_up(with.now, with.wanted);
            REQUIRE(with.member->owned().empty());
            with.oblige();
            REQUIRE(with.settles());
        }
    }
}

TEST_CASE("every code to a leave: gone, within the time given", "[G9]") {
    for (const bool by_epoch : {false, true}) {
        for (const auto code : every_code()) {
            CAPTURE(by_epoch, code);
            obliging with{by_epoch};
            with.start();
            with.holding.push_back(kind::leave);
            const auto end = with.now + 5s;
            with.member->leave(group_exit::usual, end, with.now, with.wanted);
            with.oblige();
            const auto first = with.waiting(kind::leave);
            with.holding.clear();
            with.member->on_left(first.ticket, from_broker(code), with.now, with.wanted);
            with.oblige();
            while (!with.gone && with.now < end) {
                REQUIRE((code == 14 || code == 15 || code == 16)); // tried again; all else is the end of it
                with.pass(200ms);
            }
            REQUIRE(with.gone);
            REQUIRE(with.now < end);
        }
        // Refused or silent to the end: gone at that time all the same.
        for (const bool answered : {false, true}) {
            obliging with{by_epoch};
            with.start();
            with.holding.push_back(kind::leave);
            const auto end = with.now + 5s;
            with.member->leave(group_exit::usual, end, with.now, with.wanted);
            with.oblige();
            while (with.now < end) {
                REQUIRE_FALSE(with.gone);
                if (answered && !with.held.empty())
                    with.member->on_left(with.waiting(kind::leave).ticket, from_broker(14), with.now,
                                         with.wanted);
                with.pass(100ms);
            }
            REQUIRE(with.gone);
        }
    }
}

TEST_CASE("automatic chooses by what the broker offers, and not at all while it has not said", "[G8]") {
    CHECK(protocol_by_offer({}, 1) == group_protocol::consumer);
    CHECK(protocol_by_offer({}, 0) == group_protocol::classic);
    CHECK(protocol_by_offer(errc::unsupported_version, 0) == group_protocol::classic);
    // A connection that ends before it was asked says nothing of what its broker can.
    CHECK_FALSE(protocol_by_offer(errc::closed, 0));
    CHECK_FALSE(protocol_by_offer(errc::connection_lost, 0));
}
