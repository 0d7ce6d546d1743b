// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/quorum.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<describe_quorum_request::partition_data, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_quorum_request::topic_data, Codec>& m) {
    codec("TopicName", m.topic_name);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_quorum_request, Codec>& m) {
    codec("Topics", m.topics);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_quorum_response::replica_state, Codec>& m) {
    codec("ReplicaId", m.replica_id);
    codec("ReplicaDirectoryId", m.replica_directory_id, since(2));
    codec("LogEndOffset", m.log_end_offset);
    codec("LastFetchTimestamp", m.last_fetch_timestamp, since(1).initially(-1).ignorable());
    codec("LastCaughtUpTimestamp", m.last_caught_up_timestamp, since(1).initially(-1).ignorable());
}

template <class Codec>
void describe(Codec& codec, field_of<describe_quorum_response::partition_data, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, since(2).nullable().ignorable());
    codec("LeaderId", m.leader_id);
    codec("LeaderEpoch", m.leader_epoch);
    codec("HighWatermark", m.high_watermark);
    codec("CurrentVoters", m.current_voters);
    codec("Observers", m.observers);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_quorum_response::topic_data, Codec>& m) {
    codec("TopicName", m.topic_name);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_quorum_response::listener, Codec>& m) {
    codec("Name", m.name, since(2));
    codec("Host", m.host, since(2));
    codec("Port", m.port, since(2));
}

template <class Codec>
void describe(Codec& codec, field_of<describe_quorum_response::node, Codec>& m) {
    codec("NodeId", m.node_id, since(2));
    codec("Listeners", m.listeners, since(2));
}

template <class Codec>
void describe(Codec& codec, field_of<describe_quorum_response, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, since(2).nullable().ignorable());
    codec("Topics", m.topics);
    codec("Nodes", m.nodes, since(2));
}

template <class Codec>
void describe(Codec& codec, field_of<unregister_broker_request, Codec>& m) {
    codec("BrokerId", m.broker_id);
}

template <class Codec>
void describe(Codec& codec, field_of<unregister_broker_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<unregister_controller_request, Codec>& m) {
    codec("ControllerId", m.controller_id);
}

template <class Codec>
void describe(Codec& codec, field_of<unregister_controller_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<add_raft_voter_request::listener, Codec>& m) {
    codec("Name", m.name);
    codec("Host", m.host);
    codec("Port", m.port);
}

template <class Codec>
void describe(Codec& codec, field_of<add_raft_voter_request, Codec>& m) {
    codec("ClusterId", m.cluster_id, always.nullable());
    codec("TimeoutMs", m.timeout_ms);
    codec("VoterId", m.voter_id);
    codec("VoterDirectoryId", m.voter_directory_id);
    codec("Listeners", m.listeners);
    codec("AckWhenCommitted", m.ack_when_committed, since(1).initially(1));
}

template <class Codec>
void describe(Codec& codec, field_of<add_raft_voter_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<remove_raft_voter_request, Codec>& m) {
    codec("ClusterId", m.cluster_id, always.nullable());
    codec("VoterId", m.voter_id);
    codec("VoterDirectoryId", m.voter_directory_id);
}

template <class Codec>
void describe(Codec& codec, field_of<remove_raft_voter_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
}

KASIO_API(describe_quorum)
KASIO_API(unregister_broker)
KASIO_API(unregister_controller)
KASIO_API(add_raft_voter)
KASIO_API(remove_raft_voter)

} // namespace protocol
KASIO_END_NAMESPACE
