// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/produce.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<produce_request::partition_produce_data, Codec>& m) {
    codec("Index", m.index);
    codec("Records", m.records, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<produce_request::topic_produce_data, Codec>& m) {
    codec("Name", m.name, until(12).ignorable());
    codec("TopicId", m.topic_id, since(13).ignorable());
    codec("PartitionData", m.partition_data);
}

template <class Codec>
void describe(Codec& codec, field_of<produce_request, Codec>& m) {
    codec("TransactionalId", m.transactional_id, since(3).nullable().initially(nullptr));
    codec("Acks", m.acks);
    codec("TimeoutMs", m.timeout_ms);
    codec("TopicData", m.topic_data);
}

template <class Codec>
void describe(Codec& codec, field_of<produce_response::batch_index_and_error_message, Codec>& m) {
    codec("BatchIndex", m.batch_index, since(8));
    codec("BatchIndexErrorMessage", m.batch_index_error_message, since(8).nullable().initially(nullptr));
}

template <class Codec>
void describe(Codec& codec, field_of<produce_response::leader_id_and_epoch, Codec>& m) {
    codec("LeaderId", m.leader_id, since(10).initially(-1));
    codec("LeaderEpoch", m.leader_epoch, since(10).initially(-1));
}

template <class Codec>
void describe(Codec& codec, field_of<produce_response::partition_produce_response, Codec>& m) {
    codec("Index", m.index);
    codec("ErrorCode", m.error_code);
    codec("BaseOffset", m.base_offset);
    codec("LogAppendTimeMs", m.log_append_time_ms, since(2).initially(-1).ignorable());
    codec("LogStartOffset", m.log_start_offset, since(5).initially(-1).ignorable());
    codec("RecordErrors", m.record_errors, since(8).ignorable());
    codec("ErrorMessage", m.error_message, since(8).nullable().initially(nullptr).ignorable());
    codec("CurrentLeader", m.current_leader, tagged(0).since(10));
}

template <class Codec>
void describe(Codec& codec, field_of<produce_response::topic_produce_response, Codec>& m) {
    codec("Name", m.name, until(12).ignorable());
    codec("TopicId", m.topic_id, since(13).ignorable());
    codec("PartitionResponses", m.partition_responses);
}

template <class Codec>
void describe(Codec& codec, field_of<produce_response::node_endpoint, Codec>& m) {
    codec("NodeId", m.node_id, since(10));
    codec("Host", m.host, since(10));
    codec("Port", m.port, since(10));
    codec("Rack", m.rack, since(10).nullable().initially(nullptr));
}

template <class Codec>
void describe(Codec& codec, field_of<produce_response, Codec>& m) {
    codec("Responses", m.responses);
    codec("ThrottleTimeMs", m.throttle_time_ms, since(1).ignorable());
    codec("NodeEndpoints", m.node_endpoints, tagged(0).since(10));
}

KASIO_API(produce)

} // namespace protocol
KASIO_END_NAMESPACE
