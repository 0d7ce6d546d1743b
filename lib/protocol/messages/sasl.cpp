// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/sasl.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<sasl_handshake_request, Codec>& m) {
    codec("Mechanism", m.mechanism);
}

template <class Codec>
void describe(Codec& codec, field_of<sasl_handshake_response, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("Mechanisms", m.mechanisms);
}

template <class Codec>
void describe(Codec& codec, field_of<sasl_authenticate_request, Codec>& m) {
    codec("AuthBytes", m.auth_bytes, always.secret());
}

template <class Codec>
void describe(Codec& codec, field_of<sasl_authenticate_response, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("AuthBytes", m.auth_bytes, always.secret());
    codec("SessionLifetimeMs", m.session_lifetime_ms, since(1).ignorable());
}

KASIO_API(sasl_handshake)
KASIO_API(sasl_authenticate)

} // namespace protocol
KASIO_END_NAMESPACE
