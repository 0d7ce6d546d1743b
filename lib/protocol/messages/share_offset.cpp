// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/share_offset.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(
    Codec& codec,
    field_of<describe_share_group_offsets_request::describe_share_group_offsets_request_topic, Codec>& m) {
    codec("TopicName", m.topic_name);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(
    Codec& codec,
    field_of<describe_share_group_offsets_request::describe_share_group_offsets_request_group, Codec>& m) {
    codec("GroupId", m.group_id);
    codec("Topics", m.topics, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<describe_share_group_offsets_request, Codec>& m) {
    codec("Groups", m.groups);
}

template <class Codec>
void describe(Codec& codec,
              field_of<describe_share_group_offsets_response::describe_share_group_offsets_response_partition,
                       Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("StartOffset", m.start_offset);
    codec("LeaderEpoch", m.leader_epoch);
    codec("Lag", m.lag, since(1).initially(-1).ignorable());
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
}

template <class Codec>
void describe(
    Codec& codec,
    field_of<describe_share_group_offsets_response::describe_share_group_offsets_response_topic, Codec>& m) {
    codec("TopicName", m.topic_name);
    codec("TopicId", m.topic_id);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(
    Codec& codec,
    field_of<describe_share_group_offsets_response::describe_share_group_offsets_response_group, Codec>& m) {
    codec("GroupId", m.group_id);
    codec("Topics", m.topics);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<describe_share_group_offsets_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("Groups", m.groups);
}

template <class Codec>
void describe(
    Codec& codec,
    field_of<alter_share_group_offsets_request::alter_share_group_offsets_request_partition, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("StartOffset", m.start_offset);
}

template <class Codec>
void describe(
    Codec& codec,
    field_of<alter_share_group_offsets_request::alter_share_group_offsets_request_topic, Codec>& m) {
    codec("TopicName", m.topic_name);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<alter_share_group_offsets_request, Codec>& m) {
    codec("GroupId", m.group_id);
    codec("Topics", m.topics);
}

template <class Codec>
void describe(
    Codec& codec,
    field_of<alter_share_group_offsets_response::alter_share_group_offsets_response_partition, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
}

template <class Codec>
void describe(
    Codec& codec,
    field_of<alter_share_group_offsets_response::alter_share_group_offsets_response_topic, Codec>& m) {
    codec("TopicName", m.topic_name);
    codec("TopicId", m.topic_id);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<alter_share_group_offsets_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("Responses", m.responses);
}

template <class Codec>
void describe(
    Codec& codec,
    field_of<delete_share_group_offsets_request::delete_share_group_offsets_request_topic, Codec>& m) {
    codec("TopicName", m.topic_name);
}

template <class Codec>
void describe(Codec& codec, field_of<delete_share_group_offsets_request, Codec>& m) {
    codec("GroupId", m.group_id);
    codec("Topics", m.topics);
}

template <class Codec>
void describe(
    Codec& codec,
    field_of<delete_share_group_offsets_response::delete_share_group_offsets_response_topic, Codec>& m) {
    codec("TopicName", m.topic_name);
    codec("TopicId", m.topic_id);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<delete_share_group_offsets_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("Responses", m.responses);
}

KASIO_API(describe_share_group_offsets)
KASIO_API(alter_share_group_offsets)
KASIO_API(delete_share_group_offsets)

} // namespace protocol
KASIO_END_NAMESPACE
