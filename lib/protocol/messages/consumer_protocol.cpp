// SPDX-License-Identifier: BSL-1.0
#include "protocol/messages/consumer_protocol.hpp"

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<consumer_protocol_subscription::topic_partition, Codec>& m) {
    codec("Topic", m.topic, since(1));
    codec("Partitions", m.partitions, since(1));
}

template <class Codec>
void describe(Codec& codec, field_of<consumer_protocol_subscription, Codec>& m) {
    codec("Topics", m.topics);
    codec("UserData", m.user_data, always.nullable());
    codec("OwnedPartitions", m.owned_partitions, since(1).ignorable());
    codec("GenerationId", m.generation_id, since(2).initially(-1).ignorable());
    codec("RackId", m.rack_id, since(3).nullable().initially(nullptr).ignorable());
}

template <class Codec>
void describe(Codec& codec, field_of<consumer_protocol_assignment::topic_partition, Codec>& m) {
    codec("Topic", m.topic);
    codec("Partitions", m.partitions);
}

template <class Codec>
void describe(Codec& codec, field_of<consumer_protocol_assignment, Codec>& m) {
    codec("AssignedPartitions", m.assigned_partitions);
    codec("UserData", m.user_data, always.nullable());
}

KASIO_STORED(consumer_protocol_subscription)
KASIO_STORED(consumer_protocol_assignment)

} // namespace protocol
KASIO_END_NAMESPACE
