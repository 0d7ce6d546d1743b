// SPDX-License-Identifier: BSL-1.0
// Cancellation, close, destruction: a poll ends once, in time, and no record is lost.
#include "component/consumer/consumer_fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <random>
#include <thread>

using namespace kasio_test;

TEST_CASE("a close at any step ends at once, its poll with closed, and a second one joins", "[L1]") {
    for (const auto& [name, fault] : stages) {
        CAPTURE(name);
        const auto broker = faulty_broker(fault);
        reader with{*broker};
        with.in.assign({"t", 0});
        polled waiting;
        with.in.async_poll(waiting.handler());
        with.io.run_for(40ms);
        REQUIRE(waiting.times == 0);
        std::optional<error_code> closed;
        std::optional<error_code> again;
        with.in.async_close(1s, [&](error_code error) { closed = error; });
        with.in.async_close([&](error_code error) { again = error; });
        REQUIRE(run_until(
            with.io, [&] { return closed && again && waiting.times == 1; }, 500ms));
        CHECK_FALSE(*closed);
        CHECK_FALSE(*again);
        CHECK(waiting.error == errc::closed);
        CHECK(with.poll().error == errc::closed);
        std::optional<error_code> cluster_closed;
        with.kafka.async_close(1s, [&](error_code error) { cluster_closed = error; });
        REQUIRE(run_until(
            with.io, [&] { return cluster_closed.has_value(); }, 2s));
        CHECK(drain(with.io));
        CHECK(waiting.times == 1);
    }
}

TEST_CASE("closing the cluster ends the polls of its consumers", "[L1]") {
    for (const auto& [name, fault] : stages) {
        CAPTURE(name);
        const auto broker = faulty_broker(fault);
        reader with{*broker};
        with.in.assign({"t", 0});
        polled waiting;
        with.in.async_poll(waiting.handler());
        with.io.run_for(30ms);
        std::optional<error_code> closed;
        with.kafka.async_close(1s, [&](error_code error) { closed = error; });
        REQUIRE(run_until(
            with.io, [&] { return closed && waiting.times == 1; }, 2s));
        CHECK(waiting.error == errc::closed);
        CHECK(with.poll().error == errc::closed);
        std::optional<error_code> late;
        with.in.async_close([&](error_code error) { late = error; });
        REQUIRE(run_until(
            with.io, [&] { return late.has_value(); }, 1s));
        CHECK_FALSE(*late);
    }
}

TEST_CASE("destroying the handle ends its poll through its executor, not inside the destructor", "[L3]") {
    for (const auto& [name, fault] : stages) {
        CAPTURE(name);
        const auto broker = faulty_broker(fault);
        asio::io_context io;
        polled waiting;
        {
            cluster kafka{io.get_executor(), quick(broker->bootstrap_servers())};
            {
                consumer in{kafka, from_start()};
                in.assign({"t", 0});
                in.async_poll(waiting.handler());
                io.run_for(30ms);
            }
            CHECK(waiting.times == 0);
            REQUIRE(run_until(
                io, [&] { return waiting.times == 1; }, 1s));
            CHECK(waiting.error == asio::error::operation_aborted);
        }
        CHECK(drain(io));
    }
}

TEST_CASE("the last handles destroyed together leave nothing that runs on", "[L3]") {
    for (const auto& [name, fault] : stages) {
        CAPTURE(name);
        const auto broker = faulty_broker(fault);
        asio::io_context io;
        polled waiting;
        {
            cluster kafka{io.get_executor(), quick(broker->bootstrap_servers())};
            consumer in{kafka, from_start()};
            in.assign({"t", 0});
            in.async_poll(waiting.handler());
            io.run_for(30ms);
            consumer moved{std::move(in)};
            in = std::move(moved);
        }
        CHECK(drain(io));
        CHECK(waiting.times == 1);
        CHECK(waiting.error == asio::error::operation_aborted);
    }
}

TEST_CASE("handlers are destroyed unrun when the context goes first", "[L4]") {
    for (const auto& [name, fault] : stages) {
        for (const auto time : {0ms, 30ms}) {
            CAPTURE(name);
            const auto broker = faulty_broker(fault);
            auto alive = std::make_shared<int>(1);
            {
                std::optional<cluster> kafka;
                std::optional<consumer> in;
                {
                    asio::io_context io;
                    kafka.emplace(io.get_executor(), quick(broker->bootstrap_servers()));
                    in.emplace(*kafka, from_start());
                    in->assign({"t", 0});
                    in->async_poll([alive](error_code, const fetched_records&) { FAIL(); });
                    if (time.count() != 0) io.run_for(time);
                }
                CHECK(alive.use_count() == 1);
                CHECK(in->assigned().size() == 1);
            }
            CHECK(alive.use_count() == 1);
        }
    }
}

namespace {

asio::awaitable<void> own_everything(std::string servers, std::shared_ptr<int> alive) {
    cluster kafka{co_await asio::this_coro::executor, quick(servers)};
    consumer in{kafka, from_start()};
    in.assign({"t", 0});
    co_await in.async_poll();
    (void)alive;
    FAIL("the poll cannot end");
}

} // namespace

TEST_CASE("a coroutine that owns the consumer it waits for is destroyed with its context", "[L4]") {
    for (const auto& [name, fault] : stages) {
        CAPTURE(name);
        const auto broker = faulty_broker(fault);
        auto alive = std::make_shared<int>(1);
        {
            asio::io_context io;
            asio::co_spawn(io, own_everything(broker->bootstrap_servers(), alive), [](std::exception_ptr) {});
            io.run_for(30ms);
            CHECK(alive.use_count() == 2);
        }
        CHECK(alive.use_count() == 1);
    }
}

TEST_CASE("a poll is cancelled once, at every step, by every type", "[L2]") {
    for (const auto& [name, fault] : stages) {
        for (const auto type : {asio::cancellation_type::terminal, asio::cancellation_type::partial,
                                asio::cancellation_type::total}) {
            CAPTURE(name);
            const auto broker = faulty_broker(fault);
            reader with{*broker};
            with.in.assign({"t", 0});
            polled waiting;
            asio::cancellation_signal signal;
            with.in.async_poll(asio::bind_cancellation_slot(signal.slot(), waiting.handler()));
            with.io.run_for(15ms);
            REQUIRE(waiting.times == 0);
            signal.emit(type);
            CHECK(waiting.times == 0);
            REQUIRE(run_until(
                with.io, [&] { return waiting.times == 1; }, 500ms));
            CHECK(waiting.error == asio::error::operation_aborted);
            signal.emit(type);
            with.io.restart();
            with.io.run_for(5ms);
            CHECK(waiting.times == 1);
        }
    }
}

TEST_CASE("polls cancelled at any moment lose no record", "[L2]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    auto options = from_start();
    options.max_poll_records = 3;
    reader with{broker, options};
    with.in.assign({"t", 0});
    std::minstd_rand random{42};
    int appended = 0;
    int next = 0;
    int cancelled = 0;
    while (next < 2000) {
        // Slower than polls can take them, so that polls find nothing again and again.
        if (appended < 2000 && random() % 6 == 0) {
            fill(broker, "t", 0, 10, 4, appended);
            appended += 10;
        }
        polled result;
        asio::cancellation_signal signal;
        with.in.async_poll(asio::bind_cancellation_slot(signal.slot(), result.handler()));
        with.io.restart();
        // From before it has begun to after it has been served.
        for (auto steps = random() % 4; steps > 0; --steps) with.io.poll_one();
        signal.emit(asio::cancellation_type::total);
        REQUIRE(run_until(
            with.io, [&] { return result.times == 1; }, 2s));
        if (result.error) {
            CHECK(result.error == asio::error::operation_aborted);
            CHECK(result.records.empty());
            ++cancelled;
            with.io.restart();
            with.io.poll();
            continue;
        }
        for (const auto& record : result.records) REQUIRE(record.value() == std::to_string(next++));
    }
    CHECK(next == 2000);
    CHECK(cancelled > 5);
}

TEST_CASE("one poll at a time, and not without anything to read") {
    testing::broker broker;
    broker.create_topic("t", 1);
    reader with{broker};
    CHECK(with.poll().error == errc::invalid_argument);
    with.in.assign({"t", 0});
    polled first;
    with.in.async_poll(first.handler());
    CHECK(with.poll().error == errc::invalid_argument);
    CHECK(first.times == 0);
    with.in.assign(std::vector<assignment>{});
    REQUIRE(run_until(
        with.io, [&] { return first.times == 1; }, 1s));
    CHECK(first.error == errc::invalid_argument);
}

TEST_CASE("what a poll gave outlives consumer, cluster and context", "[L3]") {
    fetched_records kept;
    fetched_records other;
    {
        testing::broker broker;
        broker.create_topic("t", 1);
        fill(broker, "t", 0, 100);
        auto options = from_start();
        options.max_poll_records = 60;
        reader with{broker, options};
        with.in.assign({"t", 0});
        kept = std::move(with.poll().records);
        other = std::move(with.poll().records);
    }
    int next = 0;
    for (const auto& record : kept) CHECK(record.value() == std::to_string(next++));
    CHECK(next == 60);
    kept = fetched_records{};
    for (const auto& record : other) CHECK(record.value() == std::to_string(next++));
    CHECK(next == 100);
}

TEST_CASE("a handler may poll again, seek, assign, close and destroy the consumer", "[L5]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    fill(broker, "t", 0, 100);
    asio::io_context io;
    auto kafka = std::make_unique<cluster>(io.get_executor(), quick(broker.bootstrap_servers()));
    auto options = from_start();
    options.max_poll_records = 10;
    auto in = std::make_unique<consumer>(*kafka, options);
    in->assign({"t", 0});
    int step = 0;
    bool closed = false;
    std::function<void(error_code, fetched_records)> on_poll;
    const auto again = [&on_poll](error_code error, fetched_records records) {
        on_poll(error, std::move(records));
    };
    on_poll = [&](error_code error, fetched_records records) {
        REQUIRE_FALSE(error);
        switch (++step) {
            case 1:
                CHECK(records.begin()->offset() == 0);
                in->seek({"t", 0}, start_position::at(50));
                return in->async_poll(again);
            case 2:
                CHECK(records.begin()->offset() == 50);
                in->assign({"t", 0}, start_position::at(90));
                return in->async_poll(again);
            default:
                CHECK(records.begin()->offset() == 90);
                in->async_close([&](error_code) { closed = true; });
                in.reset();
                kafka.reset();
        }
    };
    in->async_poll(again);
    REQUIRE(run_until(
        io, [&] { return closed; }, 5s));
    CHECK(step == 3);
    CHECK(drain(io));
}

TEST_CASE("what a handler throws leaves through its executor, and the consumer goes on", "[L5]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    fill(broker, "t", 0, 10);
    reader with{broker};
    with.in.assign({"t", 0});
    with.in.async_poll([](error_code, const fetched_records&) { throw std::runtime_error{"mine"}; });
    CHECK_THROWS_WITH(run_until(
                          with.io, [] { return false; }, 2s),
                      "mine");
    fill(broker, "t", 0, 5, 5, 10);
    CHECK(with.values(5) == numbers(10, 5));
}

TEST_CASE("polls, seeks and pauses come from many threads", "[L5]") {
    testing::broker broker{{.nodes = 2}};
    broker.create_topic("t", 4);
    for (int partition = 0; partition < 4; ++partition) fill(broker, "t", partition, 500, 20);
    asio::thread_pool pool{3};
    cluster kafka{pool.get_executor(), quick(broker.bootstrap_servers())};
    auto options = from_start();
    options.max_poll_records = 50;
    consumer in{kafka, options};
    std::vector<assignment> all;
    for (int partition = 0; partition < 4; ++partition) all.emplace_back(topic_partition{"t", partition});
    in.assign(all);
    std::atomic<bool> done{false};
    std::thread meddler{[&] {
        for (int i = 0; !done; ++i) {
            const topic_partition other{"t", 1 + i % 3};
            in.seek(other, start_position::at(i % 400));
            in.pause(other);
            (void)in.position(other);
            in.resume(other);
            std::this_thread::sleep_for(1ms);
        }
    }};
    // Partition 0 is left alone: its records come once, in order.
    int next = 0;
    std::vector<fetched_records> held;
    while (next < 500) {
        auto records = in.async_poll(asio::use_future).get();
        for (const auto& record : records) {
            if (record.partition() == 0) REQUIRE(record.value() == std::to_string(next++));
            REQUIRE(record.value() == std::to_string(record.offset()));
        }
        held.push_back(std::move(records));
        if (held.size() > 10) held.clear();
    }
    done = true;
    meddler.join();
    in.async_close(asio::use_future).get();
    kafka.async_close(asio::use_future).get();
    pool.join();
}
