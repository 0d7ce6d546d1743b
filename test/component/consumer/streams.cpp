// SPDX-License-Identifier: BSL-1.0
// Partitions read side by side, each by its own stream.
#include "component/consumer/consumer_fixture.hpp"

#include <kasio/partition_stream.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <map>

using namespace kasio_test;
using kind = partition_event::kind;

namespace {

polled next(reader& with, partition_stream& stream) {
    polled result;
    stream.async_next(result.handler());
    REQUIRE(run_until(with.io, [&] { return result.times == 1; }));
    return result;
}

asio::awaitable<void> read_all(partition_stream stream, std::size_t count, std::vector<std::string>& into) {
    while (into.size() < count) {
        const auto records = co_await stream.async_next(asio::use_awaitable);
        for (const auto& record : records) {
            CHECK(record.partition() == stream.partition().partition);
            into.push_back(record.value().to_string());
        }
    }
}

std::vector<assignment> three() {
    std::vector<assignment> all;
    for (int i = 0; i < 3; ++i) all.emplace_back(topic_partition{"t", i});
    return all;
}

} // namespace

TEST_CASE("each partition comes out of its own stream, the rest out of the polls") {
    testing::broker broker;
    broker.create_topic("t", 3);
    for (int i = 0; i < 3; ++i) fill(broker, "t", i, 50, 10, 100 * i);
    reader with{broker};
    with.in.assign(three());
    std::map<int, std::vector<std::string>> read;
    for (int i = 0; i < 2; ++i) {
        asio::co_spawn(with.io, read_all(with.in.partition_stream({"t", i}), 50, read[i]), asio::detached);
    }
    CHECK(with.values(50) == numbers(200, 50));
    REQUIRE(run_until(with.io, [&] { return read[0].size() == 50 && read[1].size() == 50; }));
    CHECK(read[0] == numbers(0, 50));
    CHECK(read[1] == numbers(100, 50));
}

TEST_CASE("events of a partition come out of its stream") {
    testing::broker broker;
    broker.create_topic("t", 2);
    fill(broker, "t", 0, 20);
    auto options = from_start();
    options.report_end = true;
    reader with{broker, options};
    with.in.assign({{{"t", 0}, start_position::at(99)}, {{"t", 1}, start_position{}}});
    auto stream = with.in.partition_stream({"t", 0});
    const auto told = next(with, stream);
    REQUIRE(told.records.events().size() >= 1);
    CHECK(told.records.events()[0].what == kind::offset_reset);
    const auto other = with.event();
    CHECK(other.what == kind::end_of_partition);
    CHECK(other.partition == topic_partition{"t", 1});
}

TEST_CASE("a stream ends with its partition, its consumer, another stream, and its handle") {
    testing::broker broker;
    broker.create_topic("t", 3);
    reader with{broker};
    auto stranger = with.in.partition_stream({"t", 0});
    CHECK(next(with, stranger).error == errc::partition_not_assigned);
    with.in.assign(three());
    // Made too early: it stays ended.
    CHECK(next(with, stranger).error == errc::partition_not_assigned);
    auto given_up = with.in.partition_stream({"t", 0});
    auto replaced = with.in.partition_stream({"t", 1});
    std::optional<partition_stream> dropped{with.in.partition_stream({"t", 2})};
    polled first;
    polled second;
    polled third;
    polled twice;
    given_up.async_next(first.handler());
    replaced.async_next(second.handler());
    replaced.async_next(twice.handler());
    dropped->async_next(third.handler());
    REQUIRE(run_until(with.io, [&] { return twice.times == 1; }));
    CHECK(twice.error == errc::invalid_argument);
    auto replacing = with.in.partition_stream({"t", 1});
    dropped.reset();
    REQUIRE(run_until(with.io, [&] { return second.times == 1 && third.times == 1; }));
    CHECK(second.error == asio::error::operation_aborted);
    CHECK(third.error == asio::error::operation_aborted);
    CHECK(first.times == 0);
    with.in.assign({"t", 1});
    REQUIRE(run_until(with.io, [&] { return first.times == 1; }));
    CHECK(first.error == errc::partition_not_assigned);
    // The partition that stays keeps its stream.
    fill(broker, "t", 1, 5);
    CHECK(next(with, replacing).records.size() == 5);
    polled last;
    replacing.async_next(last.handler());
    with.in.async_close([](error_code) {});
    REQUIRE(run_until(with.io, [&] { return last.times == 1; }));
    CHECK(last.error == errc::closed);
    CHECK(next(with, replacing).error == errc::closed);
}

TEST_CASE("a partition whose stream is gone is the polls' again, without a gap") {
    testing::broker broker;
    broker.create_topic("t", 1);
    fill(broker, "t", 0, 30);
    auto options = from_start();
    options.max_poll_records = 10;
    reader with{broker, options};
    with.in.assign({"t", 0});
    {
        auto stream = with.in.partition_stream({"t", 0});
        const auto got = next(with, stream);
        CHECK(got.records.size() == 10);
        asio::cancellation_signal signal;
        polled cancelled;
        with.in.pause({"t", 0});
        stream.async_next(asio::bind_cancellation_slot(signal.slot(), cancelled.handler()));
        with.io.run_for(20ms);
        signal.emit(asio::cancellation_type::total);
        REQUIRE(run_until(with.io, [&] { return cancelled.times == 1; }));
        CHECK(cancelled.error == asio::error::operation_aborted);
        with.in.resume({"t", 0});
    }
    CHECK(with.values(20) == numbers(10, 20));
}

TEST_CASE("a stream that nobody reads does not take what the others need", "[R2]") {
    testing::broker broker;
    broker.create_topic("t", 3);
    for (int i = 0; i < 3; ++i) {
        const std::string value(10'000, 'x');
        producer_record record;
        record.value = value;
        for (int n = 0; n < 100; ++n) broker.append("t", i, record);
    }
    auto options = from_start();
    options.buffer_memory = 256 * 1024;
    reader with{broker, options};
    with.in.assign(three());
    auto idle = with.in.partition_stream({"t", 0});
    auto busy = with.in.partition_stream({"t", 1});
    auto also = with.in.partition_stream({"t", 2});
    for (auto* const stream : {&busy, &also}) {
        std::size_t count = 0;
        while (count < 100) {
            const auto got = next(with, *stream);
            REQUIRE_FALSE(got.error);
            count += got.records.size();
        }
        CHECK(count == 100);
    }
    CHECK(next(with, idle).records.size() > 0);
}

TEST_CASE("a stream may outlive the consumer and the context that ran it", "[L3][L4]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    partition_stream outlives;
    bool destroyed = false;
    {
        reader with{broker};
        with.in.assign({"t", 0});
        outlives = with.in.partition_stream({"t", 0});
        // A handler that holds what it waits on.
        struct holder {
            std::shared_ptr<bool> alive;
            void operator()(const error_code&, const fetched_records&) const { FAIL("nobody runs it"); }
        };
        std::shared_ptr<bool> alive{&destroyed, [](bool* gone) { *gone = true; }};
        outlives.async_next(holder{std::move(alive)});
        with.io.run_for(20ms);
    }
    CHECK(destroyed);
}
