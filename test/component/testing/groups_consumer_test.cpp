// SPDX-License-Identifier: BSL-1.0
// Groups in which the coordinator assigns (KIP-848), over the wire.
#include "component/testing/raw_client.hpp"
#include "component/testing/requests.hpp"
#include "support/catch.hpp"

#include <kasio/messages/consumer_group.hpp>
#include <kasio/messages/group.hpp>
#include <kasio/messages/group_admin.hpp>
#include <kasio/messages/offset.hpp>
#include <kasio/testing/groups.hpp>

using namespace kasio;
using namespace kasio::testing;
using namespace std::chrono_literals;

namespace {

protocol::consumer_group_heartbeat_request joining(const std::string& id, const std::string& group = "g") {
    protocol::consumer_group_heartbeat_request request;
    request.group_id = group;
    request.member_id = id;
    request.rebalance_timeout_ms = 60'000;
    request.subscribed_topic_names = std::vector<std::string>{"t"};
    request.topic_partitions.emplace();
    return request;
}

protocol::consumer_group_heartbeat_request beating(const std::string& id, std::int32_t epoch) {
    protocol::consumer_group_heartbeat_request request;
    request.group_id = "g";
    request.member_id = id;
    request.member_epoch = epoch;
    return request;
}

std::int16_t commit(raw_client& client, const std::string& id, std::int32_t epoch, const uuid& topic,
                    std::int16_t version = 10) {
    protocol::offset_commit_request request;
    request.group_id = "g";
    request.member_id = id;
    request.generation_id_or_member_epoch = epoch;
    auto& sent = request.topics.emplace_back();
    sent.name = "t";
    sent.topic_id = topic;
    sent.partitions.emplace_back().committed_offset = 7;
    return client.ask(request, version).topics.at(0).partitions.at(0).error_code;
}

} // namespace

TEST_CASE("members of the new protocol join, are assigned, commit and leave, in every version") {
    broker cluster;
    groups groups{cluster};
    cluster.create_topic("t", 3);
    const uuid topic = cluster.topic_id("t");
    raw_client client{cluster.port(1)};
    for (std::int16_t version = 0; version <= 1; ++version) {
        INFO("ConsumerGroupHeartbeat " << version);
        const auto joined = client.ask(joining(version == 0 ? "" : "me"), version);
        REQUIRE(joined.error_code == 0);
        const std::string id = joined.member_id.value_or("");
        CHECK_FALSE(id.empty());
        CHECK(joined.heartbeat_interval_ms == 5000);
        REQUIRE(joined.assignment);
        CHECK(joined.assignment->topic_partitions.at(0).topic_id == topic);
        CHECK(joined.assignment->topic_partitions[0].partitions == std::vector<std::int32_t>{0, 1, 2});
        const auto view = groups.find("g");
        CHECK(view->type == "consumer");
        CHECK(view->state == "Stable");
        CHECK(view->protocol == "uniform");
        CHECK(view->members.at(0).epoch == joined.member_epoch);
        CHECK(view->members[0].partitions.size() == 3);
        CHECK(commit(client, id, joined.member_epoch, topic) == 0);
        CHECK(commit(client, id, joined.member_epoch, topic, 9) == 0);
        CHECK(commit(client, id, joined.member_epoch, topic, 8) == number(broker_errc::unsupported_version));
        CHECK(commit(client, id, joined.member_epoch + 1, topic) == number(broker_errc::stale_member_epoch));
        CHECK(commit(client, "other", 1, topic) == number(broker_errc::unknown_member_id));
        protocol::offset_fetch_request fetch;
        auto& asked = fetch.groups.emplace_back();
        asked.group_id = "g";
        asked.member_id = id;
        asked.member_epoch = joined.member_epoch;
        asked.topics.reset();
        CHECK(client.ask(fetch, 9).groups.at(0).topics.at(0).partitions.at(0).committed_offset == 7);
        fetch.groups[0].member_epoch += 1;
        CHECK(client.ask(fetch, 9).groups.at(0).error_code == number(broker_errc::stale_member_epoch));
        protocol::consumer_group_describe_request describe;
        describe.group_ids = {"g", "none"};
        const auto described = client.ask(describe, version);
        CHECK(described.groups.at(1).error_code == number(broker_errc::group_id_not_found));
        CHECK(described.groups.at(0).assignor_name == "uniform");
        const auto& member = described.groups[0].members.at(0);
        CHECK(member.assignment.topic_partitions.at(0).topic_name == "t");
        CHECK(member.target_assignment == member.assignment);
        CHECK(member.subscribed_topic_names == std::vector<std::string>{"t"});
        CHECK(client.ask(beating(id, -1), version).member_epoch == -1);
        CHECK(groups.find("g")->state == "Empty");
    }
}

TEST_CASE("a heartbeat that makes no sense is refused") {
    broker cluster;
    cluster.create_topic("t");
    raw_client client{cluster.port(1)};
    const auto ask = [&](const auto& request) { return client.ask(request, 1).error_code; };
    const auto invalid = number(broker_errc::invalid_request);
    CHECK(ask(joining("")) == invalid);
    CHECK(ask(joining("me", "")) == invalid);
    auto request = joining("me");
    request.topic_partitions.reset();
    CHECK(ask(request) == invalid);
    request.topic_partitions.emplace().emplace_back().partitions = {0};
    CHECK(ask(request) == invalid);
    request = joining("me");
    request.rebalance_timeout_ms = -1;
    CHECK(ask(request) == invalid);
    request = joining("me");
    request.subscribed_topic_names.reset();
    CHECK(ask(request) == invalid);
    request.subscribed_topic_regex = "(";
    CHECK(ask(request) == number(broker_errc::invalid_regular_expression));
    request.subscribed_topic_regex = "t.*";
    request.server_assignor = "best";
    CHECK(ask(request) == number(broker_errc::unsupported_assignor));
    CHECK(ask(beating("me", -2)) == invalid);
    CHECK(ask(beating("me", 3)) == number(broker_errc::group_id_not_found));
    CHECK_FALSE(groups{cluster}.find("g"));
    request.server_assignor = "range";
    CHECK(ask(request) == 0);
    CHECK(groups{cluster}.find("g")->members.at(0).partitions.size() == 1);
    CHECK(groups{cluster}.find("g")->protocol == "range");
    groups{cluster}.expire_session("g", "me");
    CHECK(ask(beating("me", 1)) == number(broker_errc::unknown_member_id));
}

TEST_CASE(
    "a member whose subscription cannot be read shares no group with the new protocol; an empty one is "
    "turned") {
    broker cluster;
    groups groups{cluster};
    cluster.create_topic("t");
    groups.commit("g", "t", 0, {5, -1, ""});
    raw_client client{cluster.port(1)};
    REQUIRE(client.ask(joining("new"), 1).error_code == 0);
    protocol::join_group_request old;
    old.group_id = "g";
    old.session_timeout_ms = old.rebalance_timeout_ms = 10'000;
    old.protocol_type = "consumer";
    old.protocols.emplace_back().name = "range";
    CHECK(client.ask(old, 3).error_code == number(broker_errc::inconsistent_group_protocol));
    protocol::describe_groups_request describe;
    describe.groups = {"g"};
    CHECK(client.ask(describe, 6).groups.at(0).error_code == number(broker_errc::group_id_not_found));
    CHECK(client.ask(describe, 5).groups.at(0).group_state == "Dead");
    CHECK(client.ask(protocol::list_groups_request{}, 5).groups.at(0).group_type == "consumer");
    CHECK(client.ask(beating("new", -1), 1).error_code == 0);
    CHECK(client.ask(old, 3).error_code == 0);
    CHECK(groups.find("g")->type == "classic");
    CHECK(groups.committed("g", "t", 0)->offset == 5);
    CHECK(client.ask(joining("new"), 1).error_code == number(broker_errc::group_id_not_found));
}

TEST_CASE("releases offer the new protocol as they did: not at all, switched off, or as it is") {
    broker cluster;
    groups groups{cluster};
    cluster.create_topic("t");
    const auto offered = [&](version_profile profile) {
        cluster.set_profile(profile);
        raw_client client{cluster.port(1)};
        const auto response = client.ask(protocol::api_versions_request{}, 0);
        const auto key = static_cast<std::int16_t>(api::consumer_group_heartbeat);
        for (const auto& each : response.api_keys)
            if (each.api_key == key) return static_cast<int>(each.max_version);
        return -1;
    };
    CHECK(offered(version_profile::kafka_0_11) == -1);
    CHECK(offered(version_profile::kafka_2_8) == -1);
    CHECK(offered(version_profile::redpanda) == -1);
    CHECK(offered(version_profile::kafka_4_4) == 1);
    CHECK(offered(version_profile::kafka_3_9) == 0);
    raw_client client{cluster.port(1)};
    CHECK(client.ask(joining(""), 0).error_code == number(broker_errc::unsupported_version));
    broker_options options;
    options.groups.consumer_protocol = false;
    broker without{options};
    raw_client other{without.port(1)};
    CHECK(other.ask(joining("me"), 1).error_code == number(broker_errc::unsupported_version));
}
