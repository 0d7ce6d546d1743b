// SPDX-License-Identifier: BSL-1.0
// The member of KIP-848: its machine, step by step, and every code in every state.
#include "unit/group/member_script.hpp"

#include <functional>
#include <set>

using namespace kasio_test;

namespace {

uuid id_of(std::uint8_t number) {
    uuid id;
    id.bytes[0] = 1;
    id.bytes[15] = number;
    return id;
}

using said_topics = std::vector<std::pair<uuid, std::vector<std::int32_t>>>;

/// A member, its broker played by hand.
struct script {
    steady_point now{1000s};
    wishes out;
    consumer_member member;
    protocol::consumer_group_heartbeat_request sent;

    explicit script(member_settings with = plain_settings(), std::string pattern = {})
        : member{std::move(with), "me", std::move(pattern), {}} {}
    void subscribe(std::vector<std::string> topics = {"t"}) {
        member.subscribe(std::move(topics), now, out.all);
    }
    void start() {
        member.on_poll(true, now, out.all);
        subscribe();
        member.on_coordinator({}, now, out.all);
    }
    std::uint64_t ticket() {
        const auto* const last = out.last(kind::report);
        REQUIRE(last != nullptr);
        return last->ticket;
    }
    /// What the driver does with a wish to report.
    void send() { sent = member.report_request(); }
    void answer(std::int32_t epoch, const std::optional<said_topics>& given = std::nullopt) {
        protocol::consumer_group_heartbeat_response said;
        said.member_epoch = epoch;
        said.heartbeat_interval_ms = 5000;
        if (given) {
            auto& all = said.assignment.emplace();
            for (const auto& [id, numbers] : *given) {
                auto& topic = all.topic_partitions.emplace_back();
                topic.topic_id = id;
                topic.partitions = numbers;
            }
        }
        member.on_reported(ticket(), {}, said, now, out.all);
    }
    void refuse(std::int16_t code) {
        protocol::consumer_group_heartbeat_response said;
        said.error_code = code;
        member.on_reported(ticket(), {}, said, now, out.all);
    }
    void lose_line() { member.on_reported(ticket(), errc::connection_lost, {}, now, out.all); }
    void name(std::uint8_t number, std::string topic) {
        member.on_names({{id_of(number), std::move(topic)}}, now, out.all);
    }
    void pass(std::chrono::milliseconds time) {
        now += time;
        member.on_timer(now, out.all);
    }
    void become_stable() {
        start();
        send();
        answer(1, said_topics{{id_of(1), {0, 1}}});
        name(1, "t");
        member.on_taken(now, out.all);
        send();
        answer(1);
        REQUIRE(member.stable());
        out.clear();
    }
};

} // namespace

TEST_CASE("a member by epoch says everything at first, and later only what has changed", "[G7]") {
    script with;
    with.start();
    with.send();
    CHECK(with.sent.member_id == "me");
    CHECK(with.sent.member_epoch == 0);
    CHECK(with.sent.rebalance_timeout_ms == 300'000);
    CHECK(with.sent.subscribed_topic_names == std::vector<std::string>{"t"});
    REQUIRE(with.sent.topic_partitions);
    CHECK(with.sent.topic_partitions->empty());
    with.answer(1, said_topics{{id_of(1), {0, 1}}});
    REQUIRE(with.out.count(kind::resolve) == 1);
    CHECK(with.out.count(kind::take) == 0);
    with.name(1, "t");
    CHECK(with.out.last(kind::take)->partitions == partitions("t", {0, 1}));
    with.member.on_taken(with.now, with.out.all);
    REQUIRE(with.out.count(kind::report) == 2); // acknowledged at once
    with.send();
    CHECK(with.sent.member_epoch == 1);
    CHECK(with.sent.rebalance_timeout_ms == -1);
    CHECK_FALSE(with.sent.subscribed_topic_names);
    REQUIRE(with.sent.topic_partitions);
    CHECK(with.sent.topic_partitions->front().partitions == std::vector<std::int32_t>{0, 1});
    with.answer(1);
    CHECK(with.member.stable());
    with.pass(4999ms);
    CHECK(with.out.count(kind::report) == 2);
    with.pass(2ms);
    REQUIRE(with.out.count(kind::report) == 3);
    with.send();
    CHECK_FALSE(with.sent.topic_partitions);
}

TEST_CASE("a new assignment is given up for first, taken, and acknowledged; a newer one waits") {
    script with;
    with.become_stable();
    with.pass(5s);
    with.send();
    with.answer(1, said_topics{{id_of(1), {1, 2}}});
    CHECK(with.out.last(kind::give_up)->partitions == partitions("t", {0}));
    CHECK(with.out.count(kind::take) == 0);
    // Heartbeats go on; what they bring waits.
    with.pass(5s);
    REQUIRE(with.out.count(kind::report) == 2);
    with.send();
    with.answer(2, said_topics{{id_of(1), {1, 2, 3}}});
    CHECK(with.out.count(kind::take) == 0);
    with.member.on_given_up(with.now, with.out.all);
    CHECK(with.out.last(kind::take)->partitions == partitions("t", {2}));
    with.member.on_taken(with.now, with.out.all);
    CHECK(with.out.last(kind::take)->partitions == partitions("t", {3}));
    with.member.on_taken(with.now, with.out.all);
    with.send();
    CHECK(with.sent.member_epoch == 2);
    CHECK(with.sent.topic_partitions->front().partitions == std::vector<std::int32_t>{1, 2, 3});
}

TEST_CASE("a fenced member drops all, is silent while the hook runs, and joins anew with the same id",
          "[G7]") {
    for (const std::int16_t code : {110, 25}) {
        script with;
        with.become_stable();
        with.pass(5s);
        with.send();
        with.refuse(code);
        REQUIRE(with.out.count(kind::give_up) == 1);
        CHECK(with.out.last(kind::give_up)->lost);
        CHECK(with.member.owned().empty());
        with.pass(30s);
        CHECK(with.out.count(kind::report) == 1);
        with.member.on_given_up(with.now, with.out.all);
        REQUIRE(with.out.count(kind::report) == 2);
        with.send();
        CHECK(with.sent.member_id == "me");
        CHECK(with.sent.member_epoch == 0);
        REQUIRE(with.sent.topic_partitions);
        CHECK(with.sent.topic_partitions->empty());
        CHECK(with.sent.subscribed_topic_names == std::vector<std::string>{"t"});
    }
}

TEST_CASE("after an answer that was lost everything is said again", "[G7]") {
    script with;
    with.become_stable();
    with.pass(5s);
    with.send();
    with.lose_line();
    with.pass(1s);
    with.member.on_coordinator({}, with.now, with.out.all);
    with.pass(1s);
    with.send();
    CHECK(with.sent.member_epoch == 1);
    CHECK(with.sent.subscribed_topic_names);
    CHECK(with.sent.topic_partitions->front().partitions == std::vector<std::int32_t>{0, 1});
    CHECK(with.member.owned() == partitions("t", {0, 1}));
}

TEST_CASE("odd successes: epoch -1, a partition twice, an id that nobody knows", "[G7]") {
    script with;
    with.become_stable();
    with.pass(5s);
    with.send();
    with.answer(-1);
    CHECK(with.member.epoch() == 1);
    CHECK(with.member.owned() == partitions("t", {0, 1}));
    with.pass(2s);
    with.send();
    with.answer(2, said_topics{{id_of(1), {0, 1, 1, 0}}, {id_of(9), {0}}});
    REQUIRE(with.out.count(kind::resolve) == 1);
    with.member.on_names({}, with.now, with.out.all);
    CHECK(with.out.count(kind::give_up) == 0);
    CHECK(with.member.owned() == partitions("t", {0, 1}));
    // It is asked for again, and never said to be owned.
    with.pass(2s);
    CHECK(with.out.count(kind::resolve) == 2);
    with.subscribe({"t", "u"});
    with.pass(5s);
    with.send();
    with.member.on_names({{id_of(9), "u"}}, with.now, with.out.all);
    CHECK(with.out.last(kind::take)->partitions == partitions("u", {0}));
}

TEST_CASE("a group that is gone from under a member is joined once more, then it is an error", "[G8]") {
    script with;
    with.become_stable();
    with.pass(5s);
    with.send();
    with.refuse(69);
    CHECK(with.out.last(kind::give_up)->lost);
    CHECK(with.out.count(kind::fail) == 0);
    with.member.on_given_up(with.now, with.out.all);
    with.pass(2s);
    with.send();
    CHECK(with.sent.member_epoch == 0);
    with.refuse(69);
    REQUIRE(with.out.count(kind::fail) == 1);
    CHECK(with.out.last(kind::fail)->cause == broker_errc::group_id_not_found);
    script fresh;
    fresh.start();
    fresh.send();
    fresh.refuse(69);
    CHECK(fresh.out.count(kind::fail) == 1);
    CHECK_FALSE(fresh.member.was_in());
}

TEST_CASE("leaving says -1, static members -2 unless for good, and does not wait for more than its time",
          "[G9]") {
    auto fixed = plain_settings();
    fixed.instance_id = "i";
    for (const auto& [settings, how, epoch] :
         std::vector<std::tuple<member_settings, group_exit, int>>{{plain_settings(), group_exit::usual, -1},
                                                                   {fixed, group_exit::usual, -2},
                                                                   {fixed, group_exit::stay, -2},
                                                                   {fixed, group_exit::leave, -1}}) {
        script with{settings};
        with.become_stable();
        with.member.leave(how, with.now + 1s, with.now, with.out.all);
        CHECK(with.out.count(kind::give_up) == 1);
        with.member.on_given_up(with.now, with.out.all);
        REQUIRE(with.out.count(kind::leave) == 1);
        CHECK(with.member.leave_request().member_epoch == epoch);
        with.pass(1001ms);
        CHECK(with.out.count(kind::gone) == 1);
    }
    script stays;
    stays.become_stable();
    stays.member.leave(group_exit::stay, stays.now + 1s, stays.now, stays.out.all);
    stays.member.on_given_up(stays.now, stays.out.all);
    CHECK(stays.out.count(kind::leave) == 0);
    CHECK(stays.out.count(kind::gone) == 1);
}

TEST_CASE("a caller who does not poll is out until the next poll, by epoch too", "[G3]") {
    script with;
    with.become_stable();
    with.member.on_poll(false, with.now, with.out.all);
    for (int second = 0; second < 301 && with.out.count(kind::give_up) == 0; ++second) {
        with.pass(1s);
        if (with.out.count(kind::report) > 0 && with.out.count(kind::give_up) == 0) {
            with.send();
            with.answer(1);
            with.out.clear();
        }
    }
    CHECK(with.out.told(errc::poll_overdue));
    CHECK(with.out.last(kind::give_up)->lost);
    CHECK(with.out.count(kind::leave) == 1);
    with.member.on_given_up(with.now, with.out.all);
    const auto reports = with.out.count(kind::report);
    with.pass(60s);
    CHECK(with.member.next_wake() > with.now);
    CHECK(with.out.count(kind::report) == reports);
    with.member.on_poll(true, with.now, with.out.all);
    REQUIRE(with.out.count(kind::report) == reports + 1);
    with.send();
    CHECK(with.sent.member_epoch == 0);
}

TEST_CASE("a pattern is the broker's to match, and is taken back by an empty one") {
    script with{plain_settings(), "a.*"};
    with.start();
    with.send();
    CHECK(with.sent.subscribed_topic_regex == "a.*");
    with.answer(1, said_topics{});
    with.member.set_pattern("");
    with.subscribe({"t"});
    with.send();
    CHECK(with.sent.subscribed_topic_regex == "");
    CHECK(with.sent.subscribed_topic_names == std::vector<std::string>{"t"});
}

TEST_CASE("every code in every state of a member by epoch ends it by name, or it is stable again",
          "[G1][G7]") {
    const std::set<int> fatal{30, 35, 42, 69, 81, 82, 111, 112, 128};
    const std::vector<std::pair<const char*, std::function<void(script&)>>> states{
        {"joining",
         [](script& w) {
             w.start();
             w.send();
         }},
        {"stable",
         [](script& w) {
             w.become_stable();
             w.pass(5s);
             w.send();
         }},
        {"giving up",
         [](script& w) {
             w.become_stable();
             w.pass(5s);
             w.send();
             w.answer(1, said_topics{{id_of(1), {1}}});
             w.pass(5s);
             w.send();
         }},
        {"acknowledging",
         [](script& w) {
             w.start();
             w.send();
             w.answer(1, said_topics{{id_of(1), {0, 1}}});
             w.name(1, "t");
             w.member.on_taken(w.now, w.out.all);
             w.send();
         }},
    };
    for (const auto& [name, reach] : states) {
        for (int code = -1; code <= 140; ++code) {
            if (code == 0) continue;
            CAPTURE(name, code);
            script with;
            reach(with);
            const auto changing = with.out.last(kind::give_up) != nullptr;
            const auto before = static_cast<std::ptrdiff_t>(with.out.all.size());
            with.refuse(static_cast<std::int16_t>(code));
            // What was wanted on the way here has been done.
            with.out.all.erase(with.out.all.begin(), with.out.all.begin() + before);
            if (fatal.contains(code) && (code != 69 || !with.member.was_in())) {
                REQUIRE(with.member.ended());
                continue;
            }
            std::int32_t epoch = 10;
            if (changing) with.member.on_given_up(with.now, with.out.all);
            bool told = false; // of both partitions
            for (int round = 0; round < 100 && !with.member.ended(); ++round) {
                if (told && with.member.stable() && with.out.all.empty()) break;
                auto wanted = std::exchange(with.out.all, {});
                member_actions next;
                for (const auto& each : wanted) {
                    with.out.all.assign(1, each);
                    if (each.what == kind::report) {
                        with.send();
                        with.answer(epoch++, said_topics{{id_of(1), {0, 1}}});
                        told = true;
                    } else if (each.what == kind::find_coordinator) {
                        with.member.on_coordinator({}, with.now, with.out.all);
                    } else if (each.what == kind::resolve) {
                        with.name(1, "t");
                    } else if (each.what == kind::give_up) {
                        with.member.on_given_up(with.now, with.out.all);
                    } else if (each.what == kind::take) {
                        with.member.on_taken(with.now, with.out.all);
                    }
                    next.insert(next.end(), with.out.all.begin() + 1, with.out.all.end());
                }
                with.out.all = std::move(next);
                if (with.out.all.empty()) with.pass(1100ms);
            }
            REQUIRE((with.member.stable() || with.member.ended()));
            if (with.member.stable()) REQUIRE(with.member.owned() == partitions("t", {0, 1}));
        }
    }
}
