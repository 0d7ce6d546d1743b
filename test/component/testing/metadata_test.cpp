// SPDX-License-Identifier: BSL-1.0
#include "component/testing/raw_client.hpp"
#include "component/testing/requests.hpp"
#include "support/catch.hpp"

using namespace kasio;
using namespace kasio::testing;

TEST_CASE("Metadata shows nodes, topics, leaders and epochs, in every version") {
    broker cluster{{.nodes = 3}};
    cluster.create_topic("t", 3);
    cluster.move_leader("t", 1, 1);
    raw_client client{cluster.port(2)};
    for (std::int16_t version = 1; version <= 13; ++version) {
        INFO("version " << version);
        const auto response = client.ask(metadata("t"), version);
        REQUIRE(response.brokers.size() == 3);
        for (int node = 1; node <= 3; ++node) {
            const auto& shown = response.brokers[static_cast<std::size_t>(node - 1)];
            CHECK(shown.node_id == node);
            CHECK(shown.host == "127.0.0.1");
            CHECK(shown.port == cluster.port(node));
        }
        CHECK(response.controller_id == 1);
        if (version >= 2) CHECK(response.cluster_id == cluster.cluster_id());
        const auto& topic = only(response);
        CHECK(topic.error_code == 0);
        CHECK(topic.name == "t");
        CHECK(topic.topic_id == (version >= 10 ? cluster.topic_id("t") : uuid{}));
        REQUIRE(topic.partitions.size() == 3);
        CHECK(topic.partitions[1].leader_id == 1);
        CHECK(topic.partitions[1].leader_epoch == (version >= 7 ? 1 : -1));
        CHECK(topic.partitions[2].leader_id == 3);
        CHECK(topic.partitions[2].isr_nodes.size() == 3);
    }
}

TEST_CASE("Metadata creates unknown topics where it may") {
    broker cluster{{.default_partitions = 5}};
    raw_client client{cluster.port(1)};
    CHECK(only(client.ask(metadata("t", false), 9)).error_code ==
          number(broker_errc::unknown_topic_or_partition));
    CHECK_FALSE(cluster.has_topic("t"));
    CHECK(only(client.ask(metadata("t"), 9)).partitions.size() == 5);
    CHECK(cluster.partition_count("t") == 5);
    CHECK(only(client.ask(metadata("a b"), 9)).error_code == number(broker_errc::invalid_topic_exception));
    CHECK(only(client.ask(metadata("a b", false), 9)).error_code ==
          number(broker_errc::invalid_topic_exception));

    broker strict{{.auto_create_topics = false}};
    raw_client other{strict.port(1)};
    CHECK(only(other.ask(metadata("t"), 9)).error_code == number(broker_errc::unknown_topic_or_partition));
}

TEST_CASE("Metadata finds topics by id, and all of them for null") {
    broker cluster;
    cluster.create_topic("a");
    cluster.create_topic("b", 2);
    raw_client client{cluster.port(1)};
    protocol::metadata_request request;
    auto& wanted = request.topics->emplace_back();
    wanted.name.reset();
    wanted.topic_id = cluster.topic_id("b");
    CHECK(only(client.ask(request, 12)).name == "b");
    request.topics->at(0).topic_id.bytes[3] ^= 1;
    CHECK(only(client.ask(request, 12)).error_code == number(broker_errc::unknown_topic_id));
    request.topics.reset();
    CHECK(client.ask(request, 9).topics.size() == 2);
    request.topics.emplace();
    CHECK(client.ask(request, 9).topics.empty());
}

TEST_CASE("Metadata can be made to show what is not so, for some answers") {
    broker cluster{{.nodes = 2}};
    cluster.create_topic("t", 2);
    raw_client client{cluster.port(1)};
    const auto look = [&] { return client.ask(metadata("t"), 9); };
    cluster.hide_brokers();
    CHECK(look().brokers.empty());
    CHECK(look().brokers.size() == 2);
    cluster.hide_partitions("t");
    CHECK(only(look()).partitions.empty());
    CHECK(only(look()).partitions.size() == 2);
    cluster.hide_topic("t", 2);
    CHECK(only(look()).error_code == number(broker_errc::unknown_topic_or_partition));
    CHECK(only(look()).error_code == number(broker_errc::unknown_topic_or_partition));
    CHECK(only(look()).error_code == 0);
    cluster.show_leader("t", 0, 2, 7);
    const auto stale = look();
    CHECK(only(stale).partitions[0].leader_id == 2);
    CHECK(only(stale).partitions[0].leader_epoch == 7);
    CHECK(only(look()).partitions[0].leader_id == 1);
    cluster.show_partition_error("t", 1, broker_errc::leader_not_available);
    const auto leaderless = look();
    CHECK(only(leaderless).partitions[1].error_code == number(broker_errc::leader_not_available));
    CHECK(only(leaderless).partitions[1].leader_id == -1);
    CHECK(only(look()).partitions[1].error_code == 0);
    cluster.set_advertised_address(2, "192.0.2.1", 9);
    CHECK(look().brokers[1].host == "192.0.2.1");
    CHECK(look().brokers[1].port == 9);
}
