// SPDX-License-Identifier: BSL-1.0
// What answers that are stale, partial or odd do to what is known.
#include "cluster/metadata_cache.hpp"
#include "support/catch.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/messages/metadata.hpp>

using namespace kasio;

namespace {

using answer = protocol::metadata_response;
constexpr std::int16_t current = 12;

uuid id_of(std::uint8_t number) {
    uuid id;
    id.bytes[15] = number;
    return id;
}

struct partition {
    std::int32_t number;
    std::int32_t leader;
    std::int32_t epoch;
};

answer with_brokers(std::initializer_list<std::int32_t> ids) {
    answer all;
    for (const auto id : ids) {
        auto& broker = all.brokers.emplace_back();
        broker.node_id = id;
        broker.host = "host" + std::to_string(id);
        broker.port = 9092;
    }
    all.controller_id = 1;
    all.cluster_id = "cluster";
    return all;
}

answer& add_topic(answer& to, const char* name, std::initializer_list<partition> partitions, std::uint8_t id = 1,
                  broker_errc error = broker_errc::none) {
    auto& topic = to.topics.emplace_back();
    topic.name = name;
    topic.topic_id = id_of(id);
    topic.error_code = static_cast<std::int16_t>(error);
    for (const auto& each : partitions) {
        auto& entry = topic.partitions.emplace_back();
        entry.partition_index = each.number;
        entry.leader_id = each.leader;
        entry.leader_epoch = each.epoch;
    }
    return to;
}

answer about_t(std::initializer_list<partition> partitions, std::uint8_t id = 1,
               broker_errc error = broker_errc::none) {
    auto all = with_brokers({1, 2, 3});
    add_topic(all, "t", partitions, id, error);
    return all;
}

using partitions = std::vector<known_partition>;

partitions known(const metadata_cache& cache, const char* topic = "t") {
    const auto* found = cache.find(topic);
    REQUIRE(found != nullptr);
    return found->partitions;
}

/// A cache that knows partitions 0 (leader 1, epoch 5) and 1 (leader 2, epoch 7) of `t`.
metadata_cache settled() {
    metadata_cache cache;
    REQUIRE(cache.apply(about_t({{0, 1, 5}, {1, 2, 7}}), current));
    return cache;
}

const partitions settled_view{{1, 5}, {2, 7}};

} // namespace

TEST_CASE("an answer is taken over as a whole") {
    const auto cache = settled();
    CHECK(cache.nodes().size() == 3);
    REQUIRE(cache.node(2) != nullptr);
    CHECK(*cache.node(2) == known_node{"host2", 9092});
    CHECK(cache.node(4) == nullptr);
    CHECK(cache.controller() == 1);
    CHECK(cache.cluster_id() == "cluster");
    CHECK(known(cache) == settled_view);
    CHECK(cache.find("t")->name == "t");
    CHECK(cache.find("t")->id == id_of(1));
    CHECK_FALSE(cache.find("t")->error);
    CHECK(cache.find("other") == nullptr);
}

TEST_CASE("partitions are known by their number, however they are sorted") {
    metadata_cache cache;
    REQUIRE(cache.apply(about_t({{2, 3, 1}, {0, 1, 1}, {1, 2, 1}}), current));
    CHECK(known(cache) == partitions{{1, 1}, {2, 1}, {3, 1}});
}

TEST_CASE("an answer without a usable broker changes nothing", "[M1]") {
    struct odd_broker {
        std::int32_t id;
        const char* host;
        std::int32_t port;
    };
    const std::vector<std::vector<odd_broker>> cases{
        {},
        {{-1, "host", 9092}},
        {{-2147483648, "host", 9092}},
        {{1, "", 9092}},
        {{1, "host", 0}},
        {{1, "host", -1}},
        {{1, "host", 65536}},
        {{-1, "host", 9092}, {1, "", 9092}, {1, "host", 0}},
    };
    for (const auto& brokers : cases) {
        auto cache = settled();
        auto odd = about_t({{0, 3, 9}, {1, 3, 9}});
        odd.brokers.clear();
        odd.controller_id = 3;
        for (const auto& each : brokers) {
            CAPTURE(each.id, each.host, each.port);
            auto& broker = odd.brokers.emplace_back();
            broker.node_id = each.id;
            broker.host = each.host;
            broker.port = each.port;
        }
        CHECK_FALSE(cache.apply(odd, current));
        CHECK(cache.nodes().size() == 3);
        CHECK(cache.controller() == 1);
        CHECK(known(cache) == settled_view);
        metadata_cache empty;
        CHECK_FALSE(empty.apply(odd, current));
        CHECK(empty.find("t") == nullptr);
        // Beside a good one, those are passed over.
        auto& good = odd.brokers.emplace_back();
        good.node_id = 3;
        good.host = "good";
        good.port = 1;
        CHECK(cache.apply(odd, current));
        CHECK(cache.nodes().size() == 1);
        CHECK(known(cache) == partitions{{3, 9}, {3, 9}});
    }
}

TEST_CASE("a topic without error and without partitions keeps the ones it had", "[M1]") {
    auto cache = settled();
    REQUIRE(cache.apply(about_t({}), current));
    CHECK(known(cache) == settled_view);
    REQUIRE(cache.apply(about_t({}, 2), current)); // not even its id is believed
    CHECK(known(cache) == settled_view);
    CHECK(cache.find("t")->id == id_of(1));
    metadata_cache empty;
    REQUIRE(empty.apply(about_t({}), current));
    CHECK(known(empty).empty());
}

TEST_CASE("one answer without the topic, with its error, or without a partition makes nothing unknown", "[M2]") {
    auto cache = settled();
    REQUIRE(cache.apply(with_brokers({1, 2, 3}), current));
    CHECK(known(cache) == settled_view);
    CHECK_FALSE(cache.find("t")->error);
    REQUIRE(cache.apply(about_t({}, 0, broker_errc::unknown_topic_or_partition), current));
    CHECK(known(cache) == settled_view);
    CHECK(cache.find("t")->error == broker_errc::unknown_topic_or_partition);
    REQUIRE(cache.apply(about_t({{0, 3, 6}}), current));
    CHECK(known(cache) == partitions{{3, 6}, {2, 7}});
    CHECK_FALSE(cache.find("t")->error);
    REQUIRE(cache.apply(about_t({{1, 1, 8}}), current));
    CHECK(known(cache) == partitions{{3, 6}, {1, 8}});
}

TEST_CASE("partitions that were added are known from then on", "[M2]") {
    auto cache = settled();
    REQUIRE(cache.apply(about_t({{0, 1, 5}, {1, 2, 7}, {2, 3, 0}}), current));
    CHECK(known(cache) == partitions{{1, 5}, {2, 7}, {3, 0}});
    // A broker that has not heard of it yet.
    REQUIRE(cache.apply(about_t({{0, 1, 5}, {1, 2, 7}}), current));
    CHECK(known(cache) == partitions{{1, 5}, {2, 7}, {3, 0}});
}

TEST_CASE("numbers that cannot be are passed over", "[M2]") {
    auto cache = settled();
    REQUIRE(cache.apply(about_t({{-1, 3, 9}, {2147483647, 3, 9}, {-2147483648, 3, 9}}), current));
    const auto now = known(cache);
    REQUIRE(now.size() == 3); // as many as the answer names
    CHECK(now[0] == known_partition{1, 5});
    CHECK(now[1] == known_partition{2, 7});
    CHECK(now[2] == known_partition{-1, -1});
    REQUIRE(cache.apply(about_t({{0, -5, 6}}), current));
    CHECK(known(cache)[0] == known_partition{-1, 6});
    auto nameless = with_brokers({1});
    nameless.topics.emplace_back().name.reset();
    add_topic(nameless, "", {{0, 1, 1}});
    REQUIRE(cache.apply(nameless, current));
    CHECK(cache.find("") == nullptr);
}

TEST_CASE("a leader counts by its epoch", "[M3]") {
    struct step {
        const char* name;
        partition said;
        known_partition then;
    };
    const step steps[] = {
        {"newer", {0, 3, 6}, {3, 6}},
        {"much newer", {0, 3, 600}, {3, 600}},
        {"older is from before", {0, 3, 4}, {1, 5}},
        {"older without a leader too", {0, -1, 4}, {1, 5}},
        {"equal with the same leader", {0, 1, 5}, {1, 5}},
        {"equal with another leader", {0, 3, 5}, {3, 5}},
        {"equal without a leader", {0, -1, 5}, {-1, 5}},
        {"newer without a leader", {0, -1, 6}, {-1, 6}},
        {"none given: the leader counts, the epoch stays", {0, 3, -1}, {3, 5}},
        {"a number that cannot be is none", {0, 3, -7}, {3, 5}},
        {"zero is an epoch", {0, 3, 0}, {1, 5}},
    };
    for (const auto& each : steps) {
        INFO(each.name);
        auto cache = settled();
        REQUIRE(cache.apply(about_t({each.said}), current));
        CHECK(known(cache)[0] == each.then);
        CHECK(known(cache)[1] == known_partition{2, 7});
    }
    metadata_cache fresh;
    REQUIRE(fresh.apply(about_t({{0, 1, -1}}), current));
    CHECK(known(fresh) == partitions{{1, -1}});
    REQUIRE(fresh.apply(about_t({{0, 2, 0}}), current));
    CHECK(known(fresh) == partitions{{2, 0}});
}

TEST_CASE("epochs of answers below version 9 are not trusted", "[M3]") {
    for (const std::int16_t version : {std::int16_t{7}, std::int16_t{8}}) {
        metadata_cache cache;
        REQUIRE(cache.apply(about_t({{0, 1, 5}}), version));
        CHECK(known(cache) == partitions{{1, -1}});
        REQUIRE(cache.apply(about_t({{0, 2, 3}}), version));
        CHECK(known(cache) == partitions{{2, -1}});
    }
    auto cache = settled();
    REQUIRE(cache.apply(about_t({{0, 3, 90}}), 8));
    // Nor is the one known before: brokers that went back to an older release would fence who names it.
    CHECK(known(cache)[0] == known_partition{3, -1});
    REQUIRE(cache.apply(about_t({{0, 2, 6}}), 9));
    CHECK(known(cache)[0] == known_partition{2, 6});
}

TEST_CASE("a topic that came back with another id starts anew", "[M4]") {
    auto cache = settled();
    REQUIRE(cache.apply(about_t({{0, 3, 0}}, 2), current));
    CHECK(cache.find("t")->id == id_of(2));
    CHECK(known(cache) == partitions{{3, 0}});
}

TEST_CASE("the first id that is heard of, and none at all, change nothing", "[M4]") {
    metadata_cache cache;
    REQUIRE(cache.apply(about_t({{0, 1, 5}}, 0), current));
    REQUIRE(cache.apply(about_t({{0, 2, 4}}, 1), current));
    CHECK(known(cache) == partitions{{1, 5}});
    CHECK(cache.find("t")->id == id_of(1));
    REQUIRE(cache.apply(about_t({{0, 2, 4}}, 0), current));
    CHECK(known(cache) == partitions{{1, 5}});
    CHECK(cache.find("t")->id == id_of(1));
}

TEST_CASE("a hint is taken when it is newer and its node known") {
    struct given {
        const char* name;
        std::int32_t partition, leader, epoch;
        bool taken;
    };
    const given hints[] = {
        {"newer", 0, 2, 6, true},         {"as old", 0, 2, 5, false},
        {"older", 0, 2, 4, false},        {"without epoch", 0, 2, -1, false},
        {"without leader", 0, -1, 6, false}, {"an unknown node", 0, 9, 6, false},
        {"no such partition", 2, 2, 6, false}, {"no partition at all", -1, 2, 6, false},
    };
    for (const auto& each : hints) {
        INFO(each.name);
        auto cache = settled();
        CHECK(cache.hint("t", each.partition, each.leader, each.epoch) == each.taken);
        CHECK(known(cache)[0] == (each.taken ? known_partition{each.leader, each.epoch} : settled_view[0]));
        CHECK(known(cache)[1] == settled_view[1]);
    }
    auto cache = settled();
    CHECK_FALSE(cache.hint("other", 0, 2, 6));
    CHECK(cache.find("other") == nullptr);
    // Metadata from before the hint does not undo it.
    REQUIRE(cache.hint("t", 0, 2, 6));
    REQUIRE(cache.apply(about_t({{0, 1, 5}}), current));
    CHECK(known(cache)[0] == known_partition{2, 6});
}

TEST_CASE("a node that an answer names beside its hint is known, when it can be") {
    auto cache = settled();
    cache.add_node(9, "host9", 9099);
    REQUIRE(cache.node(9) != nullptr);
    CHECK(*cache.node(9) == known_node{"host9", 9099});
    CHECK(cache.hint("t", 0, 9, 6));
    cache.add_node(1, "moved", 1);
    CHECK(*cache.node(1) == known_node{"moved", 1});
    cache.add_node(-1, "host", 1);
    cache.add_node(2, "", 1);
    cache.add_node(3, "host", 65536);
    CHECK(cache.nodes().size() == 4);
    CHECK(cache.node(2)->host == "host2");
    CHECK(cache.node(3)->host == "host3");
}

TEST_CASE("a topic can be forgotten, the cluster's name is kept when an answer lacks it") {
    auto cache = settled();
    auto without = with_brokers({5});
    without.cluster_id.reset();
    without.controller_id = -1;
    REQUIRE(cache.apply(without, current));
    CHECK(cache.cluster_id() == "cluster");
    CHECK(cache.controller() == -1);
    CHECK(cache.nodes().size() == 1);
    cache.forget("t");
    CHECK(cache.find("t") == nullptr);
    cache.forget("t");
}
