// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/offset_delete.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<offset_delete_request::offset_delete_request_partition, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
}

template <class Codec>
void describe(Codec& codec, field_of<offset_delete_request::offset_delete_request_topic, Codec>& m) {
    codec("Name", m.name);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<offset_delete_request, Codec>& m) {
    codec("GroupId", m.group_id);
    codec("Topics", m.topics);
}

template <class Codec>
void describe(Codec& codec, field_of<offset_delete_response::offset_delete_response_partition, Codec>& m) {
    codec("PartitionIndex", m.partition_index);
    codec("ErrorCode", m.error_code);
}

template <class Codec>
void describe(Codec& codec, field_of<offset_delete_response::offset_delete_response_topic, Codec>& m) {
    codec("Name", m.name);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<offset_delete_response, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("Topics", m.topics);
}

KASIO_API(offset_delete)

} // namespace protocol
KASIO_END_NAMESPACE
