// SPDX-License-Identifier: BSL-1.0
// The main job on brokers of every age, and on clusters whose brokers differ.
#include "asking.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/consumer.hpp>
#include <kasio/producer.hpp>
#include <kasio/testing/broker.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <map>

namespace asio = boost::asio;
using namespace kasio;
using namespace kasio_test;
using namespace std::chrono_literals;
using testing::api;
using testing::version_profile;

namespace {

constexpr int records_sent = 5'000;

/// A record's bytes, of which every value of a byte is one; some keys and values are null, some empty.
struct sample {
    std::optional<std::string> key;
    std::optional<std::string> value;
    explicit sample(int number) {
        if (number % 7 != 0) key = number % 11 == 0 ? std::string{} : "key-" + std::to_string(number % 100);
        if (number % 13 == 0) return;
        value = std::to_string(number) + ' ';
        for (int i = 0; i < number % 90; ++i) value->push_back(static_cast<char>(number * 7 + i * 31));
    }
};

bytes_view view(const std::optional<std::string>& text) { return text ? bytes_view{*text} : bytes_view{}; }
std::optional<std::string> text(bytes_view bytes) {
    if (bytes.is_null()) return std::nullopt;
    return bytes.to_string();
}

asio::awaitable<void> produce_all(cluster& kafka, compression codec, std::function<void(int)> at_each) {
    const producer_options options{.linger = 1ms, .batch_size = 4'000, .compression = codec};
    producer out{kafka, options};
    int delivered = 0;
    int failed = 0;
    for (int number = 0; number < records_sent; ++number) {
        at_each(number);
        const sample sent{number};
        producer_record record;
        record.topic = "t";
        record.partition = number % 3;
        record.key = view(sent.key);
        record.value = view(sent.value);
        out.async_send(record, [&](error_code error, const delivery&) { ++(error ? failed : delivered); });
        // Now and then all is delivered, so that what follows meets another state of the brokers.
        if (number % 250 == 249) co_await out.async_flush();
    }
    co_await out.async_flush();
    CHECK(delivered == records_sent);
    CHECK(failed == 0);
    co_await out.async_close();
}

/// Each partition holds exactly its records, in order.
void check_logs(const testing::broker& broker) {
    for (int partition = 0; partition < 3; ++partition) {
        const auto stored = broker.records("t", partition);
        int number = partition;
        int different = 0;
        for (const auto& record : stored) {
            const sample sent{number};
            if (record.key != sent.key || record.value != sent.value) ++different;
            number += 3;
        }
        CHECK(different == 0);
        CHECK(stored.size() == static_cast<std::size_t>((records_sent - partition + 2) / 3));
    }
}

asio::awaitable<void> consume_all(cluster& kafka, std::function<void(int)> at_each) {
    consumer_options options;
    options.offset_reset = offset_reset::earliest;
    options.fetch_max_wait = 50ms;
    options.partition_fetch_bytes = 20'000;
    consumer in{kafka, options};
    in.assign_topic("t", start_position::beginning());
    std::map<int, int> next{{0, 0}, {1, 1}, {2, 2}};
    int different = 0;
    for (int got = 0; got < records_sent;) {
        const auto records = co_await in.async_poll();
        for (const auto& event : records.events()) FAIL_CHECK(event.error.message());
        for (const auto& record : records) {
            at_each(got++);
            auto& number = next[record.partition()];
            const sample sent{number};
            if (text(record.key()) != sent.key || text(record.value()) != sent.value) ++different;
            number += 3;
        }
    }
    CHECK(different == 0);
    co_await in.async_close();
}

asio::awaitable<void> main_job(std::string servers, compression codec, std::function<void(int)> at_each) {
    const auto executor = co_await asio::this_coro::executor;
    auto options = quick(std::move(servers));
    options.request_timeout = 5s;
    options.default_timeout = 10s;
    options.metadata_max_age = 50ms;
    cluster kafka{executor, options};
    co_await produce_all(kafka, codec, at_each);
    co_await consume_all(kafka, at_each);
    co_await kafka.async_close();
}

void nothing(int) {}

/// The versions with which an api was asked for on a node.
std::pair<int, int> versions_used(const testing::broker& broker, api which, int node = testing::any_node) {
    int lowest = 99;
    int highest = -1;
    for (const auto& request : broker.requests(which, node)) {
        lowest = std::min<int>(lowest, request.version);
        highest = std::max<int>(highest, request.version);
    }
    return {lowest, highest};
}

} // namespace

TEST_CASE("the main job, byte for byte, on brokers of every age") {
    struct row {
        version_profile profile;
        int produce, fetch, metadata;
    };
    const row rows[] = {
        {version_profile::kafka_0_11, 3, 5, 4},  {version_profile::kafka_1_1, 5, 7, 5},
        {version_profile::kafka_2_8, 9, 12, 11}, {version_profile::kafka_3_9, 11, 17, 12},
        {version_profile::redpanda, 7, 11, 8},
    };
    for (const auto& row : rows) {
        for (const auto codec : {compression::none, compression::lz4}) {
            CAPTURE(testing::name_of(row.profile), static_cast<int>(codec));
            testing::broker broker{{.nodes = 3, .profile = row.profile}};
            broker.create_topic("t", 3);
            asio::io_context io;
            run(io, main_job(broker.bootstrap_servers(), codec, nothing), 60s);
            check_logs(broker);
            CHECK(versions_used(broker, api::produce) == std::pair{row.produce, row.produce});
            CHECK(versions_used(broker, api::fetch) == std::pair{row.fetch, row.fetch});
            CHECK(versions_used(broker, api::metadata) == std::pair{row.metadata, row.metadata});
        }
    }
}

TEST_CASE("the main job on brokers as new as Kafka 4.4") {
    testing::broker broker{{.nodes = 3, .profile = version_profile::kafka_4_4}};
    broker.create_topic("t", 3);
    asio::io_context io;
    run(io, main_job(broker.bootstrap_servers(), compression::lz4, nothing), 60s);
    check_logs(broker);
    CHECK(versions_used(broker, api::fetch).second >= 17);
}

TEST_CASE("one node after the other is upgraded, and one goes back, while records flow", "[C14]") {
    testing::broker broker{{.nodes = 3, .profile = version_profile::kafka_1_1}};
    broker.create_topic("t", 3);
    asio::io_context io;
    int at = 0;
    const auto upgrade = [&](int) {
        // At 1,000, 2,000, ... of the 10,000 records that are written and read.
        if (++at % 500 != 0) return;
        const int step = at / 500;
        const int node = (step / 2 - 1) % 3 + 1;
        if (step % 2 == 0 && step <= 18) {
            broker.kill_node(node);
            broker.set_profile(step <= 6    ? version_profile::kafka_3_9
                               : step <= 12 ? version_profile::redpanda
                                            : version_profile::kafka_4_4,
                               node);
        } else if (step > 2) {
            broker.revive_node(node);
        }
    };
    run(io, main_job(broker.bootstrap_servers(), compression::none, upgrade), 60s);
    check_logs(broker);
    // Each connection speaks what its node offers at that time.
    CHECK(versions_used(broker, api::produce).first == 5);
    CHECK(versions_used(broker, api::produce).second >= 11);
    CHECK(versions_used(broker, api::fetch).second >= 12);
}

TEST_CASE("records that wait while their node is upgraded or goes back are encoded for what it is then",
          "[C14]") {
    const std::pair<version_profile, version_profile> changes[] = {
        {version_profile::kafka_0_11, version_profile::kafka_3_9},
        {version_profile::kafka_3_9, version_profile::kafka_0_11},
    };
    for (const auto& [before, after] : changes) {
        CAPTURE(testing::name_of(before), testing::name_of(after));
        testing::broker broker{{.profile = before}};
        broker.create_topic("t", 1);
        asio::io_context io;
        auto options = quick(broker.bootstrap_servers());
        options.request_timeout = 5s;
        cluster kafka{io.get_executor(), options};
        producer out{kafka, {.linger = 0ms}};
        int delivered = 0;
        const auto send = [&](const char* value) {
            out.async_send({.topic = "t", .value = value},
                           [&](error_code error, const delivery&) { delivered += error ? 0 : 1; });
        };
        send("first");
        REQUIRE(run_until(
            io, [&] { return delivered == 1; }, 5s));
        const auto old_version = broker.requests(api::produce).at(0).version;
        // In flight on the old line, queued behind it, and sent while the node is away.
        broker.drop_next(api::produce);
        send("in flight");
        REQUIRE(run_until(
            io, [&] { return broker.request_count(api::produce) == 2; }, 5s));
        send("queued");
        broker.kill_node(1);
        broker.set_profile(after, 1);
        send("while away");
        static_cast<void>(run_until(
            io, [] { return false; }, 50ms));
        broker.revive_node(1);
        REQUIRE(run_until(
            io, [&] { return delivered == 4; }, 10s));
        const auto stored = broker.records("t", 0);
        REQUIRE(stored.size() == 4);
        CHECK(stored[1].value == "in flight");
        CHECK(stored[2].value == "queued");
        CHECK(stored[3].value == "while away");
        const auto new_version = broker.requests(api::produce).back().version;
        CHECK(old_version == (before == version_profile::kafka_0_11 ? 3 : 11));
        CHECK(new_version == (after == version_profile::kafka_0_11 ? 3 : 11));
    }
}

TEST_CASE("a broker with no version in common is named as such, and asked again after its upgrade", "[C14]") {
    testing::broker broker;
    broker.set_versions(api::metadata, 0, 0);
    asio::io_context io;
    cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
    CHECK(ask(io, kafka).error == errc::unsupported_version);
    broker.set_versions(api::metadata, 0, 13);
    broker.close_connections();
    REQUIRE(run_until(
        io, [&] { return kafka.last_failure().code == errc::connection_lost; }, 5s));
    CHECK_FALSE(ask(io, kafka).error);
}

TEST_CASE("a broker that hangs up instead of refusing a version is asked with the lowest one", "[C13]") {
    testing::broker broker{{.nodes = 2}};
    broker.create_topic("t", 2);
    broker.on_request([](const testing::request_record& request) -> std::optional<testing::request_action> {
        if (request.api != api::api_versions || request.version == 0 || request.node != 1)
            return std::nullopt;
        testing::request_action action;
        action.close = true;
        return action;
    });
    asio::io_context io;
    auto options = quick(broker.address(1));
    options.default_timeout = 5s;
    cluster kafka{io.get_executor(), options};
    CHECK_FALSE(ask(io, kafka).error);
    std::vector<int> asked_with;
    for (const auto& request : broker.requests(api::api_versions, 1)) asked_with.push_back(request.version);
    CHECK(asked_with == std::vector<int>{3, 3, 0});
    producer out{kafka};
    int delivered = 0;
    for (int partition = 0; partition < 2; ++partition)
        out.async_send({.topic = "t", .partition = partition, .value = "x"},
                       [&](error_code error, const delivery&) { delivered += error ? 0 : 1; });
    REQUIRE(run_until(
        io, [&] { return delivered == 2; }, 5s));
    // What one node wants is not held against another.
    CHECK(versions_used(broker, api::api_versions, 2) == std::pair{3, 3});
}

TEST_CASE("topics go by their names where a broker gives them no ids", "[C13]") {
    testing::broker broker;
    broker.create_topic("t", 3);
    broker.set_versions(api::metadata, 0, 9);
    asio::io_context io;
    run(io, main_job(broker.bootstrap_servers(), compression::none, nothing), 60s);
    check_logs(broker);
    CHECK(versions_used(broker, api::produce).second == 12);
    CHECK(versions_used(broker, api::fetch).second == 12);
}
