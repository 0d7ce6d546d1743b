// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/topic_partitions.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<create_partitions_request::create_partitions_assignment, Codec>& m) {
    codec("BrokerIds", m.broker_ids);
}

template <class Codec>
void describe(Codec& codec, field_of<create_partitions_request::create_partitions_topic, Codec>& m) {
    codec("Name", m.name);
    codec("Count", m.count);
    codec("Assignments", m.assignments, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<create_partitions_request, Codec>& m) {
    codec("Topics", m.topics);
    codec("TimeoutMs", m.timeout_ms);
    codec("ValidateOnly", m.validate_only);
}

template <class Codec>
void describe(Codec& codec, field_of<create_partitions_response::create_partitions_topic_result, Codec>& m) {
    codec("Name", m.name);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<create_partitions_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("Results", m.results);
}

template <class Codec>
void describe(Codec& codec, field_of<delete_records_request::delete_records_partition, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("Offset", m.offset);
}

template <class Codec>
void describe(Codec& codec, field_of<delete_records_request::delete_records_topic, Codec>& m) {
    codec("Name", m.name);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<delete_records_request, Codec>& m) {
    codec("Topics", m.topics);
    codec("TimeoutMs", m.timeout_ms);
}

template <class Codec>
void describe(Codec& codec, field_of<delete_records_response::delete_records_partition_result, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("LowWatermark", m.low_watermark);
    codec("ErrorCode", m.error_code);
}

template <class Codec>
void describe(Codec& codec, field_of<delete_records_response::delete_records_topic_result, Codec>& m) {
    codec("Name", m.name);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<delete_records_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("Topics", m.topics);
}

KASIO_API(create_partitions)
KASIO_API(delete_records)

} // namespace protocol
KASIO_END_NAMESPACE
