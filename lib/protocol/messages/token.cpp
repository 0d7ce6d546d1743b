// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/token.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<create_delegation_token_request::creatable_renewers, Codec>& m) {
    codec("PrincipalType", m.principal_type);
    codec("PrincipalName", m.principal_name);
}

template <class Codec>
void describe(Codec& codec, field_of<create_delegation_token_request, Codec>& m) {
    codec("OwnerPrincipalType", m.owner_principal_type, since(3).nullable());
    codec("OwnerPrincipalName", m.owner_principal_name, since(3).nullable());
    codec("Renewers", m.renewers);
    codec("MaxLifetimeMs", m.max_lifetime_ms);
}

template <class Codec>
void describe(Codec& codec, field_of<create_delegation_token_response, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("PrincipalType", m.principal_type);
    codec("PrincipalName", m.principal_name);
    codec("TokenRequesterPrincipalType", m.token_requester_principal_type, since(3));
    codec("TokenRequesterPrincipalName", m.token_requester_principal_name, since(3));
    codec("IssueTimestampMs", m.issue_timestamp_ms);
    codec("ExpiryTimestampMs", m.expiry_timestamp_ms);
    codec("MaxTimestampMs", m.max_timestamp_ms);
    codec("TokenId", m.token_id);
    codec("Hmac", m.hmac, always.secret());
    codec("ThrottleTimeMs", m.throttle_time_ms);
}

template <class Codec>
void describe(Codec& codec, field_of<renew_delegation_token_request, Codec>& m) {
    codec("Hmac", m.hmac, always.secret());
    codec("RenewPeriodMs", m.renew_period_ms);
}

template <class Codec>
void describe(Codec& codec, field_of<renew_delegation_token_response, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("ExpiryTimestampMs", m.expiry_timestamp_ms);
    codec("ThrottleTimeMs", m.throttle_time_ms);
}

template <class Codec>
void describe(Codec& codec, field_of<expire_delegation_token_request, Codec>& m) {
    codec("Hmac", m.hmac, always.secret());
    codec("ExpiryTimePeriodMs", m.expiry_time_period_ms);
}

template <class Codec>
void describe(Codec& codec, field_of<expire_delegation_token_response, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("ExpiryTimestampMs", m.expiry_timestamp_ms);
    codec("ThrottleTimeMs", m.throttle_time_ms);
}

template <class Codec>
void describe(Codec& codec,
              field_of<describe_delegation_token_request::describe_delegation_token_owner, Codec>& m) {
    codec("PrincipalType", m.principal_type);
    codec("PrincipalName", m.principal_name);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_delegation_token_request, Codec>& m) {
    codec("Owners", m.owners, always.nullable());
}

template <class Codec>
void describe(Codec& codec,
              field_of<describe_delegation_token_response::described_delegation_token_renewer, Codec>& m) {
    codec("PrincipalType", m.principal_type);
    codec("PrincipalName", m.principal_name);
}

template <class Codec>
void describe(Codec& codec,
              field_of<describe_delegation_token_response::described_delegation_token, Codec>& m) {
    codec("PrincipalType", m.principal_type);
    codec("PrincipalName", m.principal_name);
    codec("TokenRequesterPrincipalType", m.token_requester_principal_type, since(3));
    codec("TokenRequesterPrincipalName", m.token_requester_principal_name, since(3));
    codec("IssueTimestamp", m.issue_timestamp);
    codec("ExpiryTimestamp", m.expiry_timestamp);
    codec("MaxTimestamp", m.max_timestamp);
    codec("TokenId", m.token_id);
    codec("Hmac", m.hmac, always.secret());
    codec("Renewers", m.renewers);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_delegation_token_response, Codec>& m) {
    codec("ErrorCode", m.error_code);
    codec("Tokens", m.tokens);
    codec("ThrottleTimeMs", m.throttle_time_ms);
}

KASIO_API(create_delegation_token)
KASIO_API(renew_delegation_token)
KASIO_API(expire_delegation_token)
KASIO_API(describe_delegation_token)

} // namespace protocol
KASIO_END_NAMESPACE
