// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/metadata.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<metadata_request::metadata_request_topic, Codec>& m) {
    codec("TopicId", m.topic_id, since(10).ignorable());
    codec("Name", m.name, always.nullable(10));
}

template <class Codec>
void describe(Codec& codec, field_of<metadata_request, Codec>& m) {
    codec("Topics", m.topics, always.nullable(1));
    codec("AllowAutoTopicCreation", m.allow_auto_topic_creation, since(4).initially(1));
    codec("IncludeClusterAuthorizedOperations", m.include_cluster_authorized_operations, between(8, 10));
    codec("IncludeTopicAuthorizedOperations", m.include_topic_authorized_operations, since(8));
}

template <class Codec>
void describe(Codec& codec, field_of<metadata_response::metadata_response_broker, Codec>& m) {
    codec("NodeId", m.node_id);
    codec("Host", m.host);
    codec("Port", m.port);
    codec("Rack", m.rack, since(1).nullable().initially(nullptr).ignorable());
}

template <class Codec>
void describe(Codec& codec, field_of<metadata_response::metadata_response_partition, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("PartitionIndex", m.partition_index);
    codec("LeaderId", m.leader_id);
    codec("LeaderEpoch", m.leader_epoch, since(7).initially(-1).ignorable());
    codec("ReplicaNodes", m.replica_nodes);
    codec("IsrNodes", m.isr_nodes);
    codec("OfflineReplicas", m.offline_replicas, since(5).ignorable());
}

template <class Codec>
void describe(Codec& codec, field_of<metadata_response::metadata_response_topic, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("Name", m.name, always.nullable(12));
    codec("TopicId", m.topic_id, since(10).ignorable());
    codec("IsInternal", m.is_internal, since(1).ignorable());
    codec("Partitions", m.partitions);
    codec("TopicAuthorizedOperations", m.topic_authorized_operations, since(8).initially(-2147483648));
}

template <class Codec>
void describe(Codec& codec, field_of<metadata_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms, since(3).ignorable());
    codec("Brokers", m.brokers);
    codec("ClusterId", m.cluster_id, since(2).nullable().initially(nullptr).ignorable());
    codec("ControllerId", m.controller_id, since(1).initially(-1).ignorable());
    codec("Topics", m.topics);
    codec("ClusterAuthorizedOperations", m.cluster_authorized_operations,
          between(8, 10).initially(-2147483648));
    codec("ErrorCode", m.error_code, since(13).ignorable());
}

template <class Codec>
void describe(Codec& codec, field_of<describe_topic_partitions_request::topic_request, Codec>& m) {
    codec("Name", m.name);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_topic_partitions_request::cursor_t, Codec>& m) {
    codec("TopicName", m.topic_name);
    codec("PartitionIndex", m.partition_index);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_topic_partitions_request, Codec>& m) {
    codec("Topics", m.topics);
    codec("ResponsePartitionLimit", m.response_partition_limit);
    codec("Cursor", m.cursor, always.nullable());
}

template <class Codec>
void describe(
    Codec& codec,
    field_of<describe_topic_partitions_response::describe_topic_partitions_response_partition, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("PartitionIndex", m.partition_index);
    codec("LeaderId", m.leader_id);
    codec("LeaderEpoch", m.leader_epoch);
    codec("ReplicaNodes", m.replica_nodes);
    codec("IsrNodes", m.isr_nodes);
    codec("EligibleLeaderReplicas", m.eligible_leader_replicas, always.nullable());
    codec("LastKnownElr", m.last_known_elr, always.nullable());
    codec("OfflineReplicas", m.offline_replicas);
}

template <class Codec>
void describe(
    Codec& codec,
    field_of<describe_topic_partitions_response::describe_topic_partitions_response_topic, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("Name", m.name, always.nullable());
    codec("TopicId", m.topic_id);
    codec("IsInternal", m.is_internal);
    codec("Partitions", m.partitions);
    codec("TopicAuthorizedOperations", m.topic_authorized_operations);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_topic_partitions_response::cursor, Codec>& m) {
    codec("TopicName", m.topic_name);
    codec("PartitionIndex", m.partition_index);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_topic_partitions_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("Topics", m.topics);
    codec("NextCursor", m.next_cursor, always.nullable());
}

KASIO_API(metadata)
KASIO_API(describe_topic_partitions)

} // namespace protocol
KASIO_END_NAMESPACE
