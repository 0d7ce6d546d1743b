// SPDX-License-Identifier: BSL-1.0
// What goes wrong around a membership, and what its consumer sees of it.
#include "component/group/group_fixture.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <functional>

using namespace kasio_test;

TEST_CASE("codes to joins, syncs and heartbeats: the group is whole again, or the poll tells the end",
          "[G1]") {
    struct row {
        api which;
        broker_errc code;
        bool ends;
    };
    std::vector<row> rows;
    for (const auto which : {api::join_group, api::sync_group, api::heartbeat}) {
        for (const auto code : {broker_errc::rebalance_in_progress, broker_errc::illegal_generation,
                                broker_errc::unknown_member_id, broker_errc::not_coordinator,
                                broker_errc::coordinator_load_in_progress, static_cast<broker_errc>(999)})
            rows.push_back({which, code, false});
        rows.push_back({which, broker_errc::fenced_instance_id, true});
        rows.push_back({which, broker_errc::group_authorization_failed, true});
        rows.push_back({which, broker_errc::unreleased_instance_id, true});
    }
    for (const auto& each : rows) {
        CAPTURE(static_cast<int>(each.which), static_cast<int>(each.code));
        crew with;
        auto& only = with.add();
        if (each.which != api::heartbeat) with.broker.fail_next(each.which, each.code, 1);
        only.start();
        if (each.which == api::heartbeat) {
            REQUIRE(with.until([&] { return with.shared_out(); }));
            with.broker.fail_next(each.which, each.code, 1);
            const auto count = with.broker.request_count(api::heartbeat);
            REQUIRE(with.until([&] { return with.broker.request_count(api::heartbeat) > count; }));
        }
        if (each.ends) {
            REQUIRE(with.until([&] { return only.ended.has_value(); }));
            CHECK(*only.ended == each.code);
            const auto joins = with.broker.request_count(api::join_group);
            with.io.restart();
            with.io.run_for(60ms);
            CHECK(with.broker.request_count(api::join_group) == joins); // no loop
        } else {
            with.fill_all(3);
            REQUIRE(with.until([&] { return only.values.size() >= 12 && with.shared_out(); }));
            CHECK(with.broker.request_count(api::join_group) < 8);
        }
    }
}

TEST_CASE("a member that was thrown out loses its partitions, its commits fail, and it comes back",
          "[G1][G3]") {
    crew with;
    auto options = member_options();
    options.auto_commit = false;
    auto& only = with.add(options);
    only.start();
    REQUIRE(with.until([&] { return with.shared_out(); }));
    with.groups.expire_session("g", only.in->group_metadata().member_id);
    error_code outcome;
    bool done = false;
    only.in->async_commit(committed_offset{{"t", 0}, 3}, [&](error_code error, const auto&) {
        outcome = error;
        done = true;
    });
    REQUIRE(with.until([&] { return done; }));
    // Whichever asks first, the commit or the next heartbeat.
    CHECK((outcome == broker_errc::unknown_member_id || outcome == errc::assignment_lost));
    CHECK(with.committed(0) == -1);
    REQUIRE(with.until([&] { return only.lost == 1 && with.shared_out(); }));
    CHECK(with.until([&] { return only.was_told(errc::assignment_lost); }));
    // What is not this member's is not committed at all.
    done = false;
    only.in->async_commit(committed_offset{{"other", 0}, 3}, [&](error_code error, const auto&) {
        outcome = error;
        done = true;
    });
    REQUIRE(with.until([&] { return done; }));
    CHECK(outcome == errc::assignment_lost);
}

TEST_CASE("reading goes on while the coordinator is away, and the membership survives its move", "[G2]") {
    crew with{4, {.nodes = 3}};
    auto& only = with.add();
    only.start();
    with.fill_all(1);
    // Where to begin is the coordinator's to say: it has said so once something is read.
    REQUIRE(with.until([&] { return only.values.size() == 4 && with.shared_out(); }));
    with.groups.set_coordinator_available("g", false);
    with.broker.fail_next(api::heartbeat, broker_errc::not_coordinator);
    const auto looked = with.broker.request_count(api::find_coordinator);
    REQUIRE(with.until([&] { return with.broker.request_count(api::find_coordinator) > looked; }));
    with.fill_all(4, 1);
    REQUIRE(with.until([&] { return only.values.size() == 20; }));
    CHECK(only.lost == 0);
    with.groups.set_coordinator_available("g", true);
    const auto beats = with.broker.request_count(api::heartbeat);
    REQUIRE(with.until([&] { return with.broker.request_count(api::heartbeat) > beats; }));
    with.groups.move_coordinator("g", with.groups.coordinator("g") % 3 + 1);
    with.fill_all(5, 5);
    REQUIRE(with.until([&] { return with.unique_values() == 40; }));
    // A dead one is noticed by the heartbeats themselves.
    with.broker.kill_node(with.groups.coordinator("g"));
    with.fill_all(5, 10);
    REQUIRE(with.until([&] { return with.unique_values() == 60 && with.shared_out(); }));
}

TEST_CASE("a coordinator that never answers: lost by name when the session is over, and close ends",
          "[G2][G9][L1]") {
    crew with;
    auto& only = with.add();
    only.start();
    REQUIRE(with.until([&] { return with.shared_out(); }));
    with.broker.drop_next(api::heartbeat, 1000);
    with.broker.drop_next(api::join_group, 1000);
    with.broker.drop_next(api::leave_group, 1000);
    with.broker.drop_next(api::offset_commit, 1000);
    with.broker.drop_next(api::find_coordinator, 1000);
    REQUIRE(with.until([&] { return only.was_told(errc::coordinator_unavailable) && only.lost == 1; }));
    CHECK(only.owned.empty());
    const auto begun = std::chrono::steady_clock::now();
    with.close(only, 300ms);
    CHECK(std::chrono::steady_clock::now() - begun < 900ms);
}

TEST_CASE("who does not poll for too long is out by name, and in again with the next poll", "[G3]") {
    crew with{1};
    with.fill_all(10);
    auto options = member_options();
    options.max_poll_interval = 300ms;
    options.max_poll_records = 5;
    auto& slow = with.add(options);
    slow.stopped = true;
    slow.start();
    REQUIRE(with.until([&] { return slow.values.size() == 5; }));
    REQUIRE(with.until([&] { return slow.lost == 1; }));
    CHECK(with.groups.wait_for(
        "g", [](const auto& group) { return group.members.empty(); }, 5s));
    auto& other = with.add(options);
    other.start();
    REQUIRE(with.until([&] { return other.values.size() == 10; }));
    // What was fetched before is never handed out.
    slow.stopped = false;
    slow.poll();
    REQUIRE(with.until([&] { return with.shared_out() && with.groups.find("g")->members.size() == 2; }));
    CHECK(slow.was_told(errc::poll_overdue));
    CHECK(slow.values.size() == 5);
}

TEST_CASE("a commit during a rebalance waits for it, and starts none", "[G4]") {
    crew with;
    auto options = member_options();
    options.auto_commit = false;
    auto& only = with.add(options);
    only.start();
    REQUIRE(with.until([&] { return with.shared_out(); }));
    const auto joins = with.broker.request_count(api::join_group);
    with.broker.fail_next(api::offset_commit, broker_errc::rebalance_in_progress, 3);
    std::optional<error_code> outcome;
    only.in->async_commit(committed_offset{{"t", 0}, 3},
                          [&](error_code error, const auto&) { outcome = error; });
    REQUIRE(with.until([&] { return outcome.has_value(); }));
    CHECK_FALSE(*outcome);
    CHECK(with.committed(0) == 3);
    CHECK(with.broker.request_count(api::join_group) == joins);
}

namespace {

asio::awaitable<void> never(rebalance) {
    asio::steady_timer wait{co_await asio::this_coro::executor};
    wait.expires_at(asio::steady_timer::time_point::max());
    co_await wait.async_wait(asio::use_awaitable);
}

asio::awaitable<void> throws(rebalance) {
    co_await asio::this_coro::executor;
    throw std::runtime_error{"mine"};
}

} // namespace

TEST_CASE("whoever keeps what it was given too long is told that it lost the partition", "[G3][G5]") {
    crew with{1};
    with.fill_all(5);
    auto options = member_options();
    options.max_poll_interval = 1s;
    auto& slow = with.add(options);
    slow.start();
    REQUIRE(with.until([&] { return slow.values.size() == 5; }));
    slow.stopped = true; // the next poll's records stay in its hands
    with.fill_all(1, 5);
    REQUIRE(with.until([&] { return slow.values.size() == 6; }));
    with.broker.fail_next(api::heartbeat, broker_errc::rebalance_in_progress);
    REQUIRE(with.until([&] { return slow.lost == 1; }));
    CHECK(slow.revoked == 0);
    slow.stopped = false;
    slow.poll();
    REQUIRE(with.until([&] { return with.shared_out() && slow.values.size() >= 7; }));
    CHECK(slow.values.back() == "0-5"); // it was not committed
    CHECK((slow.was_told(errc::assignment_lost) || slow.was_told(errc::poll_overdue)));
}

TEST_CASE("a hook that throws counts as done, and is told", "[G5][L5]") {
    for (const bool coroutine : {false, true}) {
        crew with{1};
        with.fill_all(5);
        auto options = member_options();
        if (coroutine) options.on_assigned = throws;
        else options.on_assigned = [](const rebalance&) { throw std::runtime_error{"mine"}; };
        auto& only = with.add(options);
        only.start();
        REQUIRE(with.until([&] { return only.values.size() == 5; }));
        CHECK(with.until([&] { return only.was_told(errc::hook_failed); }));
        with.close(only);
    }
}

TEST_CASE("a hook that never ends is waited for no longer than the group waits", "[G5]") {
    crew with{2};
    auto options = member_options();
    options.max_poll_interval = 400ms;
    auto stuck = options;
    stuck.on_revoked = never;
    auto& first = with.add(stuck);
    first.start();
    REQUIRE(with.until([&] { return with.shared_out(); }));
    auto& second = with.add(options);
    second.start();
    REQUIRE(with.until([&] { return first.was_told(errc::hook_timed_out); }));
    REQUIRE(with.until([&] { return second.owned.size() == 1; }));
    // It has joined in time: the group did not go on without it.
    CHECK(first.lost == 0);
    CHECK(first.assigned == 2);
    CHECK_FALSE(first.was_told(errc::assignment_lost));
}

TEST_CASE("thrown out while its hook runs, a member tells that the partitions were lost", "[G3][G5]") {
    crew with{2};
    auto options = member_options();
    options.on_revoked = never;
    auto& only = with.add(options);
    only.start();
    REQUIRE(with.until([&] { return with.shared_out(); }));
    const auto id = only.in->group_metadata().member_id;
    with.broker.fail_next(api::heartbeat, broker_errc::rebalance_in_progress);
    with.io.restart();
    with.io.run_for(100ms); // the hook has begun
    with.groups.expire_session("g", id);
    REQUIRE(with.until([&] { return only.was_told(errc::assignment_lost) && only.assigned == 2; }));
    CHECK_FALSE(only.was_told(errc::hook_timed_out));
}

TEST_CASE("a close ends in time whatever a hook does, also from inside of one", "[G5][L1]") {
    for (const bool assigned : {true, false}) {
        crew with{1};
        auto options = member_options();
        if (assigned) options.on_assigned = never;
        else options.on_revoked = never;
        auto& only = with.add(options);
        only.start();
        with.io.restart();
        with.io.run_for(150ms);
        const auto begun = std::chrono::steady_clock::now();
        with.close(only, 200ms);
        CHECK(std::chrono::steady_clock::now() - begun < 800ms);
    }
    crew with{1};
    auto options = member_options();
    bool closed = false;
    worker* self = nullptr;
    options.on_assigned = [&](const rebalance&) {
        self->in->async_close(1s, [&](error_code) { closed = true; });
    };
    auto& only = with.add(options);
    self = &only;
    only.start();
    REQUIRE(with.until([&] { return closed && only.ended.has_value(); }));
    CHECK(with.groups.find("g")->members.empty());
}

TEST_CASE("leaving is tried again while there is time, and an unknown member has left", "[G9]") {
    for (const auto code : {broker_errc::not_coordinator, broker_errc::coordinator_load_in_progress,
                            broker_errc::unknown_member_id}) {
        crew with;
        auto& only = with.add();
        only.start();
        REQUIRE(with.until([&] { return with.shared_out(); }));
        with.broker.fail_next(api::leave_group, code, 1);
        const auto begun = std::chrono::steady_clock::now();
        with.close(only);
        CHECK(std::chrono::steady_clock::now() - begun < 1500ms);
        CHECK(with.broker.request_count(api::leave_group) ==
              (code == broker_errc::unknown_member_id ? 1 : 2));
    }
}

TEST_CASE("a close at any step of joining ends at once, and nothing runs on", "[L1][G9]") {
    const std::vector<std::pair<const char*, std::function<void(testing::broker&)>>> stages{
        {"refusing connections", [](testing::broker& broker) { broker.kill_node(1); }},
        {"silent from the start", [](testing::broker& broker) { broker.pause_node(1); }},
        {"silent at FindCoordinator", [](testing::broker& b) { b.drop_next(api::find_coordinator, 1000); }},
        {"failing at FindCoordinator",
         [](testing::broker& b) {
             b.fail_next(api::find_coordinator, broker_errc::coordinator_not_available, 100'000);
         }},
        {"silent at JoinGroup", [](testing::broker& b) { b.drop_next(api::join_group, 1000); }},
        {"failing at JoinGroup",
         [](testing::broker& b) {
             b.fail_next(api::join_group, broker_errc::coordinator_load_in_progress, 100'000);
         }},
        {"silent at SyncGroup", [](testing::broker& b) { b.drop_next(api::sync_group, 1000); }},
        {"silent at OffsetFetch", [](testing::broker& b) { b.drop_next(api::offset_fetch, 1000); }},
        {"silent at LeaveGroup", [](testing::broker& b) { b.drop_next(api::leave_group, 1000); }},
    };
    for (const auto by : {group_protocol::classic, group_protocol::automatic}) {
        for (const auto& [name, fault] : stages) {
            CAPTURE(name);
            crew with;
            fault(with.broker);
            auto& only = with.add(member_options(by));
            only.start();
            with.io.run_for(60ms);
            const auto begun = std::chrono::steady_clock::now();
            with.close(only, 150ms);
            CHECK(std::chrono::steady_clock::now() - begun < 700ms);
            CHECK(only.ended == errc::closed);
            bool closed = false;
            only.kafka.async_close(1s, [&](error_code) { closed = true; });
            REQUIRE(with.until([&] { return closed; }, 2s));
            CHECK(drain(with.io));
        }
    }
}

TEST_CASE("handles that are destroyed while the group is busy leave nothing that runs on", "[L3][L4]") {
    for (const auto time : {0ms, 5ms, 40ms, 120ms}) {
        testing::broker broker;
        broker.create_topic("t", 2);
        auto alive = std::make_shared<int>(1);
        {
            asio::io_context io;
            auto options = member_options();
            options.on_assigned = [alive](const rebalance&) {};
            {
                cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
                consumer in{kafka, options};
                in.subscribe("t");
                in.async_poll([alive](error_code, const fetched_records&) {});
                in.async_commit([alive](error_code, const auto&) {});
                if (time.count() != 0) io.run_for(time);
            }
            options = {};
            CHECK(drain(io));
            CHECK(alive.use_count() == 1);
        }
        {
            std::optional<cluster> kafka;
            std::optional<consumer> in;
            {
                asio::io_context io;
                auto options = member_options();
                options.on_assigned = [alive](const rebalance&) {};
                kafka.emplace(io.get_executor(), quick(broker.bootstrap_servers()));
                in.emplace(*kafka, options);
                in->subscribe("t");
                in->async_poll([alive](error_code, const fetched_records&) { FAIL(); });
                if (time.count() != 0) io.run_for(time);
            }
        }
        CHECK(alive.use_count() == 1);
    }
}

TEST_CASE("a protocol that the broker lacks: automatic takes the other, asked for by name it is an error",
          "[G8]") {
    crew with;
    with.broker.set_versions(static_cast<api>(68), 1, 0);
    auto& automatic = with.add(member_options(group_protocol::automatic));
    automatic.start();
    REQUIRE(with.until([&] { return with.shared_out(); }));
    CHECK(with.groups.find("g")->type == "classic");
    auto& named = with.add(member_options(group_protocol::consumer));
    named.start();
    REQUIRE(with.until([&] { return named.ended.has_value(); }));
    CHECK(*named.ended == errc::unsupported_version);
}
