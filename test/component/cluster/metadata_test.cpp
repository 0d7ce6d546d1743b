// SPDX-License-Identifier: BSL-1.0
// What async_metadata gives, and how it is asked.
#include "asking.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/testing/broker.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <future>
#include <sstream>
#include <thread>

namespace asio = boost::asio;
using namespace kasio;
using namespace kasio_test;
using namespace std::chrono_literals;
using testing::api;

namespace {

asio::awaitable<void> ask_by_coroutine(testing::broker& broker) {
    const auto executor = co_await asio::this_coro::executor;
    cluster kafka{executor, {.bootstrap_servers = broker.bootstrap_servers()}};
    const auto what = co_await kafka.async_metadata("one");
    CHECK(what.cluster_id == broker.cluster_id());
    CHECK(what.controller_id >= 1);
    REQUIRE(what.brokers.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(what.brokers[i].id == static_cast<std::int32_t>(i) + 1);
        CHECK(what.brokers[i].host == "127.0.0.1");
        CHECK(what.brokers[i].port == broker.port(static_cast<int>(i) + 1));
    }
    REQUIRE(what.topics.size() == 1);
    const auto& topic = what.topics[0];
    CHECK_FALSE(topic.error);
    CHECK(topic.name == "one");
    CHECK(topic.id == broker.topic_id("one"));
    CHECK_FALSE(topic.internal);
    REQUIRE(topic.partitions.size() == 5);
    for (std::size_t i = 0; i < 5; ++i) {
        const auto number = static_cast<int>(i);
        CHECK_FALSE(topic.partitions[i].error);
        CHECK(topic.partitions[i].partition == number);
        CHECK(topic.partitions[i].leader == broker.leader("one", number));
        CHECK(topic.partitions[i].leader_epoch == broker.leader_epoch("one", number));
        CHECK(topic.partitions[i].replicas.size() == 3);
        CHECK(topic.partitions[i].in_sync_replicas.size() == 3);
        CHECK(topic.partitions[i].offline_replicas.empty());
    }
    co_await kafka.async_close();
}

} // namespace

TEST_CASE("metadata tells brokers, topic and partitions, to a coroutine") {
    testing::broker broker{{.nodes = 3}};
    broker.create_topic("one", 5);
    broker.create_topic("two", 1);
    asio::io_context io;
    run(io, ask_by_coroutine(broker));
}

TEST_CASE("metadata comes through a future and a callback too") {
    testing::broker broker;
    broker.create_topic("one", 1);
    asio::io_context io;
    auto work = asio::make_work_guard(io);
    std::thread runner{[&io] { io.run(); }};
    {
        cluster kafka{io.get_executor(), {.bootstrap_servers = broker.bootstrap_servers()}};
        CHECK(kafka.async_metadata("one", asio::use_future).get().topics.size() == 1);
        std::promise<cluster_metadata> got;
        kafka.async_metadata("one", [&got](error_code error, cluster_metadata what) {
            CHECK_FALSE(error);
            got.set_value(std::move(what));
        });
        CHECK(got.get_future().get().topics.at(0).name == "one");
        kafka.async_close(asio::use_future).get();
        CHECK_THROWS_AS(kafka.async_metadata("one", asio::use_future).get(), boost::system::system_error);
    }
    work.reset();
    runner.join();
}

TEST_CASE("a topic that does not exist is an item with its error, and stays unmade") {
    testing::broker broker{{.auto_create_topics = true}};
    asio::io_context io;
    cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
    const auto got = ask(io, kafka, "missing");
    CHECK_FALSE(got.error);
    CHECK(got.what.brokers.size() == 1);
    REQUIRE(got.what.topics.size() == 1);
    CHECK(got.what.topics[0].name == "missing");
    CHECK(got.what.topics[0].error == broker_errc::unknown_topic_or_partition);
    CHECK(got.what.topics[0].partitions.empty());
    CHECK_FALSE(broker.has_topic("missing"));
}

TEST_CASE("the empty name asks for all topics, sorted by name") {
    testing::broker broker;
    for (const char* name : {"c", "a", "b"}) broker.create_topic(name, 2);
    asio::io_context io;
    cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
    const auto got = ask(io, kafka);
    REQUIRE(got.what.topics.size() == 3);
    CHECK(got.what.topics[0].name == "a");
    CHECK(got.what.topics[2].name == "c");
    for (const auto& topic : got.what.topics) CHECK(topic.partitions.size() == 2);
}

TEST_CASE("nothing is connected before it is needed, and one connection serves all questions") {
    testing::broker broker{{.nodes = 3}};
    asio::io_context io;
    cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
    io.run_for(20ms);
    CHECK(broker.accepted_count() == 0);
    asked answers[10];
    for (auto& each : answers) kafka.async_metadata("", each.handler());
    REQUIRE(run_until(io, [&] {
        return std::all_of(std::begin(answers), std::end(answers), [](const asked& each) { return each.times == 1; });
    }));
    for (const auto& each : answers) CHECK_FALSE(each.error);
    CHECK(broker.accepted_count() == 1);
    CHECK(broker.request_count(api::metadata) == 10);
    CHECK(broker.requests(api::metadata)[0].client_id == "kasio");
    CHECK_FALSE(kafka.last_failure().code);
}

TEST_CASE("a cluster that is older answers what it knows") {
    testing::broker broker;
    broker.create_topic("one", 2);
    broker.set_versions(api::metadata, 1, 4);
    asio::io_context io;
    cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
    const auto got = ask(io, kafka, "one");
    CHECK_FALSE(got.error);
    REQUIRE(got.what.topics.size() == 1);
    CHECK(got.what.topics[0].id == uuid{});
    REQUIRE(got.what.topics[0].partitions.size() == 2);
    CHECK(got.what.topics[0].partitions[0].leader_epoch == -1);
    std::ostringstream text;
    text << topic_partition{"one", 1};
    CHECK(text.str() == "one/1");
}

TEST_CASE("a partition without a leader says so") {
    testing::broker broker;
    broker.create_topic("one", 2);
    broker.show_partition_error("one", 1, broker_errc::leader_not_available);
    asio::io_context io;
    cluster kafka{io.get_executor(), quick(broker.bootstrap_servers())};
    const auto got = ask(io, kafka, "one");
    REQUIRE(got.what.topics.at(0).partitions.size() == 2);
    CHECK(got.what.topics[0].partitions[0].leader == 1);
    CHECK(got.what.topics[0].partitions[1].leader == -1);
    CHECK(got.what.topics[0].partitions[1].error == broker_errc::leader_not_available);
}

TEST_CASE("a cluster is a handle that can be moved") {
    testing::broker broker;
    asio::io_context io;
    cluster first{io.get_executor(), quick(broker.bootstrap_servers())};
    cluster second{std::move(first)};
    CHECK_FALSE(ask(io, second).error);
    cluster third{io.get_executor(), quick(broker.bootstrap_servers())};
    third = std::move(second);
    CHECK_FALSE(ask(io, third).error);
    CHECK(broker.accepted_count() == 1);
    CHECK(third.get_executor() == io.get_executor());
}

TEST_CASE("options that cannot be are refused with their name") {
    asio::io_context io;
    const auto refused = [&io](cluster_options options, const char* name) {
        try {
            const cluster kafka{io.get_executor(), std::move(options)};
            FAIL_CHECK("accepted a wrong " << name);
        } catch (const boost::system::system_error& error) {
            CHECK(error.code() == errc::invalid_option);
            CHECK(std::string{error.what()}.find(name) != std::string::npos);
        }
    };
    refused({.bootstrap_servers = ""}, "bootstrap_servers");
    refused({.bootstrap_servers = "a:b:c"}, "bootstrap_servers");
    refused({.connect_timeout = 0ms}, "connect_timeout");
    refused({.request_timeout = -1ms}, "request_timeout");
    refused({.default_timeout = 0ms}, "default_timeout");
    refused({.metadata_max_age = 0ms}, "metadata_max_age");
    refused({.max_response_bytes = 0}, "max_response_bytes");
}
