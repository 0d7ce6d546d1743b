// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/reassignment.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<elect_leaders_request::topic_partitions_t, Codec>& m) {
    codec("Topic", m.topic);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<elect_leaders_request, Codec>& m) {
    codec("ElectionType", m.election_type, since(1));
    codec("TopicPartitions", m.topic_partitions, always.nullable());
    codec("TimeoutMs", m.timeout_ms);
}

template <class Codec>
void describe(Codec& codec, field_of<elect_leaders_response::partition_result_t, Codec>& m) {
    codec("PartitionId", m.partition_id);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<elect_leaders_response::replica_election_result, Codec>& m) {
    codec("Topic", m.topic);
    codec("PartitionResult", m.partition_result);
}

template <class Codec>
void describe(Codec& codec, field_of<elect_leaders_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code, since(1));
    codec("ReplicaElectionResults", m.replica_election_results);
}

template <class Codec>
void describe(Codec& codec,
              field_of<alter_partition_reassignments_request::reassignable_partition, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("Replicas", m.replicas, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<alter_partition_reassignments_request::reassignable_topic, Codec>& m) {
    codec("Name", m.name);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<alter_partition_reassignments_request, Codec>& m) {
    codec("TimeoutMs", m.timeout_ms);
    codec("AllowReplicationFactorChange", m.allow_replication_factor_change, since(1).initially(1));
    codec("Topics", m.topics);
}

template <class Codec>
void describe(Codec& codec,
              field_of<alter_partition_reassignments_response::reassignable_partition_response, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
}

template <class Codec>
void describe(Codec& codec,
              field_of<alter_partition_reassignments_response::reassignable_topic_response, Codec>& m) {
    codec("Name", m.name);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<alter_partition_reassignments_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("AllowReplicationFactorChange", m.allow_replication_factor_change,
          since(1).initially(1).ignorable());
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("Responses", m.responses);
}

template <class Codec>
void describe(Codec& codec,
              field_of<list_partition_reassignments_request::list_partition_reassignments_topics, Codec>& m) {
    codec("Name", m.name);
    codec("PartitionIndexes", m.partition_indexes);
}

template <class Codec>
void describe(Codec& codec, field_of<list_partition_reassignments_request, Codec>& m) {
    codec("TimeoutMs", m.timeout_ms);
    codec("Topics", m.topics, always.nullable());
}

template <class Codec>
void describe(Codec& codec,
              field_of<list_partition_reassignments_response::ongoing_partition_reassignment, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("Replicas", m.replicas);
    codec("AddingReplicas", m.adding_replicas);
    codec("RemovingReplicas", m.removing_replicas);
}

template <class Codec>
void describe(Codec& codec,
              field_of<list_partition_reassignments_response::ongoing_topic_reassignment, Codec>& m) {
    codec("Name", m.name);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<list_partition_reassignments_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("Topics", m.topics);
}

KASIO_API(elect_leaders)
KASIO_API(alter_partition_reassignments)
KASIO_API(list_partition_reassignments)

} // namespace protocol
KASIO_END_NAMESPACE
