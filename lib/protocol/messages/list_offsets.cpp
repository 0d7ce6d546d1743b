// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/list_offsets.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<list_offsets_request::list_offsets_partition, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("CurrentLeaderEpoch", m.current_leader_epoch, since(4).initially(-1).ignorable());
    codec("Timestamp", m.timestamp);
    codec("MaxNumOffsets", m.max_num_offsets, until(0).initially(1));
}

template <class Codec>
void describe(Codec& codec, field_of<list_offsets_request::list_offsets_topic, Codec>& m) {
    codec("Name", m.name);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<list_offsets_request, Codec>& m) {
    codec("ReplicaId", m.replica_id);
    codec("IsolationLevel", m.isolation_level, since(2));
    codec("Topics", m.topics);
    codec("TimeoutMs", m.timeout_ms, since(10).ignorable());
}

template <class Codec>
void describe(Codec& codec, field_of<list_offsets_response::list_offsets_partition_response, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("ErrorCode", m.error_code);
    codec("OldStyleOffsets", m.old_style_offsets, until(0));
    codec("Timestamp", m.timestamp, since(1).initially(-1));
    codec("Offset", m.offset, since(1).initially(-1));
    codec("LeaderEpoch", m.leader_epoch, since(4).initially(-1));
}

template <class Codec>
void describe(Codec& codec, field_of<list_offsets_response::list_offsets_topic_response, Codec>& m) {
    codec("Name", m.name);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<list_offsets_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms, since(2).ignorable());
    codec("Topics", m.topics);
}

template <class Codec>
void describe(Codec& codec,
              field_of<offset_for_leader_epoch_request::offset_for_leader_partition, Codec>& m) {
    codec("Partition", m.partition);
    codec("CurrentLeaderEpoch", m.current_leader_epoch, since(2).initially(-1).ignorable());
    codec("LeaderEpoch", m.leader_epoch);
}

template <class Codec>
void describe(Codec& codec, field_of<offset_for_leader_epoch_request::offset_for_leader_topic, Codec>& m) {
    codec("Topic", m.topic);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<offset_for_leader_epoch_request, Codec>& m) {
    codec("ReplicaId", m.replica_id, since(3).initially(-2).ignorable());
    codec("Topics", m.topics);
}

template <class Codec>
void describe(Codec& codec, field_of<offset_for_leader_epoch_response::epoch_end_offset, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("Partition", m.partition);
    codec("LeaderEpoch", m.leader_epoch, since(1).initially(-1).ignorable());
    codec("EndOffset", m.end_offset);
}

template <class Codec>
void describe(Codec& codec,
              field_of<offset_for_leader_epoch_response::offset_for_leader_topic_result, Codec>& m) {
    codec("Topic", m.topic);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<offset_for_leader_epoch_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms, since(2).ignorable());
    codec("Topics", m.topics);
}

KASIO_API(list_offsets)
KASIO_API(offset_for_leader_epoch)

} // namespace protocol
KASIO_END_NAMESPACE
