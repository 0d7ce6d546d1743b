// SPDX-License-Identifier: BSL-1.0
#include "component/testing/raw_client.hpp"
#include "component/testing/requests.hpp"
#include "support/catch.hpp"

#include <kasio/messages/coordinator.hpp>
#include <kasio/messages/group.hpp>
#include <kasio/messages/group_admin.hpp>
#include <kasio/messages/offset.hpp>
#include <kasio/messages/offset_delete.hpp>
#include <kasio/messages/transaction.hpp>
#include <kasio/testing/groups.hpp>

using namespace kasio;
using namespace kasio::testing;
using namespace std::chrono_literals;

namespace {

/// A member that does what it is told: joins with one protocol, and assigns nothing but what it is given.
struct member {
    raw_client client;
    std::string group = "g";
    std::string id = {};
    std::int32_t generation = -1;
    std::string leader = {};

    explicit member(const broker& cluster, int node = 1) : client{cluster.port(node)} {}

    protocol::join_group_request join_request(std::string_view metadata = "m") const {
        protocol::join_group_request request;
        request.group_id = group;
        request.session_timeout_ms = 10'000;
        request.rebalance_timeout_ms = 10'000;
        request.member_id = id;
        request.protocol_type = "consumer";
        auto& sent = request.protocols.emplace_back();
        sent.name = "range";
        sent.metadata = bytes_view{metadata};
        return request;
    }
    std::int16_t learn(const protocol::join_group_response& response) {
        id = response.member_id;
        generation = response.generation_id;
        leader = response.leader;
        return response.error_code;
    }
    void join(std::int16_t version = 9) {
        if (version >= 4 && id.empty()) {
            REQUIRE(learn(client.ask(join_request(), version)) == number(broker_errc::member_id_required));
            REQUIRE_FALSE(id.empty());
        }
        REQUIRE(learn(client.ask(join_request(), version)) == 0);
    }
    protocol::sync_group_request sync_request(std::int16_t version = 5) const {
        protocol::sync_group_request request;
        request.group_id = group;
        request.generation_id = generation;
        request.member_id = id;
        if (version < 5) return request;
        request.protocol_type = "consumer";
        request.protocol_name = "range";
        return request;
    }
    std::string sync(const std::string& bytes, std::int16_t version = 5) {
        auto request = sync_request(version);
        auto& given = request.assignments.emplace_back();
        given.member_id = id;
        given.assignment = bytes_view{bytes};
        const auto response = client.ask(request, version);
        REQUIRE(response.error_code == 0);
        return response.assignment.to_string();
    }
    std::int16_t heartbeat(std::int16_t version = 4) {
        protocol::heartbeat_request request;
        request.group_id = group;
        request.generation_id = generation;
        request.member_id = id;
        return client.ask(request, version).error_code;
    }
    protocol::offset_commit_request commit_request(std::int64_t offset, const uuid& topic_id = {}) const {
        protocol::offset_commit_request request;
        request.group_id = group;
        request.generation_id_or_member_epoch = generation;
        request.member_id = id;
        auto& topic = request.topics.emplace_back();
        topic.name = "t";
        topic.topic_id = topic_id;
        auto& partition = topic.partitions.emplace_back();
        partition.committed_offset = offset;
        partition.committed_leader_epoch = 3;
        partition.committed_metadata = "note";
        return request;
    }
    std::int16_t commit(std::int64_t offset, std::int16_t version = 9, const uuid& topic_id = {}) {
        return client.ask(commit_request(offset, topic_id), version).topics.at(0).partitions.at(0).error_code;
    }
};

struct fetched {
    std::int64_t offset;
    std::int16_t error;
    friend bool operator==(const fetched&, const fetched&) = default;
};

fetched fetch_offset(raw_client& client, std::int16_t version, const uuid& id, bool require_stable = false) {
    protocol::offset_fetch_request request;
    if (version >= 7) request.require_stable = require_stable;
    if (version < 8) {
        request.group_id = "g";
        auto& topic = request.topics->emplace_back();
        topic.name = "t";
        topic.partition_indexes = {0};
        const auto response = client.ask(request, version);
        if (response.error_code != 0) return {-1, response.error_code};
        const auto& shown = response.topics.at(0).partitions.at(0);
        return {shown.committed_offset, shown.error_code};
    }
    auto& group = request.groups.emplace_back();
    group.group_id = "g";
    auto& topic = group.topics->emplace_back();
    topic.name = "t";
    topic.topic_id = id;
    topic.partition_indexes = {0};
    const auto response = client.ask(request, version);
    if (response.groups.at(0).error_code != 0) return {-1, response.groups[0].error_code};
    const auto& shown = response.groups[0].topics.at(0).partitions.at(0);
    return {shown.committed_offset, shown.error_code};
}

} // namespace

TEST_CASE("a member joins, syncs, stays and leaves, in every version") {
    broker cluster;
    groups groups{cluster};
    for (std::int16_t version = 0; version <= 9; ++version) {
        INFO("JoinGroup " << version);
        member one{cluster};
        one.join(version);
        CHECK(one.leader == one.id);
        const auto sync_version = static_cast<std::int16_t>(std::min<int>(version, 5));
        CHECK(one.sync("mine", sync_version) == "mine");
        CHECK(one.heartbeat(static_cast<std::int16_t>(std::min<int>(version, 4))) == 0);
        CHECK(groups.find("g")->state == "Stable");
        CHECK(groups.find("g")->leader == one.id);
        protocol::leave_group_request leave;
        leave.group_id = "g";
        if (version < 3) leave.member_id = one.id;
        else leave.members.emplace_back().member_id = one.id;
        const auto left = one.client.ask(leave, sync_version);
        CHECK(left.error_code == 0);
        if (version >= 3) CHECK(left.members.at(0).error_code == 0);
        CHECK(groups.find("g")->state == "Empty");
        CHECK(one.heartbeat() == number(broker_errc::unknown_member_id));
    }
}

TEST_CASE("answers to members are held back until the others are there") {
    broker cluster;
    member one{cluster};
    member two{cluster};
    one.join();
    one.sync("all");
    two.learn(two.client.ask(two.join_request(), 9));
    two.client.send(two.join_request(), 9);
    REQUIRE(groups{cluster}.wait_for(
        "g", [](const group_view& group) { return group.state == "PreparingRebalance"; }, 10s));
    CHECK(one.heartbeat() == number(broker_errc::rebalance_in_progress));
    one.join();
    CHECK(two.learn(two.client.receive<protocol::join_group_response>(9)) == 0);
    CHECK(two.generation == one.generation);
    CHECK(two.leader == one.id);
    two.client.send(two.sync_request(), 5);
    one.sync("half");
    CHECK(two.client.receive<protocol::sync_group_response>(5).error_code == 0);
}

TEST_CASE("a session ends by time and by command, and the rest of the group is told") {
    broker_options options;
    options.groups.time_scale = 0.02;
    broker cluster{options};
    groups groups{cluster};
    member one{cluster};
    one.join();
    one.sync("");
    CHECK(groups.wait_for(
        "g", [](const group_view& group) { return group.state == "Empty"; }, 10s));
    CHECK(one.heartbeat() == number(broker_errc::unknown_member_id));
    one.id.clear();
    one.join();
    groups.expire_session("g", one.id);
    CHECK(groups.find("g")->members.empty());
    CHECK_THROWS_AS(groups.expire_session("g", one.id), std::invalid_argument);
}

TEST_CASE("a coordinator that moved, loads or is not to be found says so") {
    broker cluster{{.nodes = 2}};
    groups groups{cluster};
    const int home = groups.coordinator("g");
    const int other = 3 - home;
    member one{cluster, home};
    one.join();
    one.sync("");
    groups.set_loading("g", true);
    CHECK(one.heartbeat() == number(broker_errc::coordinator_load_in_progress));
    groups.set_loading("g", false);
    CHECK(one.heartbeat() == 0);
    one.client.send(one.join_request(), 9);
    member two{cluster, home};
    two.learn(two.client.ask(two.join_request(), 9));
    one.learn(one.client.receive<protocol::join_group_response>(9));
    one.client.send(one.join_request(), 9);
    groups.move_coordinator("g", other);
    CHECK(groups.coordinator("g") == other);
    CHECK(two.heartbeat() == number(broker_errc::not_coordinator));
    raw_client client{cluster.port(1)};
    protocol::find_coordinator_request find;
    find.coordinator_keys = {"g"};
    CHECK(client.ask(find, 4).coordinators.at(0).node_id == other);
    groups.set_coordinator_available("g", false);
    CHECK(client.ask(find, 4).coordinators.at(0).error_code ==
          number(broker_errc::coordinator_not_available));
    groups.set_coordinator_available("g", true);
    cluster.kill_node(other);
    REQUIRE(groups.wait_for(
        "g", [&](const group_view&) { return groups.coordinator("g") == home; }, 10s));
}

TEST_CASE("offsets are committed and fetched in every version, and the cluster tells the truth of them") {
    broker cluster;
    groups groups{cluster};
    cluster.create_topic("t");
    const uuid id = cluster.topic_id("t");
    member one{cluster};
    CHECK(fetch_offset(one.client, 8, id) == fetched{-1, 0});
    one.join();
    one.sync("");
    for (std::int16_t version = 2; version <= 10; ++version) {
        INFO("OffsetCommit " << version);
        CHECK(one.commit(version * 10, version, id) == 0);
        CHECK(groups.committed("g", "t", 0)->offset == version * 10);
        CHECK(groups.committed("g", "t", 0)->leader_epoch == (version >= 6 ? 3 : -1));
        CHECK(groups.committed("g", "t", 0)->metadata == "note");
    }
    for (std::int16_t version = 1; version <= 10; ++version) {
        INFO("OffsetFetch " << version);
        CHECK(fetch_offset(one.client, version, id) == fetched{100, 0});
    }
    CHECK(groups.commits("g").size() == 9);
    CHECK(groups.commits("g").front() == accepted_commit{"t", 0, 20, one.id, one.generation});
    CHECK_FALSE(groups.committed("g", "t", 1));
    CHECK(one.commit(1, 10, uuid{}) == number(broker_errc::unknown_topic_id));
    one.generation += 1;
    CHECK(one.commit(1) == number(broker_errc::illegal_generation));
    one.id = "stranger";
    CHECK(one.commit(1) == number(broker_errc::unknown_member_id));
    CHECK(groups.committed("g", "t", 0)->offset == 100);
    cluster.delete_topic("t");
    CHECK_FALSE(groups.committed("g", "t", 0));
}

TEST_CASE("all offsets of a group are fetched, some deleted, and the group too once it is empty") {
    broker cluster;
    groups groups{cluster};
    cluster.create_topic("t", 2);
    groups.commit("g", "t", 0, {5, -1, ""});
    groups.commit("g", "t", 1, {6, -1, ""});
    raw_client client{cluster.port(1)};
    for (const std::int16_t version : {2, 7, 8, 10}) {
        INFO("OffsetFetch " << version);
        protocol::offset_fetch_request all;
        if (version < 8) {
            all.group_id = "g";
            all.topics.reset();
            CHECK(client.ask(all, version).topics.at(0).partitions.size() == 2);
        } else {
            auto& group = all.groups.emplace_back();
            group.group_id = "g";
            group.topics.reset();
            const auto response = client.ask(all, version);
            CHECK(response.groups.at(0).topics.at(0).partitions.size() == 2);
            if (version >= 10) CHECK(response.groups[0].topics[0].topic_id == cluster.topic_id("t"));
        }
    }
    protocol::offset_delete_request request;
    request.group_id = "g";
    auto& topic = request.topics.emplace_back();
    topic.name = "t";
    topic.partitions.emplace_back().partition_index = 1;
    topic.partitions.emplace_back().partition_index = 2;
    const auto deleted = client.ask(request, 0);
    CHECK(deleted.topics.at(0).partitions.at(0).error_code == 0);
    CHECK(deleted.topics.at(0).partitions.at(1).error_code ==
          number(broker_errc::unknown_topic_or_partition));
    CHECK_FALSE(groups.committed("g", "t", 1));
    member one{cluster};
    one.join();
    protocol::delete_groups_request erase;
    erase.groups_names = {"g", "none"};
    const auto refused = one.client.ask(erase, 2);
    CHECK(refused.results.at(0).error_code == number(broker_errc::non_empty_group));
    CHECK(refused.results.at(1).error_code == number(broker_errc::group_id_not_found));
    groups.expire_session("g", one.id);
    CHECK(one.client.ask(erase, 0).results.at(0).error_code == 0);
    CHECK_FALSE(groups.find("g"));
    request.group_id = "none";
    CHECK(client.ask(request, 0).error_code == number(broker_errc::group_id_not_found));
}

TEST_CASE("offsets of an open transaction are told to be unstable to those who ask") {
    broker cluster;
    cluster.create_topic("t");
    const uuid id = cluster.topic_id("t");
    groups groups{cluster};
    groups.commit("g", "t", 0, {5, -1, ""});
    raw_client client{cluster.port(1)};
    for (std::int16_t version = 0; version <= 6; ++version) {
        INFO("TxnOffsetCommit " << version);
        protocol::txn_offset_commit_request request;
        request.transactional_id = "tx";
        request.group_id = "g";
        request.producer_id = 7;
        auto& topic = request.topics.emplace_back();
        topic.name = "t";
        topic.topic_id = id;
        topic.partitions.emplace_back().committed_offset = 10 + version;
        CHECK(client.ask(request, version).topics.at(0).partitions.at(0).error_code == 0);
        CHECK(fetch_offset(client, 7, id, true) == fetched{-1, number(broker_errc::unstable_offset_commit)});
        CHECK(fetch_offset(client, 9, id, true) == fetched{-1, number(broker_errc::unstable_offset_commit)});
        CHECK(fetch_offset(client, 9, id, false).error == 0);
        groups.end_transaction(7, transaction_outcome::committed);
        CHECK(fetch_offset(client, 9, id, true) == fetched{10 + version, 0});
    }
}

TEST_CASE("groups are described and listed in every version") {
    broker cluster{{.nodes = 2}};
    groups groups{cluster};
    const int home = groups.coordinator("g");
    member one{cluster, home};
    one.join();
    one.sync("mine");
    for (std::int16_t version = 0; version <= 6; ++version) {
        INFO("DescribeGroups " << version);
        protocol::describe_groups_request request;
        request.groups = {"g", "none"};
        const auto response = one.client.ask(request, version);
        const auto& group = response.groups.at(0);
        CHECK(group.group_state == "Stable");
        CHECK(group.protocol_data == "range");
        REQUIRE(group.members.size() == 1);
        CHECK(group.members[0].member_metadata == bytes_view{"m"});
        CHECK(group.members[0].member_assignment == bytes_view{"mine"});
        CHECK(group.members[0].client_id == "raw");
        CHECK(group.members[0].client_host == "/127.0.0.1");
    }
    for (std::int16_t version = 0; version <= 5; ++version) {
        INFO("ListGroups " << version);
        protocol::list_groups_request request;
        const auto response = one.client.ask(request, version);
        REQUIRE(response.groups.size() == 1);
        CHECK(response.groups[0].group_id == "g");
        CHECK(response.groups[0].protocol_type == "consumer");
        if (version >= 4) CHECK(response.groups[0].group_state == "Stable");
        if (version >= 5) CHECK(response.groups[0].group_type == "classic");
        if (version < 4) continue;
        request.states_filter = {"empty"};
        CHECK(one.client.ask(request, version).groups.empty());
    }
    raw_client other{cluster.port(3 - home)};
    CHECK(other.ask(protocol::list_groups_request{}, 4).groups.empty());
}

TEST_CASE("every request about groups can be answered with a code") {
    broker cluster;
    cluster.create_topic("t");
    member one{cluster};
    one.join();
    one.sync("");
    const auto code = broker_errc::group_authorization_failed;
    const auto fail = [&](api which) { cluster.fail_next(which, code); };
    fail(api::heartbeat);
    CHECK(one.heartbeat() == number(code));
    fail(api::offset_commit);
    CHECK(one.commit(1) == number(code));
    fail(api::offset_fetch);
    CHECK(fetch_offset(one.client, 8, {}) == fetched{-1, number(code)});
    fail(api::offset_fetch);
    CHECK(fetch_offset(one.client, 5, {}) == fetched{-1, number(code)});
    fail(api::offset_fetch);
    CHECK(fetch_offset(one.client, 1, {}) == fetched{-1, number(code)});
    cluster.fail_next(api::offset_fetch, broker_errc::unstable_offset_commit);
    CHECK(fetch_offset(one.client, 9, {}) == fetched{-1, number(broker_errc::unstable_offset_commit)});
    fail(api::sync_group);
    CHECK(one.client.ask(one.sync_request(), 5).error_code == number(code));
    fail(api::join_group);
    CHECK(one.client.ask(one.join_request(), 9).error_code == number(code));
    fail(api::leave_group);
    protocol::leave_group_request leave;
    leave.group_id = "g";
    leave.members.emplace_back().member_id = one.id;
    CHECK(one.client.ask(leave, 5).error_code == number(code));
    cluster.fail_next(api::leave_group, broker_errc::unknown_member_id);
    CHECK(one.client.ask(leave, 5).members.at(0).error_code == number(broker_errc::unknown_member_id));
    CHECK(one.heartbeat() == 0);
}
