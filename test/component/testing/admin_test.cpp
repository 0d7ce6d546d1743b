// SPDX-License-Identifier: BSL-1.0
#include "component/testing/raw_client.hpp"
#include "component/testing/requests.hpp"
#include "support/catch.hpp"

using namespace kasio;
using namespace kasio::testing;

namespace {

timestamp at(std::int64_t milliseconds) { return timestamp{std::chrono::milliseconds{milliseconds}}; }

} // namespace

TEST_CASE("ListOffsets finds the ends and the first record of a time") {
    broker cluster;
    cluster.create_topic("t");
    const std::vector<producer_record> batch{{.value = "a", .timestamp = at(100)},
                                             {.value = "b", .timestamp = at(300)},
                                             {.value = "c", .timestamp = at(200)}};
    cluster.append("t", 0, batch);
    cluster.append("t", 0, {.value = "d", .timestamp = at(250)});
    raw_client client{cluster.port(1)};
    const auto find = [&](std::int64_t time, std::int16_t version = 11) {
        const auto response = client.ask(list_offsets("t", 0, time), version);
        REQUIRE(only(response).error_code == 0);
        return std::pair{only(response).offset, only(response).timestamp};
    };
    for (std::int16_t version = 1; version <= 11; ++version) {
        INFO("version " << version);
        CHECK(find(-1, version) == std::pair<std::int64_t, std::int64_t>{4, -1});
        CHECK(find(-2, version) == std::pair<std::int64_t, std::int64_t>{0, -1});
        CHECK(find(150, version) == std::pair<std::int64_t, std::int64_t>{1, 300});
    }
    CHECK(find(0) == std::pair<std::int64_t, std::int64_t>{0, 100});
    CHECK(find(300) == std::pair<std::int64_t, std::int64_t>{1, 300});
    CHECK(find(301) == std::pair<std::int64_t, std::int64_t>{-1, -1});
    CHECK(find(-3) == std::pair<std::int64_t, std::int64_t>{1, 300});
    cluster.delete_records("t", 0, 2);
    CHECK(find(-2).first == 2);
    CHECK(find(0) == std::pair<std::int64_t, std::int64_t>{2, 200});
    CHECK(only(client.ask(list_offsets("t", 0, -3), 6)).error_code ==
          number(broker_errc::unsupported_version));
    CHECK(only(client.ask(list_offsets("t", 1, -1), 6)).error_code ==
          number(broker_errc::unknown_topic_or_partition));
}

TEST_CASE("FindCoordinator names a live node, in every version") {
    broker cluster{{.nodes = 2}};
    raw_client client{cluster.port(1)};
    for (std::int16_t version = 0; version <= 6; ++version) {
        INFO("version " << version);
        protocol::find_coordinator_request request;
        if (version < 4) request.key = "group";
        else request.coordinator_keys = {"group", "other"};
        const auto response = client.ask(request, version);
        const int node = version < 4 ? response.node_id : response.coordinators.at(0).node_id;
        const int port = version < 4 ? response.port : response.coordinators.at(0).port;
        CHECK(port == cluster.port(node));
        if (version >= 4) CHECK(response.coordinators.at(1).key == "other");
    }
}

TEST_CASE("InitProducerId gives each its own id, and the next epoch to who has one") {
    broker cluster;
    raw_client client{cluster.port(1)};
    protocol::init_producer_id_request request;
    request.transactional_id.reset();
    const auto first = client.ask(request, 5);
    const auto second = client.ask(request, 0);
    CHECK(first.error_code == 0);
    CHECK(first.producer_epoch == 0);
    CHECK(first.producer_id != second.producer_id);
    request.producer_id = first.producer_id;
    request.producer_epoch = 0;
    const auto bumped = client.ask(request, 3);
    CHECK(bumped.producer_id == first.producer_id);
    CHECK(bumped.producer_epoch == 1);
    request = {};
    request.transactional_id = "tx";
    CHECK(client.ask(request, 4).error_code == number(broker_errc::unsupported_version));
}

TEST_CASE("topics are created and deleted over the wire, in every version") {
    broker cluster{{.nodes = 3}};
    raw_client client{cluster.port(1)};
    for (std::int16_t version = 2; version <= 7; ++version) {
        INFO("version " << version);
        protocol::create_topics_request request;
        auto& wanted = request.topics.emplace_back();
        wanted.name = "t" + std::to_string(version);
        wanted.num_partitions = 2;
        wanted.replication_factor = 3;
        auto& config = wanted.configs.emplace_back();
        config.name = "max.message.bytes";
        config.value = "50";
        request.validate_only = true;
        CHECK(client.ask(request, version).topics.at(0).error_code == 0);
        CHECK_FALSE(cluster.has_topic(wanted.name));
        request.validate_only = false;
        const auto created = client.ask(request, version);
        CHECK(created.topics.at(0).error_code == 0);
        if (version >= 7) CHECK(created.topics.at(0).topic_id == cluster.topic_id(wanted.name));
        CHECK(cluster.partition_count(wanted.name) == 2);
        CHECK(client.ask(request, version).topics.at(0).error_code ==
              number(broker_errc::topic_already_exists));
        const std::string batch = batch_of(1);
        CHECK(only(client.ask(produce(wanted.name, 0, batch), 9)).error_code ==
              number(broker_errc::message_too_large));
        request.topics[0].configs[0].value = "many";
        CHECK(client.ask(request, version).topics.at(0).error_code == number(broker_errc::invalid_config));
    }
    for (std::int16_t version = 1; version <= 5; ++version) {
        protocol::delete_topics_request request;
        request.topic_names = {"t" + std::to_string(version + 1), "none"};
        const auto deleted = client.ask(request, version);
        CHECK(deleted.responses.at(0).error_code == 0);
        CHECK(deleted.responses.at(1).error_code == number(broker_errc::unknown_topic_or_partition));
        CHECK_FALSE(cluster.has_topic(request.topic_names[0]));
    }
    protocol::delete_topics_request request;
    request.topics.emplace_back().topic_id = cluster.topic_id("t7");
    CHECK(client.ask(request, 6).responses.at(0).name == "t7");
    CHECK(client.ask(request, 6).responses.at(0).error_code == number(broker_errc::unknown_topic_id));
}

TEST_CASE("partitions can be added to a topic") {
    broker cluster{{.nodes = 2}};
    cluster.create_topic("t", 1);
    cluster.add_partitions("t", 3);
    CHECK(cluster.partition_count("t") == 3);
    CHECK(cluster.leader("t", 1) == 2);
    cluster.delete_topic("t");
    CHECK_FALSE(cluster.has_topic("t"));
}
