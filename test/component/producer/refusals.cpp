// SPDX-License-Identifier: BSL-1.0
// Brokers that refuse batches: too large, records to blame, gaps in the numbers, too few replicas, another
// topic.
#include "quick.hpp"
#include "support/catch.hpp"
#include "support/run.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/producer.hpp>
#include <kasio/testing/broker.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <set>

namespace asio = boost::asio;
using namespace kasio;
using namespace std::chrono_literals;
using kasio_test::quick;
using kasio_test::run;
using testing::api;

namespace {

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

/// Records with numbers as values, whose bytes it keeps.
class numbered {
public:
    numbered(int first, int end, std::size_t size = 0) {
        for (int i = first; i < end; ++i) {
            values_.push_back(std::to_string(i));
            if (values_.back().size() < size)
                values_.back() += std::string(size - values_.back().size(), '.');
        }
        for (const auto& value : values_)
            records.push_back({.topic = "t", .partition = 0, .key = "k", .value = value});
    }
    std::vector<producer_record> records;

private:
    std::vector<std::string> values_;
};

void check_delivered(const std::vector<send_result>& results) {
    for (std::size_t at = 0; at < results.size(); ++at) {
        CAPTURE(at);
        REQUIRE_FALSE(results[at].error);
        REQUIRE(results[at].delivery.fate == fate::delivered);
    }
}

/// The log holds the numbers from 0 up to `count`, once and in order.
void check_log(const testing::broker& broker, int count) {
    const auto stored = broker.records("t", 0);
    REQUIRE(stored.size() == static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) REQUIRE(std::stoi(*stored[static_cast<std::size_t>(i)].value) == i);
}

asio::awaitable<void> send_too_much(testing::broker& broker, producer_options options,
                                    producer_metrics& seen) {
    const auto executor = co_await asio::this_coro::executor;
    cluster kafka{executor, quick(broker)};
    producer out{kafka, std::move(options)};
    const numbered first{0, 500, 60};
    const auto results = co_await out.async_send_many(first.records);
    check_delivered(results);
    // By now it is known what the broker takes: nothing is refused any more.
    const auto refused = out.metrics().batches_split;
    const numbered second{500, 900, 60};
    const auto more = co_await out.async_send_many(second.records);
    check_delivered(more);
    seen = out.metrics();
    if (seen.compression_ratio() == 1.0) CHECK(seen.batches_split == refused);
    const std::string large(10'000, 'x');
    const auto [error, what] =
        co_await out.async_send({.topic = "t", .partition = 0, .value = large}, as_tuple);
    if (seen.compression_ratio() == 1.0) {
        CHECK(error == broker_errc::message_too_large);
        CHECK(what.fate == fate::not_sent);
    }
    co_await out.async_close();
}

} // namespace

TEST_CASE("batches that the broker finds too large go in parts, in order, and each record ends once",
          "[P3]") {
    for (const bool idempotent : {true, false}) {
        for (const auto codec : {compression::none, compression::lz4}) {
            CAPTURE(idempotent, static_cast<int>(codec));
            testing::broker broker;
            broker.create_topic("t", 1);
            broker.set_topic_config("t", "max.message.bytes", codec == compression::none ? "2000" : "700");
            producer_options options;
            options.idempotence = idempotent;
            options.max_in_flight = idempotent ? 5 : 1;
            options.compression = codec;
            asio::io_context io;
            producer_metrics seen;
            run(io, send_too_much(broker, options, seen));
            CHECK(seen.batches_split > 0);
            CHECK(seen.records_delivered == 900);
            if (codec == compression::none) check_log(broker, 900);
        }
    }
}

namespace {

asio::awaitable<void> send_three_hundred(testing::broker& broker, producer_options options,
                                         producer_metrics& seen) {
    const auto executor = co_await asio::this_coro::executor;
    cluster kafka{executor, quick(broker)};
    producer out{kafka, std::move(options)};
    const numbered all{0, 300, 40};
    const auto results = co_await out.async_send_many(all.records);
    check_delivered(results);
    seen = out.metrics();
    co_await out.async_close();
}

} // namespace

TEST_CASE("several batches are in flight when the first of them is too large: new numbers, no loss, no copy",
          "[P3][P6]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    // Only in the middle: the first batch establishes the numbers.
    int answered = 0;
    broker.on_request(
        [&answered](const testing::request_record& request) -> std::optional<testing::request_action> {
            if (request.api != api::produce) return std::nullopt;
            ++answered;
            testing::request_action action;
            if (answered == 1) action.delay = 30ms;
            if (answered == 3 || answered == 6) action.error = broker_errc::message_too_large;
            return action;
        });
    asio::io_context io;
    producer_metrics seen;
    producer_options options;
    options.batch_size = 1000;
    run(io, send_three_hundred(broker, options, seen));
    broker.on_request({});
    CHECK(seen.batches_split >= 1);
    check_log(broker, 300);
}

namespace {

asio::awaitable<void> send_without_keys(testing::broker& broker, std::vector<send_result>& results,
                                        std::string& words,
                                        std::vector<std::pair<error_code, std::size_t>>& reports) {
    const auto executor = co_await asio::this_coro::executor;
    cluster kafka{executor, quick(broker)};
    producer_options options;
    options.linger = 20ms;
    options.on_delivery = [&reports](const delivery_report& report) {
        reports.emplace_back(report.error, report.deliveries.size());
    };
    producer out{kafka, options};
    numbered all{0, 50};
    for (const std::size_t without : {3U, 17U, 49U}) all.records[without].key = nullptr;
    results = co_await out.async_send_many(all.records);
    words = kafka.last_failure().text;
    REQUIRE_FALSE(out.try_send({.topic = "t", .partition = 0, .key = "k", .value = "50"}));
    REQUIRE_FALSE(out.try_send({.topic = "t", .partition = 0, .value = "51"}));
    REQUIRE_FALSE(out.try_send({.topic = "t", .partition = 0, .key = "k", .value = "52"}));
    co_await out.async_flush();
    co_await out.async_close();
}

} // namespace

TEST_CASE("a broker's objection to single records reaches just these, and the others land in order",
          "[P11]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    broker.set_topic_config("t", "cleanup.policy", "compact");
    asio::io_context io;
    std::vector<send_result> results;
    std::string words;
    std::vector<std::pair<error_code, std::size_t>> reports;
    run(io, send_without_keys(broker, results, words, reports));
    REQUIRE(results.size() == 50);
    std::int64_t next = 0;
    for (std::size_t at = 0; at < results.size(); ++at) {
        CAPTURE(at);
        if (at == 3 || at == 17 || at == 49) {
            CHECK(results[at].error == broker_errc::invalid_record);
            CHECK(results[at].delivery.fate == fate::not_sent);
        } else {
            REQUIRE_FALSE(results[at].error);
            CHECK(results[at].delivery.offset == next++);
        }
    }
    CHECK(words.find("record 17: Compacted topic") != std::string::npos);
    std::size_t refused = 0;
    std::size_t delivered = 0;
    for (const auto& [error, count] : reports) (error ? refused : delivered) += count;
    CHECK(refused == 1);
    CHECK(delivered == 2);
    CHECK(broker.records("t", 0).size() == 49);
}

namespace {

asio::awaitable<void> meet_gap(testing::broker& broker, broker_errc error) {
    const auto executor = co_await asio::this_coro::executor;
    cluster kafka{executor, quick(broker)};
    producer out{kafka, {.linger = 1ms, .batch_size = 512}};
    const numbered first{0, 100};
    const auto before = co_await out.async_send_many(first.records);
    check_delivered(before);
    broker.fail_next(api::produce, error);
    const numbered second{100, 400};
    const auto after = co_await out.async_send_many(second.records);
    check_delivered(after);
    co_await out.async_close();
}

} // namespace

TEST_CASE(
    "a producer that the broker has lost track of goes on under the next epoch: no loss, no copy, in order",
    "[P6]") {
    for (const auto error : {broker_errc::out_of_order_sequence_number, broker_errc::unknown_producer_id,
                             broker_errc::invalid_producer_epoch, broker_errc::invalid_producer_id_mapping}) {
        CAPTURE(static_cast<int>(error));
        testing::broker broker;
        broker.create_topic("t", 1);
        asio::io_context io;
        run(io, meet_gap(broker, error));
        check_log(broker, 400);
        std::set<std::pair<std::int64_t, std::int16_t>> names;
        for (const auto& each : broker.records("t", 0)) names.emplace(each.producer_id, each.producer_epoch);
        CHECK(names.size() == 2);
    }
}

namespace {

asio::awaitable<void> meet_duplicate(testing::broker& broker) {
    const auto executor = co_await asio::this_coro::executor;
    cluster kafka{executor, quick(broker)};
    producer out{kafka};
    co_await out.async_send({.topic = "t", .partition = 0, .value = "0"});
    broker.fail_next(api::produce, broker_errc::duplicate_sequence_number);
    const auto what = co_await out.async_send({.topic = "t", .partition = 0, .value = "1"});
    CHECK(what.fate == fate::delivered);
    CHECK(what.offset == -1);
    co_await out.async_close();
}

} // namespace

TEST_CASE("a duplicate is a delivery whose offset is not known", "[P4]") {
    testing::broker broker;
    broker.create_topic("t", 1);
    asio::io_context io;
    run(io, meet_duplicate(broker));
}

namespace {

/// Until the controller has noticed that the node is gone: the partition it led has another leader.
asio::awaitable<void> election(testing::broker& broker, int gone) {
    asio::steady_timer pause{co_await asio::this_coro::executor};
    while (broker.leader("probe", 0) == gone) {
        pause.expires_after(2ms);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<void> lack_replicas(testing::broker& broker, int other) {
    const auto executor = co_await asio::this_coro::executor;
    cluster kafka{executor, quick(broker)};
    producer all{kafka};
    producer one{kafka, {.acks = acks::leader}};
    producer hasty{kafka, {.delivery_timeout = 200ms}};
    co_await all.async_send({.topic = "t", .partition = 0, .value = "0"});
    broker.kill_node(other);
    co_await election(broker, other);
    const auto what = co_await one.async_send({.topic = "t", .partition = 0, .value = "1"});
    CHECK(what.fate == fate::delivered);
    const auto [error, late] =
        co_await hasty.async_send({.topic = "t", .partition = 0, .value = "x"}, as_tuple);
    CHECK(error == errc::message_timed_out);
    CHECK(late.fate != fate::delivered);
    broker.revive_node(other);
    const auto again = co_await all.async_send({.topic = "t", .partition = 0, .value = "2"});
    CHECK(again.fate == fate::delivered);
    co_await hasty.async_close();
}

} // namespace

TEST_CASE("too few replicas in sync hold acks all up until there are enough, and others not at all", "[P2]") {
    testing::broker broker{{.nodes = 2}};
    broker.create_topic("t", 1, 2);
    broker.create_topic("probe", 1, 2);
    broker.set_topic_config("t", "min.insync.replicas", "2");
    const int leader = broker.leader("t", 0);
    const int other = leader % 2 + 1;
    broker.move_leader("probe", 0, other);
    asio::io_context io;
    run(io, lack_replicas(broker, other));
    CHECK(broker.leader("t", 0) == leader);
    check_log(broker, 3);
}

namespace {

asio::awaitable<void> outlive_topic(testing::broker& broker) {
    const auto executor = co_await asio::this_coro::executor;
    cluster kafka{executor, quick(broker)};
    producer out{kafka, {.linger = 0ms}};
    const numbered first{0, 20};
    const auto before = co_await out.async_send_many(first.records);
    check_delivered(before);
    const auto requests = broker.requests(api::produce);
    REQUIRE_FALSE(requests.empty());
    CHECK(requests.back().version == 13);
    broker.delete_topic("t");
    broker.create_topic("t", 1);
    const numbered second{0, 30};
    const auto after = co_await out.async_send_many(second.records);
    check_delivered(after);
    CHECK(after.front().delivery.offset == 0);
    co_await out.async_close();
}

} // namespace

TEST_CASE("records for a topic that was made anew go to the new one, once and in order", "[M4]") {
    testing::broker broker{{.auto_create_topics = false}};
    broker.create_topic("t", 1);
    asio::io_context io;
    run(io, outlive_topic(broker));
    check_log(broker, 30);
}
