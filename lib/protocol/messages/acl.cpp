// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/acl.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<describe_acls_request, Codec>& m) {
    codec("ResourceTypeFilter", m.resource_type_filter);
    codec("ResourceNameFilter", m.resource_name_filter, always.nullable());
    codec("PatternTypeFilter", m.pattern_type_filter, since(1).initially(3));
    codec("PrincipalFilter", m.principal_filter, always.nullable());
    codec("HostFilter", m.host_filter, always.nullable());
    codec("Operation", m.operation);
    codec("PermissionType", m.permission_type);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_acls_response::acl_description, Codec>& m) {
    codec("Principal", m.principal);
    codec("Host", m.host);
    codec("Operation", m.operation);
    codec("PermissionType", m.permission_type);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_acls_response::describe_acls_resource, Codec>& m) {
    codec("ResourceType", m.resource_type);
    codec("ResourceName", m.resource_name);
    codec("PatternType", m.pattern_type, since(1).initially(3));
    codec("Acls", m.acls);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_acls_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("Resources", m.resources);
}

template <class Codec>
void describe(Codec& codec, field_of<create_acls_request::acl_creation, Codec>& m) {
    codec("ResourceType", m.resource_type);
    codec("ResourceName", m.resource_name);
    codec("ResourcePatternType", m.resource_pattern_type, since(1).initially(3));
    codec("Principal", m.principal);
    codec("Host", m.host);
    codec("Operation", m.operation);
    codec("PermissionType", m.permission_type);
}

template <class Codec>
void describe(Codec& codec, field_of<create_acls_request, Codec>& m) {
    codec("Creations", m.creations);
}

template <class Codec>
void describe(Codec& codec, field_of<create_acls_response::acl_creation_result, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<create_acls_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("Results", m.results);
}

template <class Codec>
void describe(Codec& codec, field_of<delete_acls_request::delete_acls_filter, Codec>& m) {
    codec("ResourceTypeFilter", m.resource_type_filter);
    codec("ResourceNameFilter", m.resource_name_filter, always.nullable());
    codec("PatternTypeFilter", m.pattern_type_filter, since(1).initially(3));
    codec("PrincipalFilter", m.principal_filter, always.nullable());
    codec("HostFilter", m.host_filter, always.nullable());
    codec("Operation", m.operation);
    codec("PermissionType", m.permission_type);
}

template <class Codec>
void describe(Codec& codec, field_of<delete_acls_request, Codec>& m) {
    codec("Filters", m.filters);
}

template <class Codec>
void describe(Codec& codec, field_of<delete_acls_response::delete_acls_matching_acl, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("ResourceType", m.resource_type);
    codec("ResourceName", m.resource_name);
    codec("PatternType", m.pattern_type, since(1).initially(3));
    codec("Principal", m.principal);
    codec("Host", m.host);
    codec("Operation", m.operation);
    codec("PermissionType", m.permission_type);
}

template <class Codec>
void describe(Codec& codec, field_of<delete_acls_response::delete_acls_filter_result, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("MatchingAcls", m.matching_acls);
}

template <class Codec>
void describe(Codec& codec, field_of<delete_acls_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("FilterResults", m.filter_results);
}

KASIO_API(describe_acls)
KASIO_API(create_acls)
KASIO_API(delete_acls)

} // namespace protocol
KASIO_END_NAMESPACE
