// SPDX-License-Identifier: BSL-1.0
// Whatever a cluster tells: a named error in bounded time and memory, an end, and work again once it is
// honest.
#include "cluster_fixture.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/messages/list_offsets.hpp>
#include <kasio/messages/metadata.hpp>
#include <kasio/messages/produce.hpp>
#include <kasio/messages/producer_id.hpp>

#include <limits>

using namespace kasio;
using namespace kasio_test;

namespace {

using metadata_answer = protocol::metadata_response;
using request = testing::request_record;

constexpr auto greatest = std::numeric_limits<std::int32_t>::max();

/// What an honest node says of a cluster of one with the topic `t`.
metadata_answer honest(const testing::broker& broker) {
    metadata_answer answer;
    metadata_answer::metadata_response_broker node;
    node.node_id = 1;
    node.host = "127.0.0.1";
    node.port = broker.port(1);
    answer.brokers.push_back(node);
    answer.controller_id = 1;
    metadata_answer::metadata_response_partition partition;
    partition.leader_id = 1;
    partition.leader_epoch = 0;
    metadata_answer::metadata_response_topic topic;
    topic.name = "t";
    topic.topic_id = broker.topic_id("t");
    topic.partitions.push_back(partition);
    answer.topics.push_back(topic);
    return answer;
}

struct metadata_lie {
    const char* name;
    std::function<void(metadata_answer&)> change;
    /// How sending a record ends.
    std::vector<error_code> sending;
};

const std::vector<metadata_lie> metadata_lies{
    {"there is no broker", [](metadata_answer& m) { m.brokers.clear(); }, {errc::metadata_unavailable}},
    {"the broker's id is negative",
     [](metadata_answer& m) { m.brokers[0].node_id = -5; },
     {errc::metadata_unavailable}},
    {"the broker has no host",
     [](metadata_answer& m) { m.brokers[0].host.clear(); },
     {errc::metadata_unavailable}},
    {"the broker's port is 0",
     [](metadata_answer& m) { m.brokers[0].port = 0; },
     {errc::metadata_unavailable}},
    {"the broker's port is beyond ports",
     [](metadata_answer& m) { m.brokers[0].port = 70'000; },
     {errc::metadata_unavailable}},
    {"the topic has no name",
     [](metadata_answer& m) { m.topics[0].name = std::nullopt; },
     {errc::metadata_unavailable}},
    {"it tells of another topic",
     [](metadata_answer& m) { m.topics[0].name = "other"; },
     {errc::metadata_unavailable}},
    {"the topic has no partitions",
     [](metadata_answer& m) { m.topics[0].partitions.clear(); },
     {errc::metadata_unavailable}},
    {"the partition's number is negative",
     [](metadata_answer& m) { m.topics[0].partitions[0].partition_index = -1; },
     {errc::metadata_unavailable, errc::unknown_partition, errc::message_timed_out}},
    {"the partition's number is the greatest",
     [](metadata_answer& m) { m.topics[0].partitions[0].partition_index = greatest; },
     {errc::metadata_unavailable, errc::unknown_partition, errc::message_timed_out}},
    {"the leader is nobody",
     [](metadata_answer& m) { m.topics[0].partitions[0].leader_id = 77; },
     {errc::message_timed_out}},
    {"the leader is negative",
     [](metadata_answer& m) { m.topics[0].partitions[0].leader_id = -3; },
     {errc::message_timed_out}},
    {"the topic has a code nobody knows",
     [](metadata_answer& m) { m.topics[0].error_code = 9'999; },
     {from_broker(9'999), errc::metadata_unavailable}},
    {"the whole answer has a code nobody knows",
     [](metadata_answer& m) {
         m.error_code = 9'999;
         m.brokers.clear();
     },
     {from_broker(9'999), errc::metadata_unavailable}},
};

} // namespace

TEST_CASE("metadata that cannot be ends a send with a name, and no record is lost once it is true",
          "[M1][M5]") {
    for (const auto& told : metadata_lies) {
        DYNAMIC_SECTION(told.name) {
            testing::broker broker;
            broker.create_topic("t");
            lie<metadata_answer>(broker, api::metadata, [&](const request&, metadata_answer& answer) {
                answer = honest(broker);
                told.change(answer);
            });
            client_of client{broker};
            delivery where;
            const auto error = client.send(&where);
            INFO(error.message() << "; " << client.kafka.last_failure().text);
            CHECK(std::find(told.sending.begin(), told.sending.end(), error) != told.sending.end());
            CHECK(where.fate == fate::not_sent);
            CHECK(broker.request_count(api::metadata) < 100);
            broker.clear_faults();
            CHECK_FALSE(client.send());
            CHECK(broker.records("t", 0).size() == 1);
        }
    }
}

TEST_CASE("metadata that leads nowhere, or round in a circle, ends or works", "[M5][C16]") {
    testing::broker broker;
    broker.create_topic("t");
    SECTION("to a port where nobody listens") {
        lie<metadata_answer>(broker, api::metadata, [&](const request&, metadata_answer& answer) {
            answer = honest(broker);
            answer.brokers[0].port = 1;
        });
        client_of client{broker};
        delivery where;
        CHECK(client.send(&where) == errc::message_timed_out);
        CHECK(where.fate == fate::not_sent);
        CHECK(client.kafka.last_failure().code == errc::broker_unreachable);
        broker.clear_faults();
    }
    SECTION("to a name that is no name") {
        lie<metadata_answer>(broker, api::metadata, [&](const request&, metadata_answer& answer) {
            answer = honest(broker);
            answer.brokers[0].host = std::string(20'000, 'h') + "\x01\n";
        });
        client_of client{broker};
        CHECK(client.send() == errc::metadata_unavailable);
        CHECK(client.kafka.last_failure().text.size() < 2'000);
    }
    SECTION("to itself, as a thousand nodes") {
        lie<metadata_answer>(broker, api::metadata, [&](const request&, metadata_answer& answer) {
            answer = honest(broker);
            for (int node = 2; node <= 1'000; ++node) {
                answer.brokers.push_back(answer.brokers[0]);
                answer.brokers.back().node_id = node;
            }
        });
        client_of client{broker};
        CHECK_FALSE(client.send());
        CHECK(broker.accepted_count() < 5);
    }
    SECTION("to ten thousand partitions, all of one number") {
        lie<metadata_answer>(broker, api::metadata, [&](const request&, metadata_answer& answer) {
            answer = honest(broker);
            answer.topics[0].partitions.resize(10'000, answer.topics[0].partitions[0]);
        });
        client_of client{broker};
        CHECK_FALSE(client.send());
    }
}

TEST_CASE("a broker that asks for quiet for ever is left alone until each deadline", "[P9]") {
    const auto which = GENERATE(api::metadata, api::produce, api::init_producer_id);
    testing::broker broker;
    broker.create_topic("t");
    testing::request_action quiet;
    quiet.throttle_time = std::chrono::milliseconds{greatest};
    broker.next(which, quiet, 1'000'000);
    client_of client{broker};
    static_cast<void>(client.send());
    const auto start = std::chrono::steady_clock::now();
    static_cast<void>(client.send());
    CHECK(std::chrono::steady_clock::now() - start < 3s);
    CHECK(broker.request_count(which) < 20);
}

namespace {

using produce_answer = protocol::produce_response;

struct produce_lie {
    const char* name;
    std::function<void(produce_answer&)> change;
};

const std::vector<produce_lie> produce_lies{
    {"names no topic", [](produce_answer& a) { a.responses.clear(); }},
    {"names no partition", [](produce_answer& a) { a.responses[0].partition_responses.clear(); }},
    {"names another topic",
     [](produce_answer& a) {
         a.responses[0].name = "other";
         a.responses[0].topic_id = uuid{};
     }},
    {"names another partition", [](produce_answer& a) { a.responses[0].partition_responses[0].index = 5; }},
    {"names a negative partition",
     [](produce_answer& a) { a.responses[0].partition_responses[0].index = -5; }},
    {"has a code nobody knows",
     [](produce_answer& a) { a.responses[0].partition_responses[0].error_code = 9'999; }},
};

} // namespace

TEST_CASE("an answer to Produce that settles nothing leaves the fate unknown, and sends again", "[P2][P12]") {
    for (const auto& told : produce_lies) {
        DYNAMIC_SECTION("it " << told.name) {
            testing::broker broker;
            broker.create_topic("t");
            lie<produce_answer>(broker, api::produce, [&](const request&, produce_answer& answer) {
                produce_answer::topic_produce_response topic;
                topic.name = "t";
                topic.topic_id = broker.topic_id("t");
                topic.partition_responses.emplace_back();
                answer.responses.push_back(topic);
                told.change(answer);
            });
            client_of client{broker};
            delivery where;
            CHECK(client.send(&where));
            CHECK(where.fate != fate::delivered);
            CHECK(broker.request_count(api::produce) < 100);
            broker.clear_faults();
            CHECK_FALSE(client.send(&where));
            CHECK(where.fate == fate::delivered);
        }
    }
}

TEST_CASE("a producer id that cannot be is asked for again", "[P6]") {
    using id_answer = protocol::init_producer_id_response;
    const auto [id, epoch] = GENERATE(table<std::int64_t, int>({{-1, 0}, {7, -1}, {-5, -5}}));
    testing::broker broker;
    broker.create_topic("t");
    lie<id_answer>(broker, api::init_producer_id,
                   [id = id, epoch = epoch](const request&, id_answer& answer) {
                       answer.producer_id = id;
                       answer.producer_epoch = static_cast<std::int16_t>(epoch);
                   });
    client_of client{broker};
    delivery where;
    CHECK(client.send(&where) == errc::message_timed_out);
    CHECK(where.fate == fate::not_sent);
    CHECK(broker.request_count(api::init_producer_id) < 100);
    broker.clear_faults();
    CHECK_FALSE(client.send());
}

namespace {

using offsets_answer = protocol::list_offsets_response;

struct offsets_lie {
    const char* name;
    std::function<void(offsets_answer&)> change;
};

const std::vector<offsets_lie> offsets_lies{
    {"says -1", [](offsets_answer& a) { a.topics[0].partitions[0].offset = -1; }},
    {"says the least offset",
     [](offsets_answer& a) { a.topics[0].partitions[0].offset = std::numeric_limits<std::int64_t>::min(); }},
    {"names no topic", [](offsets_answer& a) { a.topics.clear(); }},
    {"names another topic", [](offsets_answer& a) { a.topics[0].name = "other"; }},
    {"names another partition", [](offsets_answer& a) { a.topics[0].partitions[0].partition_index = 9; }},
    {"has a code nobody knows", [](offsets_answer& a) { a.topics[0].partitions[0].error_code = 9'999; }},
};

} // namespace

TEST_CASE("an answer about offsets that cannot be sets no position", "[F6]") {
    for (const auto& told : offsets_lies) {
        DYNAMIC_SECTION("it " << told.name) {
            testing::broker broker;
            broker.create_topic("t");
            broker.append("t", 0, {.value = "there"});
            lie<offsets_answer>(broker, api::list_offsets, [&](const request&, offsets_answer& answer) {
                answer.topics.emplace_back();
                answer.topics[0].name = "t";
                answer.topics[0].partitions.emplace_back();
                answer.topics[0].partitions[0].offset = 0;
                told.change(answer);
            });
            client_of client{broker};
            const auto heard = client.read();
            CHECK((!heard || *heard));
            CHECK(broker.request_count(api::list_offsets) < 100);
            broker.clear_faults();
            CHECK(client.read(5s) == error_code{});
        }
    }
}
