// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/transaction_admin.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<describe_producers_request::topic_request, Codec>& m) {
    codec("Name", m.name);
    codec("PartitionIndexes", m.partition_indexes);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_producers_request, Codec>& m) {
    codec("Topics", m.topics);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_producers_response::producer_state, Codec>& m) {
    codec("ProducerId", m.producer_id);
    codec("ProducerEpoch", m.producer_epoch);
    codec("LastSequence", m.last_sequence);
    codec("LastTimestamp", m.last_timestamp);
    codec("CoordinatorEpoch", m.coordinator_epoch);
    codec("CurrentTxnStartOffset", m.current_txn_start_offset);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_producers_response::partition_response, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("ActiveProducers", m.active_producers);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_producers_response::topic_response, Codec>& m) {
    codec("Name", m.name);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_producers_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("Topics", m.topics);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_transactions_request, Codec>& m) {
    codec("TransactionalIds", m.transactional_ids);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_transactions_response::topic_data, Codec>& m) {
    codec("Topic", m.topic);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_transactions_response::transaction_state_t, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("TransactionalId", m.transactional_id);
    codec("TransactionState", m.transaction_state);
    codec("TransactionTimeoutMs", m.transaction_timeout_ms);
    codec("TransactionStartTimeMs", m.transaction_start_time_ms);
    codec("ProducerId", m.producer_id);
    codec("ProducerEpoch", m.producer_epoch);
    codec("Topics", m.topics);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_transactions_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("TransactionStates", m.transaction_states);
}

template <class Codec>
void describe(Codec& codec, field_of<list_transactions_request, Codec>& m) {
    codec("StateFilters", m.state_filters);
    codec("ProducerIdFilters", m.producer_id_filters);
    codec("DurationFilter", m.duration_filter, since(1).initially(-1));
    codec("TransactionalIdPattern", m.transactional_id_pattern, since(2).nullable().initially(nullptr));
}

template <class Codec>
void describe(Codec& codec, field_of<list_transactions_response::transaction_state_t, Codec>& m) {
    codec("TransactionalId", m.transactional_id);
    codec("ProducerId", m.producer_id);
    codec("TransactionState", m.transaction_state);
}

template <class Codec>
void describe(Codec& codec, field_of<list_transactions_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code);
    codec("UnknownStateFilters", m.unknown_state_filters);
    codec("TransactionStates", m.transaction_states);
}

KASIO_API(describe_producers)
KASIO_API(describe_transactions)
KASIO_API(list_transactions)

} // namespace protocol
KASIO_END_NAMESPACE
