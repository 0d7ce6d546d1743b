// SPDX-License-Identifier: BSL-1.0
// Loops over records whose group keeps the offsets: nothing unfinished is ever committed.
#include "component/group/group_fixture.hpp"

#include <kasio/record_loop.hpp>

#include <boost/asio/steady_timer.hpp>

#include <map>
#include <set>
#include <string>

using namespace kasio_test;

namespace {

/// Works on records, but for those that are to be held up.
struct workbench {
    asio::io_context& io;
    std::map<int, std::set<std::int64_t>> finished = {};
    std::function<bool(const record_view&)> held = [](const record_view&) { return false; };

    asio::awaitable<void> work(record_view record) {
        asio::steady_timer timer{io};
        while (held(record)) {
            timer.expires_after(1ms);
            co_await timer.async_wait(asio::use_awaitable);
        }
        finished[record.partition()].insert(record.offset());
    }
    auto worker() {
        return [this](record_view record) { return work(record); };
    }
    std::size_t count() const {
        std::size_t all = 0;
        for (const auto& [partition, offsets] : finished) all += offsets.size();
        return all;
    }
    /// Everything before is finished.
    bool covers(int partition, std::int64_t offset) {
        for (std::int64_t before = 0; before < offset; ++before) {
            if (!finished[partition].contains(before)) return false;
        }
        return true;
    }
};

consumer_options loop_member(bool auto_commit) {
    auto options = member_options();
    options.auto_commit = auto_commit;
    options.auto_commit_interval = 10ms;
    return options;
}

record_loop_options side_by_side() {
    record_loop_options options;
    options.order = record_order::by_key;
    options.commit_interval = 10ms;
    return options;
}

} // namespace

TEST_CASE("a loop in a group commits what is finished, and after a crash what was not comes again") {
    for (const bool auto_commit : {true, false}) {
        CAPTURE(auto_commit);
        testing::broker broker;
        testing::groups groups{broker};
        broker.create_topic("t", 2);
        for (int i = 0; i < 2; ++i) fill(broker, "t", i, 40, 7);
        const auto committed = [&](int partition) {
            const auto found = groups.committed("g", "t", partition);
            return found ? found->offset : -1;
        };
        {
            reader with{broker, loop_member(auto_commit)};
            workbench bench{with.io};
            bench.held = [](const record_view& record) {
                return record.partition() == 0 && record.offset() == 17;
            };
            with.in.subscribe("t");
            record_loop loop{with.in, side_by_side()};
            loop.async_run(bench.worker(), [](std::exception_ptr) { FAIL("nothing ends it"); });
            REQUIRE(run_until(with.io, [&] { return bench.count() == 79 && committed(1) == 40; }));
            REQUIRE(run_until(with.io, [&] { return committed(0) == 17; }));
            // Nor do the commits that others ask for.
            bool asked = false;
            with.in.async_commit([&](error_code, const std::vector<committed_offset>&) { asked = true; });
            REQUIRE(run_until(with.io, [&] { return asked; }));
            with.io.run_for(100ms);
            for (const auto& each : groups.commits("g")) CHECK(bench.covers(each.partition, each.offset));
            CHECK(committed(0) == 17);
        }
        // As if it had crashed: nobody closed anything.
        groups.expire_session("g", groups.find("g")->members.front().id);
        reader after{broker, loop_member(auto_commit)};
        after.in.subscribe("t");
        CHECK(after.values(23) == numbers(17, 23));
    }
}

TEST_CASE(
    "a group that takes a partition away gets it once all that was begun of it is finished and committed") {
    testing::broker broker;
    testing::groups groups{broker};
    broker.create_topic("t", 2);
    for (int i = 0; i < 2; ++i) fill(broker, "t", i, 30);
    reader with{broker, loop_member(true)};
    workbench bench{with.io};
    bool held = true;
    // Of each partition something is open.
    bench.held = [&](const record_view& record) { return held && record.offset() % 10 == 5; };
    with.in.subscribe("t");
    record_loop loop{with.in, side_by_side()};
    loop.async_run(bench.worker(), [](std::exception_ptr) {});
    REQUIRE(run_until(with.io, [&] { return bench.count() == 54; }));
    worker other{with.io, broker.bootstrap_servers(), loop_member(true)};
    other.start();
    REQUIRE(run_until(with.io, [&] { return groups.find("g")->members.size() == 2; }));
    with.io.run_for(300ms);
    CHECK(other.owned.empty());
    fill(broker, "t", 0, 5, 5, 30);
    fill(broker, "t", 1, 5, 5, 30);
    held = false;
    REQUIRE(run_until(with.io, [&] { return other.owned.size() == 1 && other.values.size() == 5; }));
    // Nothing twice, nothing skipped.
    CHECK(other.values == numbers(30, 5));
    REQUIRE(run_until(with.io, [&] { return bench.count() == 65; }));
    for (const auto& each : groups.commits("g")) {
        if (each.partition != other.owned.begin()->second) CHECK(bench.covers(each.partition, each.offset));
    }
}

TEST_CASE("a loop that ends leaves the consumer to its polls, which commit as ever") {
    testing::broker broker;
    testing::groups groups{broker};
    broker.create_topic("t", 1);
    fill(broker, "t", 0, 10);
    reader with{broker, loop_member(true)};
    workbench bench{with.io};
    bench.held = [](const record_view& record) { return record.offset() == 6; };
    with.in.subscribe("t");
    bool over = false;
    {
        record_loop loop{with.in, side_by_side()};
        loop.async_run(bench.worker(), [&](std::exception_ptr) { over = true; });
        REQUIRE(run_until(with.io, [&] { return bench.count() == 9; }));
    }
    bench.held = [](const record_view&) { return false; };
    REQUIRE(run_until(with.io, [&] { return over; }));
    CHECK(groups.committed("g", "t", 0)->offset == 10);
    fill(broker, "t", 0, 5, 5, 10);
    CHECK(with.values(5) == numbers(10, 5));
    polled waits;
    with.in.async_poll(waits.handler());
    REQUIRE(run_until(with.io, [&] { return groups.committed("g", "t", 0)->offset == 15; }));
}
