// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/offset.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<offset_commit_request::offset_commit_request_partition, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("CommittedOffset", m.committed_offset);
    codec("CommittedLeaderEpoch", m.committed_leader_epoch, since(6).initially(-1).ignorable());
    codec("CommitTimestamp", m.commit_timestamp, between(1, 1).initially(-1));
    codec("CommittedMetadata", m.committed_metadata, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<offset_commit_request::offset_commit_request_topic, Codec>& m) {
    codec("Name", m.name, until(9).ignorable());
    codec("TopicId", m.topic_id, since(10).ignorable());
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<offset_commit_request, Codec>& m) {
    codec("GroupId", m.group_id);
    codec("GenerationIdOrMemberEpoch", m.generation_id_or_member_epoch, since(1).initially(-1).ignorable());
    codec("MemberId", m.member_id, since(1).ignorable());
    codec("GroupInstanceId", m.group_instance_id, since(7).nullable().initially(nullptr));
    codec("RetentionTimeMs", m.retention_time_ms, between(2, 4).initially(-1).ignorable());
    codec("Topics", m.topics);
}

template <class Codec>
void describe(Codec& codec, field_of<offset_commit_response::offset_commit_response_partition, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("ErrorCode", m.error_code);
}

template <class Codec>
void describe(Codec& codec, field_of<offset_commit_response::offset_commit_response_topic, Codec>& m) {
    codec("Name", m.name, until(9).ignorable());
    codec("TopicId", m.topic_id, since(10).ignorable());
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<offset_commit_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms, since(3).ignorable());
    codec("Topics", m.topics);
}

template <class Codec>
void describe(Codec& codec, field_of<offset_fetch_request::offset_fetch_request_topic, Codec>& m) {
    codec("Name", m.name, until(7));
    codec("PartitionIndexes", m.partition_indexes, until(7));
}

template <class Codec>
void describe(Codec& codec, field_of<offset_fetch_request::offset_fetch_request_topics, Codec>& m) {
    codec("Name", m.name, between(8, 9).ignorable());
    codec("TopicId", m.topic_id, since(10).ignorable());
    codec("PartitionIndexes", m.partition_indexes, since(8));
}

template <class Codec>
void describe(Codec& codec, field_of<offset_fetch_request::offset_fetch_request_group, Codec>& m) {
    codec("GroupId", m.group_id, since(8));
    codec("MemberId", m.member_id, since(9).nullable().initially(nullptr).ignorable());
    codec("MemberEpoch", m.member_epoch, since(9).initially(-1).ignorable());
    codec("Topics", m.topics, since(8).nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<offset_fetch_request, Codec>& m) {
    codec("GroupId", m.group_id, until(7));
    codec("Topics", m.topics, until(7).nullable(2));
    codec("Groups", m.groups, since(8));
    codec("RequireStable", m.require_stable, since(7));
}

template <class Codec>
void describe(Codec& codec, field_of<offset_fetch_response::offset_fetch_response_partition, Codec>& m) {
    codec("PartitionIndex", m.partition_index, until(7));
    codec("CommittedOffset", m.committed_offset, until(7));
    codec("CommittedLeaderEpoch", m.committed_leader_epoch, between(5, 7).initially(-1).ignorable());
    codec("Metadata", m.metadata, until(7).nullable());
    codec("ErrorCode", m.error_code, until(7));
}

template <class Codec>
void describe(Codec& codec, field_of<offset_fetch_response::offset_fetch_response_topic, Codec>& m) {
    codec("Name", m.name, until(7));
    codec("Partitions", m.partitions, until(7));
}

template <class Codec>
void describe(Codec& codec, field_of<offset_fetch_response::offset_fetch_response_partitions, Codec>& m) {
    codec("PartitionIndex", m.partition_index, since(8));
    codec("CommittedOffset", m.committed_offset, since(8));
    codec("CommittedLeaderEpoch", m.committed_leader_epoch, since(8).initially(-1).ignorable());
    codec("Metadata", m.metadata, since(8).nullable());
    codec("ErrorCode", m.error_code, since(8));
}

template <class Codec>
void describe(Codec& codec, field_of<offset_fetch_response::offset_fetch_response_topics, Codec>& m) {
    codec("Name", m.name, between(8, 9).ignorable());
    codec("TopicId", m.topic_id, since(10).ignorable());
    codec("Partitions", m.partitions, since(8));
}

template <class Codec>
void describe(Codec& codec, field_of<offset_fetch_response::offset_fetch_response_group, Codec>& m) {
    codec("GroupId", m.group_id, since(8));
    codec("Topics", m.topics, since(8));
    codec("ErrorCode", m.error_code, since(8));
}

template <class Codec>
void describe(Codec& codec, field_of<offset_fetch_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms, since(3).ignorable());
    codec("Topics", m.topics, until(7));
    codec("ErrorCode", m.error_code, between(2, 7).ignorable());
    codec("Groups", m.groups, since(8));
}

KASIO_API(offset_commit)
KASIO_API(offset_fetch)

} // namespace protocol
KASIO_END_NAMESPACE
