// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/transaction.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<add_partitions_to_txn_request::add_partitions_to_txn_topic, Codec>& m) {
    codec("Name", m.name);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec,
              field_of<add_partitions_to_txn_request::add_partitions_to_txn_transaction, Codec>& m) {
    codec("TransactionalId", m.transactional_id, since(4));
    codec("ProducerId", m.producer_id, since(4));
    codec("ProducerEpoch", m.producer_epoch, since(4));
    codec("VerifyOnly", m.verify_only, since(4));
    codec("Topics", m.topics, since(4));
}

template <class Codec>
void describe(Codec& codec, field_of<add_partitions_to_txn_request, Codec>& m) {
    codec("Transactions", m.transactions, since(4));
    codec("V3AndBelowTransactionalId", m.v3_and_below_transactional_id, until(3));
    codec("V3AndBelowProducerId", m.v3_and_below_producer_id, until(3));
    codec("V3AndBelowProducerEpoch", m.v3_and_below_producer_epoch, until(3));
    codec("V3AndBelowTopics", m.v3_and_below_topics, until(3));
}

template <class Codec>
void describe(Codec& codec,
              field_of<add_partitions_to_txn_response::add_partitions_to_txn_partition_result, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("PartitionErrorCode", m.partition_error_code);
}

template <class Codec>
void describe(Codec& codec,
              field_of<add_partitions_to_txn_response::add_partitions_to_txn_topic_result, Codec>& m) {
    codec("Name", m.name);
    codec("ResultsByPartition", m.results_by_partition);
}

template <class Codec>
void describe(Codec& codec,
              field_of<add_partitions_to_txn_response::add_partitions_to_txn_result, Codec>& m) {
    codec("TransactionalId", m.transactional_id, since(4));
    codec("TopicResults", m.topic_results, since(4));
}

template <class Codec>
void describe(Codec& codec, field_of<add_partitions_to_txn_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code, since(4).ignorable());
    codec("ResultsByTransaction", m.results_by_transaction, since(4));
    codec("ResultsByTopicV3AndBelow", m.results_by_topic_v3_and_below, until(3));
}

template <class Codec>
void describe(Codec& codec, field_of<add_offsets_to_txn_request, Codec>& m) {
    codec("TransactionalId", m.transactional_id);
    codec("ProducerId", m.producer_id);
    codec("ProducerEpoch", m.producer_epoch);
    codec("GroupId", m.group_id);
}

template <class Codec>
void describe(Codec& codec, field_of<add_offsets_to_txn_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code);
}

template <class Codec>
void describe(Codec& codec, field_of<end_txn_request, Codec>& m) {
    codec("TransactionalId", m.transactional_id);
    codec("ProducerId", m.producer_id);
    codec("ProducerEpoch", m.producer_epoch);
    codec("Committed", m.committed);
}

template <class Codec>
void describe(Codec& codec, field_of<end_txn_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code);
    codec("ProducerId", m.producer_id, since(5).initially(-1).ignorable());
    codec("ProducerEpoch", m.producer_epoch, since(5).initially(-1).ignorable());
}

template <class Codec>
void describe(Codec& codec,
              field_of<txn_offset_commit_request::txn_offset_commit_request_partition, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("CommittedOffset", m.committed_offset);
    codec("CommittedLeaderEpoch", m.committed_leader_epoch, since(2).initially(-1).ignorable());
    codec("CommittedMetadata", m.committed_metadata, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<txn_offset_commit_request::txn_offset_commit_request_topic, Codec>& m) {
    codec("Name", m.name, until(5).ignorable());
    codec("TopicId", m.topic_id, since(6).ignorable());
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<txn_offset_commit_request, Codec>& m) {
    codec("TransactionalId", m.transactional_id);
    codec("GroupId", m.group_id);
    codec("ProducerId", m.producer_id);
    codec("ProducerEpoch", m.producer_epoch);
    codec("GenerationIdOrMemberEpoch", m.generation_id_or_member_epoch, since(3).initially(-1));
    codec("MemberId", m.member_id, since(3));
    codec("GroupInstanceId", m.group_instance_id, since(3).nullable().initially(nullptr));
    codec("Topics", m.topics);
}

template <class Codec>
void describe(Codec& codec,
              field_of<txn_offset_commit_response::txn_offset_commit_response_partition, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("ErrorCode", m.error_code);
}

template <class Codec>
void describe(Codec& codec,
              field_of<txn_offset_commit_response::txn_offset_commit_response_topic, Codec>& m) {
    codec("Name", m.name, until(5).ignorable());
    codec("TopicId", m.topic_id, since(6).ignorable());
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<txn_offset_commit_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("Topics", m.topics);
}

KASIO_API(add_partitions_to_txn)
KASIO_API(add_offsets_to_txn)
KASIO_API(end_txn)
KASIO_API(txn_offset_commit)

} // namespace protocol
KASIO_END_NAMESPACE
