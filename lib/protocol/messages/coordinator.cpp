// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/coordinator.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<find_coordinator_request, Codec>& m) {
    codec("Key", m.key, until(3));
    codec("KeyType", m.key_type, since(1));
    codec("CoordinatorKeys", m.coordinator_keys, since(4));
}

template <class Codec>
void describe(Codec& codec, field_of<find_coordinator_response::coordinator, Codec>& m) {
    codec("Key", m.key, since(4));
    codec("NodeId", m.node_id, since(4));
    codec("Host", m.host, since(4));
    codec("Port", m.port, since(4));
    codec("ErrorCode", m.error_code, since(4));
    codec("ErrorMessage", m.error_message, since(4).nullable().ignorable());
}

template <class Codec>
void describe(Codec& codec, field_of<find_coordinator_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms, since(1).ignorable());
    codec("ErrorCode", m.error_code, until(3));
    codec("ErrorMessage", m.error_message, between(1, 3).nullable().ignorable());
    codec("NodeId", m.node_id, until(3));
    codec("Host", m.host, until(3));
    codec("Port", m.port, until(3));
    codec("Coordinators", m.coordinators, since(4));
}

KASIO_API(find_coordinator)

} // namespace protocol
KASIO_END_NAMESPACE
