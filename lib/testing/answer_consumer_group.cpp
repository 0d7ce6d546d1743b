// SPDX-License-Identifier: BSL-1.0
// ConsumerGroupHeartbeat and ConsumerGroupDescribe (KIP-848).
#include "testing/group_answers.hpp"
#include "testing/group_bytes.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

using heartbeat = protocol::consumer_group_heartbeat_request;

/// The first whose member makes its own id (KIP-1082).
constexpr std::int16_t first_with_own_id = 1;
constexpr std::int16_t first_with_member_type = 1;
constexpr std::int8_t classic_member_type = 0;
constexpr std::int8_t consumer_member_type = 1;

struct verdict {
    broker_errc error = broker_errc::none;
    std::string message = {};
};

verdict invalid(std::string why) { return {broker_errc::invalid_request, std::move(why)}; }

verdict check_ids(const call& call, const heartbeat& request) {
    const bool needs_id = call.version >= first_with_own_id || request.member_epoch != 0;
    if (needs_id && request.member_id.empty()) return invalid("MemberId can't be empty.");
    if (request.instance_id && request.instance_id->empty()) return invalid("InstanceId can't be empty.");
    if (request.rack_id && request.rack_id->empty()) return invalid("RackId can't be empty.");
    if (request.member_epoch < consumer_group::leaving_for_a_while) return invalid("MemberEpoch is invalid.");
    if (request.member_epoch == consumer_group::leaving_for_a_while && !request.instance_id)
        return invalid("InstanceId can't be null.");
    return {};
}

/// Kafka's rules of what a request must say (GroupCoordinatorService).
verdict check_shape(const call& call, const heartbeat& request) {
    if (auto ids = check_ids(call, request); ids.error != broker_errc::none) return ids;
    if (request.member_epoch == 0) {
        if (request.rebalance_timeout_ms == -1)
            return invalid("RebalanceTimeoutMs must be provided in first request.");
        if (!request.topic_partitions || !request.topic_partitions->empty())
            return invalid("TopicPartitions must be empty when (re-)joining.");
        if (!request.subscribed_topic_names && !request.subscribed_topic_regex)
            return invalid("Either SubscribedTopicNames or SubscribedTopicRegex must be non-null.");
    }
    if (request.server_assignor && !is_server_assignor(*request.server_assignor)) {
        return {broker_errc::unsupported_assignor,
                "ServerAssignor " + *request.server_assignor + " is not supported."};
    }
    if (request.subscribed_topic_regex && !is_regex(*request.subscribed_topic_regex))
        return {broker_errc::invalid_regular_expression, "SubscribedTopicRegex is not valid."};
    return {};
}

bool is_switched_off(const call& call) {
    return !call.state.options.groups.consumer_protocol ||
           call.state.versions.profile(call.node) == version_profile::kafka_3_9;
}

/// As Kafka's `group.consumer.migration.policy` is by default, bidirectional.
bool is_of_consumers(const group_entry& group) {
    const auto& members = group.classic->members();
    return group.classic->protocol_type() == "consumer" &&
           std::all_of(members.begin(), members.end(), [](const classic_member& member) {
               return subscription_of(member.protocols.front().second.view()).has_value();
           });
}

verdict check(call& call, const heartbeat& request) {
    if (call.is_injected()) return {call.injected};
    if (is_switched_off(call)) return {broker_errc::unsupported_version};
    if (request.group_id.empty()) return invalid("GroupId can't be empty.");
    if (auto shape = check_shape(call, request); shape.error != broker_errc::none) return shape;
    if (const auto error = check_group(call, request.group_id); error != broker_errc::none) return {error};
    const group_entry* const group = call.state.groups.find(request.group_id);
    if (group != nullptr && group->consumer) return {};
    if (request.member_epoch != 0 || (group != nullptr && group->has_members() && !is_of_consumers(*group)))
        return {broker_errc::group_id_not_found, "Group " + request.group_id + " is not a consumer group."};
    return {};
}

consumer_beat beat_of(const call& call, const heartbeat& request) {
    consumer_beat asked;
    asked.member_id = request.member_id;
    asked.epoch = request.member_epoch;
    asked.instance_id = request.instance_id;
    asked.rack_id = request.rack_id;
    asked.client_id = call.client_id;
    asked.client_host = call.client_host;
    if (request.rebalance_timeout_ms >= 0)
        asked.rebalance_timeout = std::chrono::milliseconds{request.rebalance_timeout_ms};
    if (const auto& topics = request.subscribed_topic_names)
        asked.topics.emplace(topics->begin(), topics->end());
    asked.regex = request.subscribed_topic_regex;
    asked.assignor = request.server_assignor;
    if (!request.topic_partitions) return asked;
    asked.owned.emplace();
    for (const auto& topic : *request.topic_partitions)
        for (const std::int32_t partition : topic.partitions)
            asked.owned->insert({topic.topic_id, partition});
    return asked;
}

template <class Topics>
void show_partitions(const partition_set& partitions, Topics& topics) {
    for (const auto& [id, partition] : partitions) {
        if (topics.empty() || topics.back().topic_id != id) topics.emplace_back().topic_id = id;
        topics.back().partitions.push_back(partition);
    }
}

template <class Assignment>
void show_assignment(call& call, const partition_set& partitions, Assignment& shown) {
    show_partitions(partitions, shown.topic_partitions);
    for (auto& topic : shown.topic_partitions)
        if (const topic_state* const known = call.state.topic(topic.topic_id)) topic.topic_name = known->name;
}

void describe(call& call, const consumer_group& group,
              protocol::consumer_group_describe_response::described_group& shown) {
    shown.group_state = group.state_name();
    shown.group_epoch = group.epoch();
    shown.assignment_epoch = group.assignment_epoch();
    shown.assignor_name = group.assignor();
    for (const auto& member : group.members()) {
        auto& each = shown.members.emplace_back();
        each.member_id = member.id;
        each.instance_id = member.instance_id;
        each.rack_id = member.rack_id;
        each.member_epoch = member.epoch;
        each.client_id = member.client_id;
        each.client_host = member.client_host;
        each.subscribed_topic_names.assign(member.topics.begin(), member.topics.end());
        each.subscribed_topic_regex = member.regex;
        show_assignment(call, member.partitions(), each.assignment);
        show_assignment(call, group.target_of(member.id), each.target_assignment);
        if (call.version >= first_with_member_type)
            each.member_type = member.classic ? classic_member_type : consumer_member_type;
    }
}

} // namespace

protocol::consumer_group_heartbeat_response answer(call& call, const heartbeat& request) {
    protocol::consumer_group_heartbeat_response response;
    const verdict refused = check(call, request);
    response.error_code = number(refused.error);
    if (refused.error != broker_errc::none) {
        response.error_message = refused.message;
        return response;
    }
    consumer_beat asked = beat_of(call, request);
    if (asked.member_id.empty()) asked.member_id = call.state.groups.fresh_member_id("consumer");
    const group_topics topics = call.state.topics_of_groups();
    group_entry& group = call.state.groups.open_consumer(request.group_id, call.node, topics, call.time);
    const std::string id = asked.member_id;
    const auto result = group.consumer->beat(std::move(asked), topics, call.time);
    call.state.groups.settle_kind(
        group, [&topics] { return topics; }, call.time);
    call.state.mark_changed();
    response.error_code = number(result.error);
    if (result.error != broker_errc::none) return response;
    response.member_id = id;
    response.member_epoch = result.epoch;
    response.heartbeat_interval_ms =
        static_cast<std::int32_t>(call.state.options.groups.consumer_heartbeat_interval.count());
    if (result.assignment)
        show_partitions(*result.assignment, response.assignment.emplace().topic_partitions);
    return response;
}

protocol::consumer_group_describe_response answer(call& call,
                                                  const protocol::consumer_group_describe_request& request) {
    protocol::consumer_group_describe_response response;
    for (const std::string& id : request.group_ids) {
        auto& shown = response.groups.emplace_back();
        shown.group_id = id;
        broker_errc error = check_group(call, id);
        const group_entry* const group = call.state.groups.find(id);
        if (error == broker_errc::none && (group == nullptr || !group->consumer)) {
            error = broker_errc::group_id_not_found;
            shown.error_message = "Group " + id + " is not a consumer group.";
        }
        shown.error_code = number(error);
        if (error == broker_errc::none) describe(call, *group->consumer, shown);
    }
    return response;
}

} // namespace testing
KASIO_END_NAMESPACE
