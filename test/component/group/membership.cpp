// SPDX-License-Identifier: BSL-1.0
// Members that share topics, come and go, hand over, and cost little.
#include "component/group/group_fixture.hpp"

#include <kasio/partition_stream.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <thread>

using namespace kasio_test;

TEST_CASE("one member gets all partitions, reads them, and the next one goes on where it has committed") {
    for (const auto by : {group_protocol::classic, group_protocol::automatic}) {
        crew with;
        with.fill_all(5);
        auto& first = with.add(member_options(by));
        first.start();
        REQUIRE(with.until([&] { return first.values.size() == 20; }));
        CHECK(with.shared_out());
        const auto known = first.in->group_metadata();
        CHECK(known.group_id == "g");
        CHECK_FALSE(known.member_id.empty());
        CHECK(known.generation_id >= 1);
        with.close(first);
        CHECK(first.revoked == 1);
        CHECK(first.owned.empty());
        CHECK(first.ended == errc::closed);
        for (int partition = 0; partition < 4; ++partition) CHECK(with.committed(partition) == 5);
        CHECK(with.groups.find("g")->members.empty());
        with.fill_all(5, 5);
        auto& second = with.add(member_options(by));
        second.start();
        REQUIRE(with.until([&] { return second.values.size() == 20; }));
        CHECK(with.unique_values() == 40);
    }
}

TEST_CASE("a partition is handed over without a record lost or given twice", "[G5]") {
    for (const bool cooperative : {false, true}) {
        CAPTURE(cooperative);
        crew with;
        auto options = member_options();
        if (cooperative) options.assignors = {cooperative_sticky_assignor()};
        options.max_poll_records = 3;
        auto& first = with.add(options);
        first.start();
        REQUIRE(with.until([&] { return with.shared_out(); }));
        with.fill_all(50);
        auto& second = with.add(options);
        second.start();
        REQUIRE(with.until([&] { return with.shared_out() && second.owned.size() == 2; }));
        with.fill_all(50, 50);
        REQUIRE(with.until([&] { return with.values().size() >= 400; }));
        auto& third = with.add(options);
        third.start();
        REQUIRE(with.until([&] { return with.shared_out() && !third.owned.empty(); }));
        with.fill_all(20, 100);
        REQUIRE(with.until([&] { return with.unique_values() == 480; }));
        with.close(first);
        REQUIRE(with.until([&] { return with.shared_out(); }));
        with.fill_all(20, 120);
        REQUIRE(with.until([&] { return with.unique_values() == 560; }));
        CHECK(with.values().size() == 560); // each once
        for (const auto& each : with.workers) CHECK(each->lost == 0);
        // Those who stay keep what need not move: the first gave up two partitions to each newcomer at most.
        if (cooperative) CHECK(second.revoked <= 1);
    }
}

TEST_CASE("what a caller has in its hands is worked off and committed before it is handed over", "[G5]") {
    crew with{1};
    with.fill_all(10);
    auto options = member_options();
    options.max_poll_records = 10;
    auto& first = with.add(options);
    first.stopped = true; // one poll only: the records stay in its hands
    first.start();
    REQUIRE(with.until([&] { return first.values.size() == 10; }));
    auto& second = with.add(options);
    second.start();
    // The group waits for the first member, which waits for its caller.
    REQUIRE(with.until([&] { return with.groups.find("g")->members.size() == 2; }));
    with.io.restart();
    with.io.run_for(200ms);
    CHECK(first.revoked == 0);
    CHECK(with.committed(0) <= 0);
    first.stopped = false;
    first.poll(); // it has come back for more
    REQUIRE(with.until([&] { return first.revoked == 1 && with.shared_out(); }));
    CHECK(with.committed(0) == 10);
    CHECK(with.values().size() == 10);
}

TEST_CASE("an idle member costs one heartbeat an interval, and nothing else of the group's") {
    crew with;
    auto& only = with.add();
    only.start();
    REQUIRE(with.until([&] { return with.shared_out(); }));
    with.io.restart();
    with.io.run_for(150ms); // offsets are looked up, the start is committed
    with.broker.clear_requests();
    const auto begun = std::chrono::steady_clock::now();
    with.io.restart();
    with.io.run_for(600ms);
    const auto passed = std::chrono::steady_clock::now() - begun;
    const auto most = static_cast<std::size_t>(passed / 30ms) + 1;
    const auto beats = with.broker.request_count(api::heartbeat);
    CHECK(beats >= 5);
    CHECK(beats <= most);
    CHECK(with.broker.request_count() == beats + with.broker.request_count(api::fetch));
}

TEST_CASE("a close with automatic commit takes less than a tenth of a second") {
    std::chrono::steady_clock::duration shortest = std::chrono::hours{1};
    for (int round = 0; round < 5; ++round) {
        crew with;
        with.fill_all(10);
        auto& only = with.add();
        only.start();
        REQUIRE(with.until([&] { return only.values.size() == 40; }));
        const auto begun = std::chrono::steady_clock::now();
        with.close(only);
        shortest = std::min(shortest, std::chrono::steady_clock::now() - begun);
        CHECK(with.committed(3) == 10);
        CHECK(with.groups.find("g")->members.empty());
    }
    CHECK(shortest < 100ms); // the best of five: the machine may be busy
}

TEST_CASE("topics by a regular expression, found again when there are new ones") {
    crew with{1};
    with.broker.create_topic("orders-1", 1);
    with.broker.create_topic("orders-2", 1);
    with.broker.create_topic("other", 1);
    auto& only = with.add();
    only.in->subscribe(topic_pattern{"orders-.*"});
    only.poll();
    const owned_set both{{"orders-1", 0}, {"orders-2", 0}};
    REQUIRE(with.until([&] { return only.owned == both; }));
    only.in->subscribe(std::vector<std::string>{"t", "other"});
    const owned_set others{{"other", 0}, {"t", 0}};
    REQUIRE(with.until([&] { return only.owned == others; }));
    auto options = member_options();
    auto& wrong = with.add(options);
    CHECK_THROWS_AS(wrong.in->subscribe(topic_pattern{"("}), boost::system::system_error);
    CHECK_THROWS_AS(wrong.in->subscribe(std::vector<std::string>{}), boost::system::system_error);
}

TEST_CASE("unsubscribe commits, leaves and ends the poll; the next subscription waits for it") {
    crew with;
    with.fill_all(5);
    auto& only = with.add();
    only.start();
    REQUIRE(with.until([&] { return only.values.size() == 20; }));
    CHECK_THROWS_AS(only.in->assign({"t", 0}), boost::system::system_error);
    only.in->unsubscribe();
    REQUIRE(with.until([&] { return only.ended.has_value(); }));
    CHECK(only.ended == errc::invalid_argument);
    CHECK(with.committed(0) == 5);
    CHECK(with.groups.find("g")->members.empty());
    CHECK(only.in->group_metadata().generation_id == -1);
    only.in->unsubscribe();
    only.in->subscribe("t");
    only.in->unsubscribe();
    only.in->subscribe("t");
    only.ended.reset();
    only.poll();
    with.fill_all(5, 5);
    REQUIRE(with.until([&] { return only.values.size() == 40; }));
}

TEST_CASE("a hook may say where to start, be a coroutine, and see its partitions committed") {
    crew with{1};
    with.fill_all(20);
    auto options = member_options();
    options.auto_commit = false;
    options.on_assigned = [](const rebalance& what) {
        CHECK_FALSE(what.start_at({"t", 0}, start_position::at(15)));
        CHECK(what.start_at({"t", 7}, start_position::at(15)) == errc::partition_not_assigned);
    };
    struct hooks {
        static asio::awaitable<void> revoked(rebalance what, worker** self, int* done) {
            asio::steady_timer wait{co_await asio::this_coro::executor};
            wait.expires_after(20ms);
            co_await wait.async_wait(asio::use_awaitable);
            co_await (*self)->in->async_commit(asio::use_awaitable);
            *done += static_cast<int>(what.partitions().size());
        }
    };
    worker* self = nullptr;
    int done = 0;
    options.on_revoked = [&](rebalance what) { return hooks::revoked(std::move(what), &self, &done); };
    auto& only = with.add(options);
    self = &only;
    only.start();
    REQUIRE(with.until([&] { return only.values.size() == 5; }));
    CHECK(only.values.front() == "0-15");
    CHECK(with.committed(0) == -1);
    only.in->unsubscribe();
    REQUIRE(with.until([&] { return only.ended.has_value(); }));
    CHECK(done == 1);
    CHECK(with.committed(0) == 20);
}

TEST_CASE("streams of partitions that are given up end with the reason") {
    crew with{2};
    auto& first = with.add();
    first.start();
    REQUIRE(with.until([&] { return with.shared_out(); }));
    auto stream = first.in->partition_stream({"t", 1});
    polled waits;
    stream.async_next(waits.handler());
    auto& second = with.add();
    second.start();
    REQUIRE(with.until([&] { return waits.times == 1; }));
    CHECK(waits.error == errc::assignment_lost);
}

TEST_CASE("a static member comes back without a rebalance, and the one it replaces ends", "[G1][G9]") {
    crew with;
    auto fixed = member_options();
    fixed.group_instance_id = "one";
    auto& other = with.add();
    other.start();
    auto& first = with.add(fixed);
    first.start();
    REQUIRE(with.until([&] { return with.shared_out() && first.owned.size() == 2; }));
    const auto generation = with.groups.find("g")->generation;
    const auto mine = first.owned;
    with.close(first);
    CHECK(with.groups.find("g")->members.size() == 2); // it has not left
    auto& second = with.add(fixed);
    second.start();
    REQUIRE(with.until([&] { return second.owned == mine; }));
    CHECK(with.groups.find("g")->generation == generation);
    // The same id while it lives: the former is out.
    auto& third = with.add(fixed);
    third.start();
    REQUIRE(with.until([&] { return second.ended.has_value(); }));
    CHECK(second.ended == broker_errc::fenced_instance_id);
    CHECK(second.lost == 1);
    REQUIRE(with.until([&] { return third.owned == mine; }));
    // Told to leave, it leaves.
    third.stopped = true;
    bool closed = false;
    third.in->async_close(close_options{2s, group_exit::leave}, [&](error_code) { closed = true; });
    REQUIRE(with.until([&] { return closed; }));
    CHECK(with.groups.find("g")->members.size() == 1);
}

TEST_CASE("a user's own assignor shares out, with whoever has it too") {
    /// Everything to the member with the greatest id.
    class greedy final : public assignor {
    public:
        [[nodiscard]] std::string_view name() const noexcept override { return "greedy"; }
        [[nodiscard]] std::optional<std::string> user_data(const partition_list&,
                                                           std::int32_t) const override {
            return "mine";
        }
        [[nodiscard]] std::vector<member_assignment> assign(
            const std::vector<member_subscription>& members,
            const std::vector<topic_layout>& topics) const override {
            std::vector<member_assignment> all(members.size());
            std::size_t greatest = 0;
            for (std::size_t at = 0; at < members.size(); ++at) {
                if (members[at].user_data == "mine" && members[at].id > members[greatest].id) greatest = at;
            }
            for (const auto& topic : topics) {
                auto& given = all[greatest].partitions.emplace_back();
                given.topic = topic.name;
                for (std::size_t number = 0; number < topic.racks.size(); ++number)
                    given.partitions.push_back(static_cast<std::int32_t>(number));
            }
            return all;
        }
    };
    crew with;
    auto options = member_options();
    options.assignors = {std::make_shared<greedy>()};
    auto& first = with.add(options);
    auto& second = with.add(options);
    first.start();
    second.start();
    REQUIRE(with.until([&] { return with.shared_out() && with.groups.find("g")->members.size() == 2; }));
    CHECK(with.groups.find("g")->protocol == "greedy");
    CHECK((first.owned.empty() || second.owned.empty()));
    // Nobody else has it.
    auto& stranger = with.add();
    stranger.start();
    REQUIRE(with.until([&] { return stranger.ended.has_value(); }));
    CHECK(stranger.ended == broker_errc::inconsistent_group_protocol);
}

TEST_CASE("the leader shares out again when a topic gets more partitions") {
    crew with{1};
    auto& only = with.add();
    only.start();
    REQUIRE(with.until([&] { return with.shared_out(); }));
    with.broker.add_partitions("t", 3);
    // What makes metadata be asked for again does: here a partition that it moves.
    with.broker.fail_next(api::fetch, broker_errc::not_leader_or_follower);
    REQUIRE(with.until([&] { return only.owned.size() == 3; }));
}

TEST_CASE("who is closed during its first join is waited for no longer than it takes to say so", "[G9]") {
    crew with;
    auto patient = member_options();
    patient.session_timeout = 30s;
    auto& stays = with.add(patient);
    stays.start();
    REQUIRE(with.until([&] { return with.shared_out(); }));
    const auto joins = with.broker.request_count(api::join_group);
    with.broker.delay_next(api::join_group, 100ms, 1);
    auto& goes = with.add(patient);
    goes.start();
    REQUIRE(with.until([&] { return with.broker.request_count(api::join_group) > joins; }));
    with.close(goes);
    CHECK(with.broker.request_count(api::leave_group) == 1);
    // The group keeps no place for it, for which a third would have to wait a whole session.
    auto& comes = with.add(patient);
    comes.start();
    REQUIRE(with.until([&] { return with.shared_out() && comes.owned.size() == 2; }, 5s));
}
