// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/share_group.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<share_group_heartbeat_request, Codec>& m) {
    codec("GroupId", m.group_id);
    codec("MemberId", m.member_id);
    codec("MemberEpoch", m.member_epoch);
    codec("RackId", m.rack_id, always.nullable());
    codec("SubscribedTopicNames", m.subscribed_topic_names, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<share_group_heartbeat_response::topic_partitions_t, Codec>& m) {
    codec("TopicId", m.topic_id);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<share_group_heartbeat_response::assignment_t, Codec>& m) {
    codec("TopicPartitions", m.topic_partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<share_group_heartbeat_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("MemberId", m.member_id, always.nullable());
    codec("MemberEpoch", m.member_epoch);
    codec("HeartbeatIntervalMs", m.heartbeat_interval_ms);
    codec("Assignment", m.assignment, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<share_group_describe_request, Codec>& m) {
    codec("GroupIds", m.group_ids);
    codec("IncludeAuthorizedOperations", m.include_authorized_operations);
}

template <class Codec>
void describe(Codec& codec, field_of<share_group_describe_response::topic_partitions_t, Codec>& m) {
    codec("TopicId", m.topic_id);
    codec("TopicName", m.topic_name);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<share_group_describe_response::assignment_t, Codec>& m) {
    codec("TopicPartitions", m.topic_partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<share_group_describe_response::member, Codec>& m) {
    codec("MemberId", m.member_id);
    codec("RackId", m.rack_id, always.nullable());
    codec("MemberEpoch", m.member_epoch);
    codec("ClientId", m.client_id);
    codec("ClientHost", m.client_host);
    codec("SubscribedTopicNames", m.subscribed_topic_names);
    codec("Assignment", m.assignment);
}

template <class Codec>
void describe(Codec& codec, field_of<share_group_describe_response::described_group, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("GroupId", m.group_id);
    codec("GroupState", m.group_state);
    codec("GroupEpoch", m.group_epoch);
    codec("AssignmentEpoch", m.assignment_epoch);
    codec("AssignorName", m.assignor_name);
    codec("Members", m.members);
    codec("AuthorizedOperations", m.authorized_operations);
}

template <class Codec>
void describe(Codec& codec, field_of<share_group_describe_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("Groups", m.groups);
}

KASIO_API(share_group_heartbeat)
KASIO_API(share_group_describe)

} // namespace protocol
KASIO_END_NAMESPACE
