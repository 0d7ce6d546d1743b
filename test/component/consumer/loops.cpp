// SPDX-License-Identifier: BSL-1.0
// Working on records side by side, and committing only what is finished.
#include "component/consumer/consumer_fixture.hpp"

#include <kasio/record_loop.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <map>
#include <mutex>
#include <random>
#include <set>
#include <stdexcept>

using namespace kasio_test;

namespace {

/// What works on records, and what commits, see.
struct workshop {
    asio::io_context& io;
    std::mt19937 random{7};
    std::map<int, std::set<std::int64_t>> begun;
    std::map<int, std::set<std::int64_t>> finished;
    std::map<std::string, std::int64_t> last_of_key;
    std::map<std::string, int> at_work;
    int side_by_side = 0;
    int most = 0;
    bool held = false;
    std::string poison = "none";
    std::map<int, std::int64_t> committed;
    int commits = 0;
    int failing_commits = 0;

    explicit workshop(asio::io_context& on) : io{on} {}

    /// `group` names what must go one after the other.
    asio::awaitable<void> work(record_view record, std::string group) {
        const int partition = record.partition();
        const auto offset = record.offset();
        CHECK(begun[partition].insert(offset).second);
        CHECK(++at_work[group] == 1);
        most = std::max(most, ++side_by_side);
        if (const auto last = last_of_key.find(group); last != last_of_key.end())
            CHECK(last->second < offset);
        last_of_key[group] = offset;
        asio::steady_timer timer{io};
        do {
            timer.expires_after(std::chrono::microseconds{random() % 2000});
            co_await timer.async_wait(asio::use_awaitable);
        } while (held);
        --at_work[group];
        --side_by_side;
        if (record.value() == poison) throw std::runtime_error{"poisoned"};
        finished[partition].insert(offset);
    }
    auto committer() {
        return [this](const std::vector<partition_offset>& offsets,
                      const std::function<void(error_code)>& done) {
            ++commits;
            if (failing_commits > 0) {
                --failing_commits;
                return done(broker_errc::not_coordinator);
            }
            for (const auto& each : offsets) {
                const auto partition = each.partition.partition;
                CHECK(each.offset > committed[partition]);
                committed[partition] = each.offset;
                for (std::int64_t before = 0; before < each.offset; ++before)
                    REQUIRE(finished[partition].contains(before));
            }
            done({});
        };
    }
};

struct outcome {
    int times = 0;
    std::exception_ptr why;
    auto handler() {
        return [this](std::exception_ptr thrown) {
            ++times;
            why = thrown;
        };
    }
    error_code error() const {
        try {
            if (why) std::rethrow_exception(why);
        } catch (const boost::system::system_error& thrown) {
            return thrown.code();
        }
        return {};
    }
};

std::function<asio::awaitable<void>(record_view)> by_partition(workshop& in) {
    return [&in](record_view record) { return in.work(record, std::to_string(record.partition())); };
}

} // namespace

TEST_CASE("records of a partition are worked on in order, partitions side by side, and all is committed") {
    testing::broker broker;
    broker.create_topic("t", 4);
    for (int i = 0; i < 4; ++i) fill(broker, "t", i, 60, 7);
    reader with{broker};
    with.in.assign_topic("t");
    workshop shop{with.io};
    shop.failing_commits = 2;
    record_loop_options options;
    options.commit = shop.committer();
    options.commit_interval = 10ms;
    options.max_pending = 40;
    record_loop loop{with.in, options};
    outcome ended;
    asio::cancellation_signal stop;
    loop.async_run(by_partition(shop), asio::bind_cancellation_slot(stop.slot(), ended.handler()));
    const std::map<int, std::int64_t> all{{0, 60}, {1, 60}, {2, 60}, {3, 60}};
    REQUIRE(run_until(with.io, [&] { return shop.committed == all; }));
    CHECK(shop.most > 1);
    CHECK(shop.most <= 4);
    CHECK(shop.commits > 3);
    CHECK(ended.times == 0);
    // A second run is none.
    outcome second;
    loop.async_run(by_partition(shop), second.handler());
    REQUIRE(run_until(with.io, [&] { return second.times == 1; }));
    CHECK(second.error() == errc::invalid_argument);
    stop.emit(asio::cancellation_type::total);
    REQUIRE(run_until(with.io, [&] { return ended.times == 1; }));
    CHECK(ended.error() == asio::error::operation_aborted);
}

TEST_CASE("records with the same key are worked on in order, others side by side within a partition") {
    testing::broker broker;
    broker.create_topic("t", 1);
    for (int i = 0; i < 200; ++i) {
        const auto key = "k" + std::to_string(i % 5);
        const auto value = std::to_string(i);
        producer_record record;
        record.value = value;
        if (i % 7 != 0) record.key = key;
        broker.append("t", 0, record);
    }
    reader with{broker};
    with.in.assign({"t", 0});
    workshop shop{with.io};
    record_loop_options options;
    options.order = record_order::by_key;
    options.concurrency = 8;
    options.commit = shop.committer();
    options.commit_interval = 5ms;
    record_loop loop{with.in, options};
    outcome ended;
    const auto work = [&shop](record_view record) {
        return shop.work(record, record.key().is_null() ? "alone " + std::to_string(record.offset())
                                                        : record.key().to_string());
    };
    loop.async_run(work, ended.handler());
    REQUIRE(run_until(with.io, [&] { return shop.committed[0] == 200; }));
    CHECK(shop.most > 4);
    CHECK(shop.most <= 8);
    with.in.async_close([](error_code) {});
    REQUIRE(run_until(with.io, [&] { return ended.times == 1; }));
    CHECK(ended.error() == errc::closed);
}

TEST_CASE("what work throws ends the loop; what is finished is committed, and what is not comes again") {
    testing::broker broker;
    broker.create_topic("t", 2);
    fill(broker, "t", 0, 50);
    fill(broker, "t", 1, 50, 10, 100);
    reader with{broker};
    with.in.assign_topic("t");
    workshop shop{with.io};
    shop.poison = "17";
    record_loop_options options;
    options.commit = shop.committer();
    options.commit_interval = 1h;
    record_loop loop{with.in, options};
    outcome ended;
    loop.async_run(by_partition(shop), ended.handler());
    REQUIRE(run_until(with.io, [&] { return ended.times == 1; }));
    CHECK_THROWS_AS(std::rethrow_exception(ended.why), std::runtime_error);
    CHECK(shop.side_by_side == 0);
    CHECK(shop.committed[0] == 17);
    CHECK(shop.commits == 1);
    CHECK(with.in.position({"t", 0}) == 17);
    const auto other = *with.in.position({"t", 1});
    CHECK(other == static_cast<std::int64_t>(shop.finished[1].size()));
    CHECK(with.values(static_cast<std::size_t>(33 + 50 - other)).size() > 0);
}

TEST_CASE("a cancelled loop waits for what is under way, begins nothing more, and commits what is finished",
          "[L2]") {
    testing::broker broker;
    broker.create_topic("t", 3);
    for (int i = 0; i < 3; ++i) fill(broker, "t", i, 30);
    reader with{broker};
    with.in.assign_topic("t");
    workshop shop{with.io};
    shop.held = true;
    record_loop_options options;
    options.commit = shop.committer();
    std::optional<record_loop> loop{std::in_place, with.in, options};
    outcome ended;
    loop->async_run(by_partition(shop), ended.handler());
    REQUIRE(run_until(with.io, [&] { return shop.side_by_side == 3; }));
    // Destroying it is the same as cancelling.
    loop.reset();
    with.io.run_for(30ms);
    CHECK(ended.times == 0);
    shop.held = false;
    REQUIRE(run_until(with.io, [&] { return ended.times == 1; }));
    CHECK(ended.error() == asio::error::operation_aborted);
    for (int i = 0; i < 3; ++i) {
        CHECK(shop.begun[i].size() == 1);
        CHECK(shop.committed[i] == 1);
        CHECK(with.in.position({"t", i}) == 1);
    }
}

TEST_CASE("an event that is an error ends the loop, unless somebody listens") {
    testing::broker broker;
    broker.create_topic("t", 1);
    fill(broker, "t", 0, 40);
    broker.corrupt("t", 0, 15);
    {
        reader with{broker};
        with.in.assign({"t", 0});
        workshop shop{with.io};
        record_loop loop{with.in};
        outcome ended;
        loop.async_run(by_partition(shop), ended.handler());
        REQUIRE(run_until(with.io, [&] { return ended.times == 1; }));
        CHECK(ended.error() == errc::corrupt_batch);
    }
    reader with{broker};
    with.in.assign({"t", 0});
    workshop shop{with.io};
    record_loop_options options;
    options.on_event = [&](const partition_event& event) {
        with.in.seek(event.partition, start_position::at(event.next));
    };
    record_loop loop{with.in, options};
    outcome ended;
    loop.async_run(by_partition(shop), ended.handler());
    REQUIRE(run_until(with.io, [&] { return shop.finished[0].size() == 30; }));
    CHECK_FALSE(shop.begun[0].contains(15));
    CHECK_THROWS_AS(record_loop(with.in, record_loop_options{.concurrency = 0}), boost::system::system_error);
}

TEST_CASE("a loop whose work holds the whole budget goes on as it is finished", "[R2]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    const std::string value(1000, 'x');
    for (int i = 0; i < 200; ++i) broker.append("t", 0, {.value = value});
    auto options = from_start();
    options.buffer_memory = 30'000;
    options.partition_fetch_bytes = 10'000;
    reader with{broker, options};
    with.in.assign({"t", 0});
    workshop shop{with.io};
    record_loop loop{with.in};
    outcome ended;
    loop.async_run(by_partition(shop), ended.handler());
    REQUIRE(run_until(with.io, [&] { return shop.finished[0].size() == 200; }));
    CHECK(ended.times == 0);
}

TEST_CASE("a context that goes with a loop in it takes all of it along", "[L4]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    fill(broker, "t", 0, 10);
    bool destroyed = false;
    {
        reader with{broker};
        with.in.assign({"t", 0});
        workshop shop{with.io};
        shop.held = true;
        record_loop loop{with.in};
        std::shared_ptr<bool> alive{&destroyed, [](bool* gone) { *gone = true; }};
        loop.async_run(by_partition(shop), [alive](std::exception_ptr) { FAIL("nobody runs it"); });
        alive.reset();
        REQUIRE(run_until(with.io, [&] { return shop.side_by_side == 1; }));
    }
    CHECK(destroyed);
}

TEST_CASE("what a consumer has done can be read off it") {
    testing::broker broker;
    broker.create_topic("t", 2);
    fill(broker, "t", 0, 40);
    broker.corrupt("t", 0, 35);
    reader with{broker};
    CHECK(with.in.metrics() == [&] {
        consumer_metrics none;
        none.buffer_memory = consumer_options{}.buffer_memory;
        return none;
    }());
    with.in.assign({{{"t", 0}, {}}, {{"t", 1}, start_position::at(5)}});
    std::size_t events = 0;
    std::size_t records = 0;
    fetched_records held;
    while (events < 2 || records < 30) {
        auto result = with.poll();
        events += result.records.events().size();
        records += result.records.size();
        if (!result.records.empty()) held = std::move(result.records);
    }
    const auto then = with.in.metrics();
    CHECK(then.records == 30);
    CHECK(then.bytes > 30 * 8);
    CHECK(then.corrupt_batches == 1);
    CHECK(then.offset_resets == 1);
    CHECK(then.truncations == 0);
    CHECK(then.partitions == 2);
    CHECK(then.lag == 10);
    CHECK(then.largest_lag == 10);
    CHECK(then.used_memory > 0);
    CHECK(then.fetches > 0);
    CHECK(then.fetch_duration.count == then.fetches);
    CHECK(then.fetch_bytes.sum >= then.bytes);
    broker.kill_node(1);
    with.in.seek({"t", 0}, start_position::at(0));
    held = {};
    REQUIRE(run_until(with.io, [&] { return with.in.metrics().fetch_failures > 0; }));
}
