// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/fetch.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<fetch_request::replica_state_t, Codec>& m) {
    codec("ReplicaId", m.replica_id, since(15).initially(-1));
    codec("ReplicaEpoch", m.replica_epoch, since(15).initially(-1));
}

template <class Codec>
void describe(Codec& codec, field_of<fetch_request::fetch_partition, Codec>& m) {
    codec("Partition", m.partition);
    codec("CurrentLeaderEpoch", m.current_leader_epoch, since(9).initially(-1).ignorable());
    codec("FetchOffset", m.fetch_offset);
    codec("LastFetchedEpoch", m.last_fetched_epoch, since(12).initially(-1));
    codec("LogStartOffset", m.log_start_offset, since(5).initially(-1).ignorable());
    codec("PartitionMaxBytes", m.partition_max_bytes);
    codec("ReplicaDirectoryId", m.replica_directory_id, tagged(0).since(17).ignorable());
    codec("HighWatermark", m.high_watermark, tagged(1).since(18).initially(9223372036854775807).ignorable());
}

template <class Codec>
void describe(Codec& codec, field_of<fetch_request::fetch_topic, Codec>& m) {
    codec("Topic", m.topic, until(12).ignorable());
    codec("TopicId", m.topic_id, since(13).ignorable());
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<fetch_request::forgotten_topic, Codec>& m) {
    codec("Topic", m.topic, between(7, 12).ignorable());
    codec("TopicId", m.topic_id, since(13).ignorable());
    codec("Partitions", m.partitions, since(7));
}

template <class Codec>
void describe(Codec& codec, field_of<fetch_request, Codec>& m) {
    codec("ClusterId", m.cluster_id, tagged(0).since(12).nullable().initially(nullptr).ignorable());
    codec("ReplicaId", m.replica_id, until(14).initially(-1));
    codec("ReplicaState", m.replica_state, tagged(1).since(15));
    codec("MaxWaitMs", m.max_wait_ms);
    codec("MinBytes", m.min_bytes);
    codec("MaxBytes", m.max_bytes, since(3).initially(0x7fffffff).ignorable());
    codec("IsolationLevel", m.isolation_level, since(4).ignorable());
    codec("SessionId", m.session_id, since(7).ignorable());
    codec("SessionEpoch", m.session_epoch, since(7).initially(-1).ignorable());
    codec("Topics", m.topics);
    codec("ForgottenTopicsData", m.forgotten_topics_data, since(7));
    codec("RackId", m.rack_id, since(11).ignorable());
}

template <class Codec>
void describe(Codec& codec, field_of<fetch_response::epoch_end_offset, Codec>& m) {
    codec("Epoch", m.epoch, since(12).initially(-1));
    codec("EndOffset", m.end_offset, since(12).initially(-1));
}

template <class Codec>
void describe(Codec& codec, field_of<fetch_response::leader_id_and_epoch, Codec>& m) {
    codec("LeaderId", m.leader_id, since(12).initially(-1));
    codec("LeaderEpoch", m.leader_epoch, since(12).initially(-1));
}

template <class Codec>
void describe(Codec& codec, field_of<fetch_response::snapshot_id_t, Codec>& m) {
    codec("EndOffset", m.end_offset);
    codec("Epoch", m.epoch);
}

template <class Codec>
void describe(Codec& codec, field_of<fetch_response::aborted_transaction, Codec>& m) {
    codec("ProducerId", m.producer_id, since(4));
    codec("FirstOffset", m.first_offset, since(4));
}

template <class Codec>
void describe(Codec& codec, field_of<fetch_response::partition_data, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("ErrorCode", m.error_code);
    codec("HighWatermark", m.high_watermark);
    codec("LastStableOffset", m.last_stable_offset, since(4).initially(-1).ignorable());
    codec("LogStartOffset", m.log_start_offset, since(5).initially(-1).ignorable());
    codec("DivergingEpoch", m.diverging_epoch, tagged(0).since(12));
    codec("CurrentLeader", m.current_leader, tagged(1).since(12));
    codec("SnapshotId", m.snapshot_id, tagged(2).since(12));
    codec("AbortedTransactions", m.aborted_transactions, since(4).nullable().ignorable());
    codec("PreferredReadReplica", m.preferred_read_replica, since(11).initially(-1));
    codec("Records", m.records, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<fetch_response::fetchable_topic_response, Codec>& m) {
    codec("Topic", m.topic, until(12).ignorable());
    codec("TopicId", m.topic_id, since(13).ignorable());
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<fetch_response::node_endpoint, Codec>& m) {
    codec("NodeId", m.node_id, since(16));
    codec("Host", m.host, since(16));
    codec("Port", m.port, since(16));
    codec("Rack", m.rack, since(16).nullable().initially(nullptr));
}

template <class Codec>
void describe(Codec& codec, field_of<fetch_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms, since(1).ignorable());
    codec("ErrorCode", m.error_code, since(7).ignorable());
    codec("SessionId", m.session_id, since(7));
    codec("Responses", m.responses);
    codec("NodeEndpoints", m.node_endpoints, tagged(0).since(16));
}

KASIO_API(fetch)

} // namespace protocol
KASIO_END_NAMESPACE
