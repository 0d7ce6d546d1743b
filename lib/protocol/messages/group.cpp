// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/group.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<join_group_request::join_group_request_protocol, Codec>& m) {
    codec("Name", m.name);
    codec("Metadata", m.metadata);
}

template <class Codec>
void describe(Codec& codec, field_of<join_group_request, Codec>& m) {
    codec("GroupId", m.group_id);
    codec("SessionTimeoutMs", m.session_timeout_ms);
    codec("RebalanceTimeoutMs", m.rebalance_timeout_ms, since(1).initially(-1).ignorable());
    codec("MemberId", m.member_id);
    codec("GroupInstanceId", m.group_instance_id, since(5).nullable().initially(nullptr));
    codec("ProtocolType", m.protocol_type);
    codec("Protocols", m.protocols);
    codec("Reason", m.reason, since(8).nullable().initially(nullptr).ignorable());
}

template <class Codec>
void describe(Codec& codec, field_of<join_group_response::join_group_response_member, Codec>& m) {
    codec("MemberId", m.member_id);
    codec("GroupInstanceId", m.group_instance_id, since(5).nullable().initially(nullptr).ignorable());
    codec("Metadata", m.metadata);
}

template <class Codec>
void describe(Codec& codec, field_of<join_group_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms, since(2).ignorable());
    codec("ErrorCode", m.error_code);
    codec("GenerationId", m.generation_id);
    codec("ProtocolType", m.protocol_type, since(7).nullable().initially(nullptr).ignorable());
    codec("ProtocolName", m.protocol_name, always.nullable(7));
    codec("Leader", m.leader);
    codec("SkipAssignment", m.skip_assignment, since(9));
    codec("MemberId", m.member_id);
    codec("Members", m.members);
}

template <class Codec>
void describe(Codec& codec, field_of<sync_group_request::sync_group_request_assignment, Codec>& m) {
    codec("MemberId", m.member_id);
    codec("Assignment", m.assignment);
}

template <class Codec>
void describe(Codec& codec, field_of<sync_group_request, Codec>& m) {
    codec("GroupId", m.group_id);
    codec("GenerationId", m.generation_id);
    codec("MemberId", m.member_id);
    codec("GroupInstanceId", m.group_instance_id, since(3).nullable().initially(nullptr));
    codec("ProtocolType", m.protocol_type, since(5).nullable().initially(nullptr).ignorable());
    codec("ProtocolName", m.protocol_name, since(5).nullable().initially(nullptr).ignorable());
    codec("Assignments", m.assignments);
}

template <class Codec>
void describe(Codec& codec, field_of<sync_group_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms, since(1).ignorable());
    codec("ErrorCode", m.error_code);
    codec("ProtocolType", m.protocol_type, since(5).nullable().initially(nullptr).ignorable());
    codec("ProtocolName", m.protocol_name, since(5).nullable().initially(nullptr).ignorable());
    codec("Assignment", m.assignment);
}

template <class Codec>
void describe(Codec& codec, field_of<heartbeat_request, Codec>& m) {
    codec("GroupId", m.group_id);
    codec("GenerationId", m.generation_id);
    codec("MemberId", m.member_id);
    codec("GroupInstanceId", m.group_instance_id, since(3).nullable().initially(nullptr));
}

template <class Codec>
void describe(Codec& codec, field_of<heartbeat_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms, since(1).ignorable());
    codec("ErrorCode", m.error_code);
}

template <class Codec>
void describe(Codec& codec, field_of<leave_group_request::member_identity, Codec>& m) {
    codec("MemberId", m.member_id, since(3));
    codec("GroupInstanceId", m.group_instance_id, since(3).nullable().initially(nullptr));
    codec("Reason", m.reason, since(5).nullable().initially(nullptr).ignorable());
}

template <class Codec>
void describe(Codec& codec, field_of<leave_group_request, Codec>& m) {
    codec("GroupId", m.group_id);
    codec("MemberId", m.member_id, until(2));
    codec("Members", m.members, since(3));
}

template <class Codec>
void describe(Codec& codec, field_of<leave_group_response::member_response, Codec>& m) {
    codec("MemberId", m.member_id, since(3));
    codec("GroupInstanceId", m.group_instance_id, since(3).nullable());
    codec("ErrorCode", m.error_code, since(3));
}

template <class Codec>
void describe(Codec& codec, field_of<leave_group_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms, since(1).ignorable());
    codec("ErrorCode", m.error_code);
    codec("Members", m.members, since(3));
}

KASIO_API(join_group)
KASIO_API(sync_group)
KASIO_API(heartbeat)
KASIO_API(leave_group)

} // namespace protocol
KASIO_END_NAMESPACE
