// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/quota.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<describe_client_quotas_request::component_data, Codec>& m) {
    codec("EntityType", m.entity_type);
    codec("MatchType", m.match_type);
    codec("Match", m.match, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<describe_client_quotas_request, Codec>& m) {
    codec("Components", m.components);
    codec("Strict", m.strict);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_client_quotas_response::entity_data, Codec>& m) {
    codec("EntityType", m.entity_type);
    codec("EntityName", m.entity_name, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<describe_client_quotas_response::value_data, Codec>& m) {
    codec("Key", m.key);
    codec("Value", m.value);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_client_quotas_response::entry_data, Codec>& m) {
    codec("Entity", m.entity);
    codec("Values", m.values);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_client_quotas_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("Entries", m.entries, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<alter_client_quotas_request::entity_data, Codec>& m) {
    codec("EntityType", m.entity_type);
    codec("EntityName", m.entity_name, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<alter_client_quotas_request::op_data, Codec>& m) {
    codec("Key", m.key);
    codec("Value", m.value);
    codec("Remove", m.remove);
}

template <class Codec>
void describe(Codec& codec, field_of<alter_client_quotas_request::entry_data, Codec>& m) {
    codec("Entity", m.entity);
    codec("Ops", m.ops);
}

template <class Codec>
void describe(Codec& codec, field_of<alter_client_quotas_request, Codec>& m) {
    codec("Entries", m.entries);
    codec("ValidateOnly", m.validate_only);
}

template <class Codec>
void describe(Codec& codec, field_of<alter_client_quotas_response::entity_data, Codec>& m) {
    codec("EntityType", m.entity_type);
    codec("EntityName", m.entity_name, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<alter_client_quotas_response::entry_data, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("Entity", m.entity);
}

template <class Codec>
void describe(Codec& codec, field_of<alter_client_quotas_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("Entries", m.entries);
}

KASIO_API(describe_client_quotas)
KASIO_API(alter_client_quotas)

} // namespace protocol
KASIO_END_NAMESPACE
