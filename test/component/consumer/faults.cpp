// SPDX-License-Identifier: BSL-1.0
// What brokers and logs do wrong, and what a reader sees of it: each record once, in order, or an event.
#include "component/consumer/consumer_fixture.hpp"

#include <kasio/producer.hpp>

#include <boost/asio/this_coro.hpp>

#include <map>

using namespace kasio_test;
using kind = partition_event::kind;

TEST_CASE("a position that the log does not have is set by the policy, as an event tells", "[F5]") {
    for (const auto policy : {offset_reset::earliest, offset_reset::latest}) {
        testing::broker broker;
        broker.create_topic("t", 1);
        fill(broker, "t", 0, 20);
        broker.delete_records("t", 0, 10);
        for (const std::int64_t bad : {3, 1000}) {
            auto options = from_start();
            options.offset_reset = policy;
            reader with{broker, options};
            with.in.assign({"t", 0}, start_position::at(bad));
            const auto told = with.event();
            CHECK(told.what == kind::offset_reset);
            CHECK(told.partition == topic_partition{"t", 0});
            CHECK(told.previous == bad);
            CHECK(told.offset == (policy == offset_reset::earliest ? 10 : 20));
            if (policy == offset_reset::latest) CHECK(with.in.position({"t", 0}) == 20);
        }
    }
}

TEST_CASE("without a policy a missing or wrong position is an error event, and seek goes on", "[F5]") {
    testing::broker broker;
    broker.create_topic("t", 2);
    fill(broker, "t", 0, 20);
    auto options = from_start();
    options.offset_reset = offset_reset::none;
    reader with{broker, options};
    with.in.assign({"t", 0}, start_position::at(1000));
    const auto out_of_range = with.event();
    CHECK(out_of_range.what == kind::error);
    CHECK(out_of_range.error == broker_errc::offset_out_of_range);
    CHECK(out_of_range.offset == 1000);
    with.in.seek({"t", 0}, start_position::at(18));
    CHECK(with.values(2) == numbers(18, 2));
    with.in.assign({"t", 1});
    const auto none = with.event();
    CHECK(none.what == kind::error);
    CHECK(none.error == errc::no_position);
    CHECK(none.offset == -1);
    polled more;
    with.in.async_poll(more.handler());
    CHECK_FALSE(run_until(
        with.io, [&] { return more.times == 1; }, 100ms));
    with.in.seek({"t", 1}, start_position::beginning());
    broker.append("t", 1, {.value = "0"});
    REQUIRE(run_until(with.io, [&] { return more.times == 1; }));
    CHECK(more.records.size() == 1);
    // While a poll waits already.
    polled waiting;
    with.in.async_poll(waiting.handler());
    with.io.run_for(20ms);
    with.in.seek({"t", 1}, {});
    REQUIRE(run_until(with.io, [&] { return waiting.times == 1; }));
    REQUIRE(waiting.records.events().size() == 1);
    CHECK(waiting.records.events().front().error == errc::no_position);
}

TEST_CASE("failures of a look-up are tried again and never reset a position", "[F6]") {
    const std::vector<std::pair<const char*, std::function<void(testing::broker&)>>> faults{
        {"not leader",
         [](auto& b) { b.fail_next(api::list_offsets, broker_errc::not_leader_or_follower, 3); }},
        {"offset not available",
         [](auto& b) { b.fail_next(api::list_offsets, broker_errc::offset_not_available, 3); }},
        {"unknown code", [](auto& b) { b.fail_next(api::list_offsets, static_cast<broker_errc>(999), 3); }},
        {"cut", [](auto& b) { b.close_next(api::list_offsets, 3); }},
        {"silent", [](auto& b) { b.drop_next(api::list_offsets, 1); }},
    };
    for (const auto& [name, fault] : faults) {
        CAPTURE(name);
        testing::broker broker;
        broker.create_topic("t", 1);
        fill(broker, "t", 0, 20);
        reader with{broker};
        fault(broker);
        with.in.assign({"t", 0}, start_position::before_end(5));
        const auto result = with.poll();
        CHECK(result.records.events().empty());
        REQUIRE(result.records.size() == 5);
        CHECK(result.records.begin()->offset() == 15);
        CHECK(broker.request_count(api::list_offsets) < 12);
    }
}

TEST_CASE("codes that pass are waited out, without an event and without a storm") {
    for (const int code : {3, 5, 6, 7, 9, 56, 74, 75, 78, 100, 103, -1, 999}) {
        CAPTURE(code);
        testing::broker broker;
        broker.create_topic("t", 1);
        fill(broker, "t", 0, 20);
        reader with{broker};
        broker.fail_next(api::fetch, static_cast<broker_errc>(code), 4);
        with.in.assign({"t", 0});
        const auto result = with.poll();
        CHECK(result.records.events().empty());
        CHECK(result.records.size() == 20);
        CHECK(broker.request_count(api::fetch) <= 7);
    }
}

TEST_CASE("codes of fetch sessions and of the whole answer are waited out") {
    for (const auto code : {broker_errc::fetch_session_id_not_found, broker_errc::invalid_fetch_session_epoch,
                            broker_errc::fetch_session_topic_id_error}) {
        testing::broker broker;
        broker.create_topic("t", 1);
        fill(broker, "t", 0, 20);
        reader with{broker};
        broker.fail_next(api::fetch, code, 2);
        with.in.assign({"t", 0});
        CHECK(with.values(20) == numbers(0, 20));
    }
}

TEST_CASE("no right to read is told once, and reading starts when it is given") {
    testing::broker broker;
    broker.create_topic("t", 1);
    fill(broker, "t", 0, 20);
    reader with{broker};
    broker.fail_next(api::fetch, broker_errc::topic_authorization_failed, 5);
    with.in.assign({"t", 0});
    const auto told = with.event();
    CHECK(told.what == kind::error);
    CHECK(told.error == broker_errc::topic_authorization_failed);
    const auto result = with.poll();
    CHECK(result.records.events().empty());
    CHECK(result.records.size() == 20);
}

TEST_CASE("codes that trying again does not mend stop the partition until it is sought") {
    for (const auto code : {broker_errc::corrupt_message, broker_errc::unsupported_compression_type}) {
        testing::broker broker;
        broker.create_topic("t", 1);
        fill(broker, "t", 0, 20);
        reader with{broker};
        broker.fail_next(api::fetch, code, 1);
        with.in.assign({"t", 0});
        const auto told = with.event();
        CHECK(told.error == code);
        CHECK(told.offset == 0);
        polled more;
        with.in.async_poll(more.handler());
        CHECK_FALSE(run_until(
            with.io, [&] { return more.times == 1; }, 100ms));
        with.in.seek({"t", 0}, start_position::at(1));
        REQUIRE(run_until(with.io, [&] { return more.times == 1; }));
        CHECK(more.records.begin()->offset() == 1);
    }
}

TEST_CASE("a damaged batch stops its partition with one event, the others go on, and seek passes it",
          "[F1]") {
    testing::broker broker;
    broker.create_topic("t", 2);
    fill(broker, "t", 0, 50);
    fill(broker, "t", 1, 50);
    broker.corrupt("t", 0, 25);
    reader with{broker};
    with.in.assign_topic("t");
    std::map<int, std::int64_t> next;
    int events = 0;
    const auto read = [&](const polled& result) {
        REQUIRE_FALSE(result.error);
        for (const auto& record : result.records) REQUIRE(record.offset() == next[record.partition()]++);
        for (const auto& event : result.records.events()) {
            ++events;
            CHECK(event.what == kind::error);
            CHECK(event.partition == topic_partition{"t", 0});
            CHECK(event.error == errc::corrupt_batch);
            CHECK(event.offset == 20);
            CHECK(event.next == 30);
        }
    };
    while (next[0] < 20 || next[1] < 50 || events == 0) read(with.poll());
    CHECK(with.in.position({"t", 0}) == 20);
    polled more;
    with.in.async_poll(more.handler());
    run_until(
        with.io, [] { return false; }, 120ms);
    broker.clear_requests();
    CHECK_FALSE(run_until(
        with.io, [&] { return more.times == 1; }, 200ms));
    CHECK(broker.request_count(api::fetch) < 10);
    for (const auto& request : broker.requests(api::fetch)) {
        for (const auto& target : request.targets) CHECK(target.partition == 1);
    }
    next[0] = 30;
    with.in.seek({"t", 0}, start_position::at(30));
    REQUIRE(run_until(with.io, [&] { return more.times == 1; }));
    read(more);
    while (next[0] < 50) read(with.poll());
    CHECK(events == 1);
}

TEST_CASE("bytes that are no batch stop their partition, and do not end anything else", "[F4]") {
    const std::vector<std::pair<const char*, std::string>> hostile{
        {"negative length", std::string(8, '\0') + "\xff\xff\xff\xff" + std::string(60, '\0')},
        {"length below a header", std::string(8, '\0') + std::string("\0\0\0\x14", 4) + std::string(4, '\0') +
                                      '\2' + std::string(40, '\0')},
        {"unknown magic", std::string(8, '\0') + std::string("\0\0\0\x40", 4) + std::string(4, '\0') +
                              '\x09' + std::string(60, '\0')},
        {"noise", std::string(500, '\x77')},
    };
    for (const auto& [name, junk] : hostile) {
        CAPTURE(name);
        testing::broker broker;
        broker.create_topic("t", 2);
        fill(broker, "t", 0, 10);
        fill(broker, "t", 1, 10);
        broker.append_raw("t", 0, junk);
        reader with{broker};
        with.in.assign_topic("t");
        std::size_t records = 0;
        std::vector<partition_event> events;
        while (records < 20 || events.empty()) {
            const auto result = with.poll();
            REQUIRE_FALSE(result.error);
            records += result.records.size();
            for (const auto& event : result.records.events()) events.push_back(event);
            if (name == std::string{"noise"} && records == 20) break; // its length says that more is to come
        }
        CHECK(records == 20);
        for (const auto& event : events) {
            CHECK(event.partition == topic_partition{"t", 0});
            CHECK(event.error == errc::corrupt_batch);
            CHECK(event.offset == 10);
        }
        broker.append("t", 1, {.value = "after"});
        CHECK(with.values(1) == std::vector<std::string>{"after"});
    }
}

TEST_CASE("a batch that never comes whole is waited for without a storm", "[F2]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    fill(broker, "t", 0, 10);
    broker.append_raw("t", 0, std::string(8, '\0') + std::string("\0\0\xff\xff", 4) + std::string(30, '\2'));
    reader with{broker};
    with.in.assign({"t", 0});
    CHECK(with.values(10) == numbers(0, 10));
    polled more;
    with.in.async_poll(more.handler());
    CHECK_FALSE(run_until(
        with.io, [&] { return more.times == 1; }, 500ms));
    CHECK(broker.request_count(api::fetch) < 30);
}

namespace {

asio::awaitable<void> produce_large(testing::broker& broker, compression codec) {
    cluster kafka{co_await asio::this_coro::executor, quick(broker.bootstrap_servers())};
    producer out{kafka, {.batch_size = 900'000, .max_request_size = 5'000'000, .compression = codec}};
    const std::string large(2'000'000, 'x');
    co_await out.async_send({.topic = "t", .partition = 0, .value = large});
    co_await out.async_send({.topic = "t", .partition = 0, .value = "small"});
    co_await out.async_close();
}

} // namespace

TEST_CASE("a batch that grows beyond the limit is refused with its place, and can be passed", "[F3]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    asio::io_context io;
    run(io, produce_large(broker, compression::lz4));
    auto options = from_start();
    options.max_batch_bytes = 100'000;
    reader with{broker, options};
    with.in.assign({"t", 0});
    const auto told = with.event();
    CHECK(told.error == errc::batch_too_large);
    CHECK(told.offset == 0);
    CHECK(told.next == 1);
    with.in.seek({"t", 0}, start_position::at(told.next));
    CHECK(with.values(1) == std::vector<std::string>{"small"});
}

TEST_CASE("a leader that moves changes nothing for the reader", "[M2]") {
    testing::broker broker{{.nodes = 3}};
    broker.create_topic("t", 2);
    reader with{broker};
    with.in.assign_topic("t");
    std::map<int, int> next;
    for (int round = 0; round < 30; ++round) {
        fill(broker, "t", 0, 10, 4, round * 10);
        fill(broker, "t", 1, 10, 4, round * 10);
        broker.move_leader("t", round % 2, 1 + round % 3);
        while (next[0] + next[1] < (round + 1) * 20) {
            const auto result = with.poll();
            REQUIRE_FALSE(result.error);
            CHECK(result.records.events().empty());
            for (const auto& record : result.records)
                REQUIRE(record.value() == std::to_string(next[record.partition()]++));
        }
    }
}

TEST_CASE("a node that dies and comes back costs no record", "[C3]") {
    testing::broker broker{{.nodes = 3}};
    broker.create_topic("t", 3);
    reader with{broker};
    with.in.assign_topic("t");
    std::map<int, int> next;
    int total = 0;
    for (int round = 0; round < 12; ++round) {
        const int victim = 1 + round % 3;
        broker.kill_node(victim);
        for (int partition = 0; partition < 3; ++partition) fill(broker, "t", partition, 20, 7, round * 20);
        while (total < (round + 1) * 60) {
            const auto result = with.poll();
            REQUIRE_FALSE(result.error);
            CHECK(result.records.events().empty());
            for (const auto& record : result.records) {
                REQUIRE(record.value() == std::to_string(next[record.partition()]++));
                ++total;
            }
        }
        broker.revive_node(victim);
    }
}

TEST_CASE("connections cut at any byte cost no record", "[C3]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    fill(broker, "t", 0, 200);
    auto options = from_start();
    options.partition_fetch_bytes = 400;
    reader with{broker, options};
    for (std::size_t at = 10; at < 1500; at += 37) broker.cut_next_connection(testing::cut_side::answer, at);
    with.in.assign({"t", 0});
    CHECK(with.values(200) == numbers(0, 200));
}
