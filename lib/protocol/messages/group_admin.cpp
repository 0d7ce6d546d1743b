// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/group_admin.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<describe_groups_request, Codec>& m) {
    codec("Groups", m.groups);
    codec("IncludeAuthorizedOperations", m.include_authorized_operations, since(3));
}

template <class Codec>
void describe(Codec& codec, field_of<describe_groups_response::described_group_member, Codec>& m) {
    codec("MemberId", m.member_id);
    codec("GroupInstanceId", m.group_instance_id, since(4).nullable().initially(nullptr).ignorable());
    codec("ClientId", m.client_id);
    codec("ClientHost", m.client_host);
    codec("MemberMetadata", m.member_metadata);
    codec("MemberAssignment", m.member_assignment);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_groups_response::described_group, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, since(6).nullable().initially(nullptr));
    codec("GroupId", m.group_id);
    codec("GroupState", m.group_state);
    codec("ProtocolType", m.protocol_type);
    codec("ProtocolData", m.protocol_data);
    codec("Members", m.members);
    codec("AuthorizedOperations", m.authorized_operations, since(3).initially(-2147483648));
}

template <class Codec>
void describe(Codec& codec, field_of<describe_groups_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms, since(1).ignorable());
    codec("Groups", m.groups);
}

template <class Codec>
void describe(Codec& codec, field_of<list_groups_request, Codec>& m) {
    codec("StatesFilter", m.states_filter, since(4));
    codec("TypesFilter", m.types_filter, since(5));
}

template <class Codec>
void describe(Codec& codec, field_of<list_groups_response::listed_group, Codec>& m) {
    codec("GroupId", m.group_id);
    codec("ProtocolType", m.protocol_type);
    codec("GroupState", m.group_state, since(4).ignorable());
    codec("GroupType", m.group_type, since(5).ignorable());
}

template <class Codec>
void describe(Codec& codec, field_of<list_groups_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms, since(1).ignorable());
    codec("ErrorCode", m.error_code);
    codec("Groups", m.groups);
}

template <class Codec>
void describe(Codec& codec, field_of<delete_groups_request, Codec>& m) {
    codec("GroupsNames", m.groups_names);
}

template <class Codec>
void describe(Codec& codec, field_of<delete_groups_response::deletable_group_result, Codec>& m) {
    codec("GroupId", m.group_id);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, since(3).nullable().initially(nullptr).ignorable());
}

template <class Codec>
void describe(Codec& codec, field_of<delete_groups_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("Results", m.results);
}

KASIO_API(describe_groups)
KASIO_API(list_groups)
KASIO_API(delete_groups)

} // namespace protocol
KASIO_END_NAMESPACE
