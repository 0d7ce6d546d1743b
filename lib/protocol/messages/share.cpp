// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/share.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<share_fetch_request::acknowledgement_batch, Codec>& m) {
    codec("FirstOffset", m.first_offset);
    codec("LastOffset", m.last_offset);
    codec("AcknowledgeTypes", m.acknowledge_types);
}

template <class Codec>
void describe(Codec& codec, field_of<share_fetch_request::fetch_partition, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("PartitionMaxBytes", m.partition_max_bytes, until(0));
    codec("AcknowledgementBatches", m.acknowledgement_batches);
}

template <class Codec>
void describe(Codec& codec, field_of<share_fetch_request::fetch_topic, Codec>& m) {
    codec("TopicId", m.topic_id);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<share_fetch_request::forgotten_topic, Codec>& m) {
    codec("TopicId", m.topic_id);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<share_fetch_request, Codec>& m) {
    codec("GroupId", m.group_id, always.nullable());
    codec("MemberId", m.member_id, always.nullable());
    codec("ShareSessionEpoch", m.share_session_epoch);
    codec("MaxWaitMs", m.max_wait_ms);
    codec("MinBytes", m.min_bytes);
    codec("MaxBytes", m.max_bytes);
    codec("MaxRecords", m.max_records, since(1));
    codec("BatchSize", m.batch_size, since(1));
    codec("ShareAcquireMode", m.share_acquire_mode, since(2).ignorable());
    codec("IsRenewAck", m.is_renew_ack, since(2));
    codec("Topics", m.topics);
    codec("ForgottenTopicsData", m.forgotten_topics_data);
}

template <class Codec>
void describe(Codec& codec, field_of<share_fetch_response::leader_id_and_epoch, Codec>& m) {
    codec("LeaderId", m.leader_id);
    codec("LeaderEpoch", m.leader_epoch);
}

template <class Codec>
void describe(Codec& codec, field_of<share_fetch_response::acquired_records_t, Codec>& m) {
    codec("FirstOffset", m.first_offset);
    codec("LastOffset", m.last_offset);
    codec("DeliveryCount", m.delivery_count);
}

template <class Codec>
void describe(Codec& codec, field_of<share_fetch_response::partition_data, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("AcknowledgeErrorCode", m.acknowledge_error_code);
    codec("AcknowledgeErrorMessage", m.acknowledge_error_message, always.nullable());
    codec("CurrentLeader", m.current_leader);
    codec("Records", m.records, always.nullable(0, 0));
    codec("AcquiredRecords", m.acquired_records);
}

template <class Codec>
void describe(Codec& codec, field_of<share_fetch_response::share_fetchable_topic_response, Codec>& m) {
    codec("TopicId", m.topic_id);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<share_fetch_response::node_endpoint, Codec>& m) {
    codec("NodeId", m.node_id);
    codec("Host", m.host);
    codec("Port", m.port);
    codec("Rack", m.rack, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<share_fetch_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("AcquisitionLockTimeoutMs", m.acquisition_lock_timeout_ms, since(1));
    codec("Responses", m.responses);
    codec("NodeEndpoints", m.node_endpoints);
}

template <class Codec>
void describe(Codec& codec, field_of<share_acknowledge_request::acknowledgement_batch, Codec>& m) {
    codec("FirstOffset", m.first_offset);
    codec("LastOffset", m.last_offset);
    codec("AcknowledgeTypes", m.acknowledge_types);
}

template <class Codec>
void describe(Codec& codec, field_of<share_acknowledge_request::acknowledge_partition, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("AcknowledgementBatches", m.acknowledgement_batches);
}

template <class Codec>
void describe(Codec& codec, field_of<share_acknowledge_request::acknowledge_topic, Codec>& m) {
    codec("TopicId", m.topic_id);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<share_acknowledge_request, Codec>& m) {
    codec("GroupId", m.group_id, always.nullable());
    codec("MemberId", m.member_id, always.nullable());
    codec("ShareSessionEpoch", m.share_session_epoch);
    codec("IsRenewAck", m.is_renew_ack, since(2));
    codec("Topics", m.topics);
}

template <class Codec>
void describe(Codec& codec, field_of<share_acknowledge_response::leader_id_and_epoch, Codec>& m) {
    codec("LeaderId", m.leader_id);
    codec("LeaderEpoch", m.leader_epoch);
}

template <class Codec>
void describe(Codec& codec, field_of<share_acknowledge_response::partition_data, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("CurrentLeader", m.current_leader);
}

template <class Codec>
void describe(Codec& codec,
              field_of<share_acknowledge_response::share_acknowledge_topic_response, Codec>& m) {
    codec("TopicId", m.topic_id);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<share_acknowledge_response::node_endpoint, Codec>& m) {
    codec("NodeId", m.node_id);
    codec("Host", m.host);
    codec("Port", m.port);
    codec("Rack", m.rack, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<share_acknowledge_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("AcquisitionLockTimeoutMs", m.acquisition_lock_timeout_ms, since(2).ignorable());
    codec("Responses", m.responses);
    codec("NodeEndpoints", m.node_endpoints);
}

KASIO_API(share_fetch)
KASIO_API(share_acknowledge)

} // namespace protocol
KASIO_END_NAMESPACE
