// SPDX-License-Identifier: BSL-1.0
// Committed offsets: with and without a membership, by hand and by themselves.
#include "component/group/group_fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>

using namespace kasio_test;

namespace {

constexpr std::int16_t commits_by_id = 10;

struct committing {
    int times = 0;
    error_code error;
    std::vector<committed_offset> offsets;
    auto handler() {
        return [this](error_code code, std::vector<committed_offset> what) {
            ++times;
            error = code;
            offsets = std::move(what);
        };
    }
};

/// A reader of given partitions that has a group for its offsets.
consumer_options alone() {
    auto options = member_options();
    options.auto_commit = false;
    return options;
}

template <class Start>
committing outcome(reader& with, Start start, std::chrono::milliseconds limit = 5s) {
    committing result;
    start(result);
    REQUIRE(run_until(
        with.io, [&] { return result.times == 1; }, limit));
    return result;
}

committing commit(reader& with) {
    return outcome(with, [&](auto& to) { with.in.async_commit(to.handler()); });
}
committing commit(reader& with, std::vector<committed_offset> offsets) {
    return outcome(with, [&](auto& to) { with.in.async_commit(std::move(offsets), to.handler()); });
}
committing committed(reader& with, std::vector<topic_partition> partitions) {
    return outcome(with, [&](auto& to) { with.in.async_committed(std::move(partitions), to.handler()); });
}

} // namespace

TEST_CASE("a consumer without a membership commits what it has read, and the next one goes on there") {
    testing::broker broker;
    testing::groups groups{broker};
    broker.create_topic("t", 2);
    fill(broker, "t", 0, 20);
    {
        auto options = alone();
        options.max_poll_records = 15;
        reader with{broker, options};
        with.in.assign({"t", 0});
        CHECK(with.values(15) == numbers(0, 15));
        const auto done = commit(with);
        CHECK_FALSE(done.error);
        REQUIRE(done.offsets.size() == 1);
        CHECK(done.offsets[0].offset == 15);
        CHECK(groups.committed("g", "t", 0)->offset == 15);
        CHECK(groups.committed("g", "t", 0)->leader_epoch == 0);
        CHECK_FALSE(commit(with, {{{"t", 1}, 7, "a note"}}).error);
        CHECK(groups.committed("g", "t", 1)->metadata == "a note");
    }
    reader next{broker, alone()};
    next.in.assign({"t", 0});
    CHECK(next.values(5) == numbers(15, 5));
    const auto known = committed(next, {{"t", 1}, {"t", 0}, {"u", 0}});
    CHECK_FALSE(known.error);
    REQUIRE(known.offsets.size() == 3);
    CHECK(known.offsets[0].offset == 15);
    CHECK(known.offsets[1].offset == 7);
    CHECK(known.offsets[1].metadata == "a note");
    CHECK(known.offsets[2].offset == -1);
    // What is given counts more than what was committed.
    next.in.assign({"t", 0}, start_position::at(3));
    CHECK(next.values(17) == numbers(3, 17));
}

TEST_CASE("commits without a group, of a negative offset, or after close are refused") {
    testing::broker broker;
    broker.create_topic("t", 1);
    reader none{broker, from_start()};
    CHECK(commit(none, {{{"t", 0}, 1}}).error == errc::invalid_argument);
    CHECK(committed(none, {{"t", 0}}).error == errc::invalid_argument);
    CHECK_THROWS_AS(none.in.subscribe("t"), boost::system::system_error);
    reader with{broker, alone()};
    CHECK(commit(with, {{{"t", 0}, -1}}).error == errc::invalid_argument);
    bool closed = false;
    with.in.async_close([&](error_code) { closed = true; });
    REQUIRE(run_until(with.io, [&] { return closed; }));
    CHECK(commit(with, {{{"t", 0}, 1}}).error == errc::closed);
}

TEST_CASE("a consumer without a group has nobody to commit to when it closes") {
    testing::broker broker;
    broker.create_topic("t", 1);
    broker.append("t", 0, {.value = "x"});
    reader with{broker};
    with.in.assign({"t", 0});
    CHECK(with.values(1).size() == 1);
    bool closed = false;
    with.in.async_close([&closed](error_code error) {
        CHECK_FALSE(error);
        closed = true;
    });
    REQUIRE(run_until(with.io, [&] { return closed; }));
    CHECK(broker.request_count(api::find_coordinator) == 0);
    CHECK(broker.request_count(api::offset_commit) == 0);
}

TEST_CASE("an offset goes by its topic's id, and never to a topic that took the name") {
    testing::broker broker;
    testing::groups groups{broker};
    broker.create_topic("t", 1);
    fill(broker, "t", 0, 5);
    reader with{broker, alone()};
    with.in.assign({"t", 0});
    CHECK(with.values(5) == numbers(0, 5));
    CHECK_FALSE(commit(with).error);
    CHECK(broker.requests(api::offset_commit).back().version == commits_by_id);
    CHECK(groups.committed("g", "t", 0)->offset == 5);
    CHECK(committed(with, {{"t", 0}}).offsets.at(0).offset == 5);
    CHECK(broker.requests(api::offset_fetch).back().version == commits_by_id);
    // It was sent, and is sent again to a cluster where the name is another topic's.
    broker.clear_requests();
    broker.fail_next(api::offset_commit, broker_errc::coordinator_load_in_progress);
    const auto refused = outcome(with, [&](auto& to) {
        with.in.async_commit({{{"t", 0}, 4}}, to.handler());
        REQUIRE(run_until(with.io, [&] { return broker.request_count(api::offset_commit) == 1; }));
        broker.delete_topic("t");
        broker.create_topic("t", 1);
    });
    CHECK(refused.error == broker_errc::unknown_topic_id);
    CHECK_FALSE(groups.committed("g", "t", 0));
    // What was committed is found by name when the id is not known any more.
    CHECK(committed(with, {{"t", 0}}).offsets.at(0).offset == -1);
    CHECK_FALSE(commit(with, {{{"t", 0}, 1}}).error);
    CHECK(groups.committed("g", "t", 0)->offset == 1);
}

TEST_CASE("codes that pass are waited out, those that do not are told for their partition", "[G1][G2]") {
    for (const auto code : {broker_errc::coordinator_load_in_progress, broker_errc::not_coordinator,
                            broker_errc::coordinator_not_available, broker_errc::unknown_topic_or_partition,
                            static_cast<broker_errc>(999)}) {
        testing::broker broker;
        testing::groups groups{broker};
        broker.create_topic("t", 1);
        reader with{broker, alone()};
        broker.fail_next(api::offset_commit, code, 2);
        CHECK_FALSE(commit(with, {{{"t", 0}, 5}}).error);
        CHECK(groups.committed("g", "t", 0)->offset == 5);
        CHECK(broker.request_count(api::offset_commit) == 3);
    }
    testing::broker broker;
    broker.create_topic("t", 1);
    reader with{broker, alone()};
    broker.fail_next(api::offset_commit, broker_errc::group_authorization_failed);
    const auto refused = commit(with, {{{"t", 0}, 5}});
    CHECK(refused.error == broker_errc::group_authorization_failed);
    CHECK(refused.offsets[0].error == broker_errc::group_authorization_failed);
    CHECK(broker.request_count(api::offset_commit) == 1);
}

TEST_CASE("the coordinator is found again when it moves, loads, or is missing for a while", "[G2]") {
    testing::broker broker{{.nodes = 3}};
    testing::groups groups{broker};
    broker.create_topic("t", 1);
    reader with{broker, alone()};
    CHECK_FALSE(commit(with, {{{"t", 0}, 1}}).error);
    groups.move_coordinator("g", groups.coordinator("g") % 3 + 1);
    CHECK_FALSE(commit(with, {{{"t", 0}, 2}}).error);
    groups.set_loading("g", true);
    committing waiting;
    with.in.async_commit(committed_offset{{"t", 0}, 3}, waiting.handler());
    with.io.restart();
    with.io.run_for(50ms);
    CHECK(waiting.times == 0);
    groups.set_loading("g", false);
    REQUIRE(run_until(with.io, [&] { return waiting.times == 1; }));
    CHECK_FALSE(waiting.error);
    groups.set_coordinator_available("g", false);
    broker.kill_node(groups.coordinator("g"));
    committing gone;
    with.in.async_commit(committed_offset{{"t", 0}, 4}, gone.handler());
    REQUIRE(run_until(
        with.io, [&] { return gone.times == 1; }, 6s));
    CHECK(gone.error);
    CHECK(groups.committed("g", "t", 0)->offset == 3);
}

TEST_CASE("an older commit never overtakes a newer one", "[G4]") {
    testing::broker broker;
    testing::groups groups{broker};
    broker.create_topic("t", 1);
    reader with{broker, alone()};
    broker.fail_next(api::offset_commit, broker_errc::coordinator_load_in_progress, 2);
    committing first;
    committing second;
    committing third;
    with.in.async_commit(committed_offset{{"t", 0}, 1}, first.handler());
    with.in.async_commit(committed_offset{{"t", 0}, 2}, second.handler());
    with.in.async_commit(committed_offset{{"t", 0}, 3}, third.handler());
    REQUIRE(run_until(with.io, [&] { return third.times == 1; }));
    CHECK((first.times == 1 && second.times == 1));
    std::vector<std::int64_t> order;
    for (const auto& each : groups.commits("g")) order.push_back(each.offset);
    CHECK(order == std::vector<std::int64_t>{1, 2, 3});
}

TEST_CASE("a cancelled commit that was not sent is not made", "[L2]") {
    testing::broker broker;
    testing::groups groups{broker};
    broker.create_topic("t", 1);
    reader with{broker, alone()};
    groups.set_loading("g", true);
    committing first;
    committing second;
    asio::cancellation_signal signal;
    with.in.async_commit(committed_offset{{"t", 0}, 1}, first.handler());
    with.in.async_commit(committed_offset{{"t", 0}, 2},
                         asio::bind_cancellation_slot(signal.slot(), second.handler()));
    with.io.run_for(20ms);
    signal.emit(asio::cancellation_type::total);
    REQUIRE(run_until(with.io, [&] { return second.times == 1; }));
    CHECK(second.error == asio::error::operation_aborted);
    groups.set_loading("g", false);
    REQUIRE(run_until(with.io, [&] { return first.times == 1; }));
    with.io.restart();
    with.io.run_for(20ms);
    CHECK(groups.committed("g", "t", 0)->offset == 1);
}

TEST_CASE("automatic commits hold what earlier polls gave, and close commits the rest", "[G4]") {
    testing::broker broker;
    testing::groups groups{broker};
    broker.create_topic("t", 1);
    fill(broker, "t", 0, 20);
    auto options = member_options();
    options.max_poll_records = 10;
    int hooked = 0;
    options.on_commit = [&](error_code error, const std::vector<committed_offset>&) {
        CHECK_FALSE(error);
        ++hooked;
    };
    reader with{broker, options};
    with.in.assign({"t", 0});
    CHECK(with.values(10) == numbers(0, 10));
    with.io.restart();
    with.io.run_for(150ms);
    // The caller may still be at work on them.
    CHECK(groups.committed("g", "t", 0).value_or(testing::committed_position{}).offset <= 0);
    CHECK(with.values(10) == numbers(10, 10));
    REQUIRE(run_until(with.io, [&] {
        const auto found = groups.committed("g", "t", 0);
        return found && found->offset == 10;
    }));
    const auto commits = broker.request_count(api::offset_commit);
    with.io.restart();
    with.io.run_for(150ms);
    CHECK(broker.request_count(api::offset_commit) == commits); // nothing new
    bool closed = false;
    with.in.async_close([&](error_code) { closed = true; });
    REQUIRE(run_until(with.io, [&] { return closed; }));
    CHECK(groups.committed("g", "t", 0)->offset == 20);
    CHECK(hooked >= 2);
}

TEST_CASE("a look-up of committed offsets that fails strands nothing: it is told, and goes on", "[G2]") {
    testing::broker broker;
    testing::groups groups{broker};
    broker.create_topic("t", 1);
    fill(broker, "t", 0, 20);
    groups.commit("g", "t", 0, {12, -1, {}});
    broker.fail_next(api::offset_fetch, broker_errc::unstable_offset_commit, 3);
    reader with{broker, alone()};
    with.in.assign({"t", 0});
    CHECK(with.values(8) == numbers(12, 8));
    broker.fail_next(api::offset_fetch, broker_errc::group_authorization_failed, 2);
    reader refused{broker, alone()};
    refused.in.assign({"t", 0});
    const auto event = refused.event();
    CHECK(event.what == partition_event::kind::group);
    CHECK(event.error == broker_errc::group_authorization_failed);
    CHECK(refused.values(8) == numbers(12, 8));
}

TEST_CASE("a commit that waited while its partition was lost does not come after those of others",
          "[G3][G4]") {
    crew with{1};
    auto options = member_options();
    options.auto_commit = false;
    auto& only = with.add(options);
    only.start();
    REQUIRE(with.until([&] { return with.shared_out(); }));
    with.broker.fail_next(api::offset_commit, broker_errc::coordinator_load_in_progress, 100'000);
    std::optional<error_code> outcome;
    only.in->async_commit(committed_offset{{"t", 0}, 3},
                          [&](error_code error, const auto&) { outcome = error; });
    const auto tries = with.broker.request_count(api::offset_commit);
    REQUIRE(with.until([&] { return with.broker.request_count(api::offset_commit) > tries; }));
    with.groups.expire_session("g", only.in->group_metadata().member_id);
    REQUIRE(with.until([&] { return only.lost == 1 && only.assigned == 2; }));
    // Meanwhile another one has had the partition, say.
    with.groups.commit("g", "t", 0, {20, -1, {}});
    with.broker.clear_faults();
    REQUIRE(with.until([&] { return outcome.has_value(); }));
    CHECK(*outcome == errc::assignment_lost);
    CHECK(with.committed(0) == 20);
}

TEST_CASE("what a hook asks to commit is committed before the partitions are another's, awaited or not",
          "[G4][G5]") {
    crew with{1};
    with.fill_all(10);
    auto options = member_options();
    options.auto_commit = false;
    worker* self = nullptr;
    options.on_revoked = [&](const rebalance&) {
        with.broker.delay_next(api::offset_commit, 100ms);
        self->in->async_commit([](error_code error, const auto&) { CHECK_FALSE(error); });
    };
    auto& first = with.add(options);
    self = &first;
    first.start();
    REQUIRE(with.until([&] { return first.values.size() == 10; }));
    first.in->unsubscribe();
    REQUIRE(with.until([&] { return first.ended.has_value(); }));
    CHECK(with.committed(0) == 10);
    // With everything given up nothing may be committed any more: it was in time.
    const auto all = with.groups.commits("g");
    REQUIRE(all.size() == 1);
    CHECK_FALSE(all.front().member_id.empty());
}

TEST_CASE("a connection that is closed for being idle just then fails no commit", "[G2]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    asio::io_context io;
    auto how = quick(broker.bootstrap_servers());
    how.idle_timeout = 3ms;
    cluster kafka{io.get_executor(), how};
    consumer in{kafka, alone()};
    in.assign({"t", 0});
    for (int round = 0; round < 150; ++round) {
        std::optional<error_code> outcome;
        in.async_commit(committed_offset{{"t", 0}, round},
                        [&](error_code error, const auto&) { outcome = error; });
        REQUIRE(run_until(
            io, [&] { return outcome.has_value(); }, 10s));
        CAPTURE(round, outcome->message());
        REQUIRE_FALSE(*outcome);
        io.restart();
        io.run_for(std::chrono::microseconds{2'500 + 10 * round});
    }
}
