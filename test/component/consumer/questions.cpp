// SPDX-License-Identifier: BSL-1.0
// What a consumer can be asked beside records: offsets of any partition, positions, how far it lags.
#include "component/consumer/consumer_fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

using namespace kasio_test;
using kind = partition_event::kind;

namespace {

struct asked {
    int times = 0;
    error_code error;
    std::vector<partition_offset> offsets;
    auto handler() {
        return [this](error_code code, std::vector<partition_offset> what) {
            ++times;
            error = code;
            offsets = std::move(what);
        };
    }
};

struct awaited {
    int times = 0;
    error_code error;
    std::int64_t offset = -7;
    auto handler() {
        return [this](error_code code, std::int64_t where) {
            ++times;
            error = code;
            offset = where;
        };
    }
};

std::vector<topic_partition> parts(std::initializer_list<topic_partition> all) { return all; }

void append_at(testing::broker& broker, const std::string& topic, int partition, int milliseconds) {
    producer_record record;
    record.value = "v";
    record.timestamp = timestamp{std::chrono::milliseconds{milliseconds}};
    broker.append(topic, partition, record);
}

} // namespace

TEST_CASE("beginnings, ends and times of partitions that nobody reads are told, sorted, one each") {
    testing::broker broker{{.nodes = 3}};
    broker.create_topic("t", 3);
    broker.create_topic("u", 1);
    for (const int when : {1000, 2000, 3000}) append_at(broker, "t", 1, when);
    fill(broker, "t", 2, 20);
    broker.delete_records("t", 2, 5);
    reader with{broker};
    asked ends;
    with.in.async_end_offsets(parts({{"u", 0}, {"t", 2}, {"t", 1}, {"t", 0}, {"t", 2}}), ends.handler());
    asked beginnings;
    with.in.async_beginning_offsets(parts({{"t", 2}, {"t", 0}}), beginnings.handler());
    asked times;
    std::vector<partition_time> when;
    when.emplace_back(topic_partition{"t", 1}, timestamp{1500ms});
    when.emplace_back(topic_partition{"t", 0}, timestamp{1500ms});
    with.in.async_offsets_for_times(when, times.handler());
    asked before;
    when.clear();
    when.emplace_back(topic_partition{"t", 1}, timestamp{-1ms});
    with.in.async_offsets_for_times(when, before.handler());
    REQUIRE(
        run_until(with.io, [&] { return ends.times + beginnings.times + times.times + before.times == 4; }));
    CHECK_FALSE(ends.error);
    REQUIRE(ends.offsets.size() == 4);
    const std::vector<std::int64_t> expected{0, 3, 20, 0};
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK_FALSE(ends.offsets[i].error);
        CHECK(ends.offsets[i].offset == expected[i]);
    }
    CHECK(ends.offsets[3].partition == topic_partition{"u", 0});
    REQUIRE(beginnings.offsets.size() == 2);
    CHECK(beginnings.offsets[0].offset == 0);
    CHECK(beginnings.offsets[1].offset == 5);
    REQUIRE(times.offsets.size() == 2);
    CHECK(times.offsets[0].offset == -1);
    CHECK_FALSE(times.offsets[0].time);
    CHECK(times.offsets[1].offset == 1);
    CHECK(times.offsets[1].time == timestamp{2000ms});
    // Not mistaken for "the end".
    CHECK(before.offsets.at(0).offset == 0);
    CHECK_FALSE(with.in.position({"t", 1}));
}

TEST_CASE("a look-up is tried again until its time is up, and what fails is told by partition", "[F6]") {
    testing::broker broker{{.nodes = 2, .auto_create_topics = false}};
    broker.create_topic("t", 2);
    fill(broker, "t", 1, 3);
    broker.fail_next(api::list_offsets, broker_errc::not_leader_or_follower, 2);
    broker.close_next(api::list_offsets, 1);
    broker.fail_next(api::list_offsets, static_cast<broker_errc>(999), 1);
    reader with{broker};
    asked result;
    with.in.async_end_offsets(parts({{"t", 0}, {"t", 1}, {"t", 9}, {"nowhere", 0}}), result.handler());
    REQUIRE(run_until(with.io, [&] { return result.times == 1; }));
    CHECK_FALSE(result.error);
    REQUIRE(result.offsets.size() == 4);
    CHECK(result.offsets[0].error == broker_errc::unknown_topic_or_partition);
    CHECK(result.offsets[1].offset == 0);
    CHECK(result.offsets[2].offset == 3);
    CHECK(result.offsets[3].error == errc::unknown_partition);
}

TEST_CASE("a look-up ends with the consumer, with its cancellation, and at once when it makes no sense") {
    testing::broker broker;
    broker.create_topic("t", 1);
    reader with{broker};
    broker.drop_next(api::list_offsets, 100);
    asked nonsense;
    with.in.async_end_offsets(parts({{"t", -1}}), nonsense.handler());
    asked none;
    with.in.async_end_offsets(parts({}), none.handler());
    asked cancelled;
    asio::cancellation_signal signal;
    with.in.async_end_offsets(parts({{"t", 0}}),
                              asio::bind_cancellation_slot(signal.slot(), cancelled.handler()));
    asked closed;
    with.in.async_end_offsets(parts({{"t", 0}}), closed.handler());
    REQUIRE(run_until(with.io, [&] { return nonsense.times + none.times == 2; }));
    CHECK(nonsense.error == errc::invalid_argument);
    CHECK_FALSE(none.error);
    CHECK(none.offsets.empty());
    signal.emit(asio::cancellation_type::terminal);
    REQUIRE(run_until(with.io, [&] { return cancelled.times == 1; }));
    CHECK(cancelled.error == asio::error::operation_aborted);
    CHECK(closed.times == 0);
    with.in.async_close([](error_code) {});
    REQUIRE(run_until(with.io, [&] { return closed.times == 1; }));
    CHECK(closed.error == errc::closed);
    asked late;
    with.in.async_end_offsets(parts({{"t", 0}}), late.handler());
    REQUIRE(run_until(with.io, [&] { return late.times == 1; }));
    CHECK(late.error == errc::closed);
}

TEST_CASE("a position is waited for until it is known, or cannot be") {
    testing::broker broker;
    broker.create_topic("t", 2);
    fill(broker, "t", 0, 20);
    auto options = from_start();
    options.offset_reset = offset_reset::none;
    reader with{broker, options};
    awaited stranger;
    with.in.async_position({"t", 0}, stranger.handler());
    REQUIRE(run_until(with.io, [&] { return stranger.times == 1; }));
    CHECK(stranger.error == errc::partition_not_assigned);
    broker.delay_next(api::list_offsets, 50ms);
    with.in.assign({{{"t", 0}, start_position::end()}, {{"t", 1}, start_position{}}});
    awaited end;
    awaited nowhere;
    with.in.async_position({"t", 0}, end.handler());
    with.in.async_position({"t", 1}, nowhere.handler());
    REQUIRE(run_until(with.io, [&] { return end.times + nowhere.times == 2; }));
    CHECK_FALSE(end.error);
    CHECK(end.offset == 20);
    CHECK(nowhere.error == errc::no_position);
    // The whole of a topic, whose partitions are not known yet.
    with.in.assign_topic("t", start_position::before_end(4));
    awaited whole;
    with.in.async_position({"t", 0}, whole.handler());
    REQUIRE(run_until(with.io, [&] { return whole.times == 1; }));
    CHECK(whole.offset == 16);
}

TEST_CASE("who waits for a position hears in time why there is none") {
    testing::broker broker;
    broker.create_topic("t", 1);
    reader with{broker};
    broker.drop_next(api::list_offsets, 100);
    with.in.assign({"t", 0}, start_position::end());
    awaited late;
    awaited closed;
    with.in.async_position({"t", 0}, late.handler());
    REQUIRE(run_until(with.io, [&] { return late.times == 1; }));
    CHECK(late.error == errc::request_timed_out);
    with.in.async_position({"t", 0}, closed.handler());
    with.io.run_for(20ms);
    with.in.async_close([](error_code) {});
    REQUIRE(run_until(with.io, [&] { return closed.times == 1; }));
    CHECK(closed.error == errc::closed);
}

TEST_CASE("the lag is what lies ahead as the broker told it last") {
    testing::broker broker;
    broker.create_topic("t", 1);
    fill(broker, "t", 0, 20);
    auto options = from_start();
    options.max_poll_records = 5;
    reader with{broker, options};
    CHECK_FALSE(with.in.lag({"t", 0}));
    with.in.assign({"t", 0});
    CHECK_FALSE(with.in.lag({"t", 0}));
    with.values(5);
    CHECK(with.in.lag({"t", 0}) == 15);
    with.values(15);
    CHECK(with.in.lag({"t", 0}) == 0);
    // What a seek leaves behind says nothing of it.
    with.in.seek({"t", 0}, start_position::at(3));
    CHECK_FALSE(with.in.lag({"t", 0}));
}

TEST_CASE("a policy by duration starts with the first record that is no older") {
    testing::broker broker;
    broker.create_topic("t", 2);
    const auto now =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    for (const auto age : {2h, 1h, 0h}) {
        producer_record record;
        record.value = age == 0h ? "young" : "old";
        record.timestamp = now - age;
        broker.append("t", 0, record);
    }
    auto options = from_start();
    options.offset_reset = offset_reset::by_duration;
    options.offset_reset_duration = 30min;
    reader with{broker, options};
    with.in.assign({{{"t", 0}, start_position{}}, {{"t", 1}, start_position{}}});
    CHECK(with.values(1) == std::vector<std::string>{"young"});
    // None so late: from the end on.
    CHECK(with.in.position({"t", 1}) == 0);
    with.in.seek({"t", 0}, start_position::at(99));
    const auto told = with.event();
    CHECK(told.what == kind::offset_reset);
    CHECK(told.offset == 2);
}
