// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include "testing/cluster_state.hpp"

using namespace kasio::testing;
using kasio::broker_errc;

namespace {

cluster_state cluster_of(int nodes, int replicas = 3) {
    broker_options options;
    options.nodes = nodes;
    options.replication_factor = replicas;
    return cluster_state{options};
}

void add_nodes(cluster_state& state) {
    for (int id = 1; id <= state.options.nodes; ++id) {
        node_state node;
        node.id = id;
        state.nodes.push_back(node);
    }
}

} // namespace

TEST_CASE("leaders of a new topic are dealt out in turn") {
    cluster_state state = cluster_of(3);
    add_nodes(state);
    REQUIRE(state.create_topic("t", 4, -1) == broker_errc::none);
    const topic_state& topic = *state.topic("t");
    CHECK(topic.partition(0)->leader == 1);
    CHECK(topic.partition(1)->leader == 2);
    CHECK(topic.partition(3)->leader == 1);
    CHECK(topic.partition(1)->replicas == std::vector<int>{2, 3, 1});
    CHECK(topic.partition(4) == nullptr);
    CHECK(topic.partition(-1) == nullptr);
    CHECK(state.topic(topic.id) == &topic);
}

TEST_CASE("a topic that cannot be is refused with Kafka's code") {
    cluster_state state = cluster_of(1);
    add_nodes(state);
    CHECK(state.create_topic("", 1, 1) == broker_errc::invalid_topic_exception);
    CHECK(state.create_topic("a b", 1, 1) == broker_errc::invalid_topic_exception);
    CHECK(state.create_topic(std::string(250, 'a'), 1, 1) == broker_errc::invalid_topic_exception);
    CHECK(state.create_topic("t", 0, 1) == broker_errc::invalid_partitions);
    CHECK(state.create_topic("t", 1, 2) == broker_errc::invalid_replication_factor);
    CHECK(state.create_topic("t", 1, 1) == broker_errc::none);
    CHECK(state.create_topic("t", 1, 1) == broker_errc::topic_already_exists);
}

TEST_CASE("an election moves leadership from dead nodes to live replicas, with a new epoch") {
    cluster_state state = cluster_of(3, 2);
    add_nodes(state);
    REQUIRE(state.create_topic("t", 3, -1) == broker_errc::none);
    const topic_state& topic = *state.topic("t");
    state.node(1)->alive = false;
    state.elect();
    CHECK(state.controller() == 2);
    CHECK(topic.partition(0)->leader == 2);
    CHECK(topic.partition(0)->leader_epoch == 1);
    CHECK(topic.partition(1)->leader == 2);
    CHECK(topic.partition(1)->leader_epoch == 0);
    state.node(2)->alive = false;
    state.elect();
    CHECK(topic.partition(0)->leader == -1);
    state.node(1)->alive = true;
    state.elect();
    CHECK(topic.partition(0)->leader == 1);
    CHECK(topic.partition(0)->leader_epoch == 3);
    CHECK(topic.partition(2)->leader == 3);
}

TEST_CASE("a topic that is deleted and created again has another id") {
    cluster_state state = cluster_of(1);
    add_nodes(state);
    REQUIRE(state.create_topic("t", 1, 1) == broker_errc::none);
    const auto id = state.topic("t")->id;
    CHECK(state.delete_topic("t"));
    CHECK_FALSE(state.delete_topic("t"));
    REQUIRE(state.create_topic("t", 1, 1) == broker_errc::none);
    CHECK_FALSE(state.topic("t")->id == id);
    CHECK(state.topic(id) == nullptr);
}

TEST_CASE("changes are seen once") {
    cluster_state state = cluster_of(1);
    add_nodes(state);
    CHECK_FALSE(state.take_changed());
    REQUIRE(state.create_topic("t", 1, 1) == broker_errc::none);
    CHECK(state.take_changed());
    CHECK_FALSE(state.take_changed());
}
