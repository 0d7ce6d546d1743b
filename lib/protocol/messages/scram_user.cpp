// SPDX-License-Identifier: BSL-1.0
#include <kasio/messages/scram_user.hpp>

#include "protocol/describe.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

template <class Codec>
void describe(Codec& codec, field_of<describe_user_scram_credentials_request::user_name, Codec>& m) {
    codec("Name", m.name);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_user_scram_credentials_request, Codec>& m) {
    codec("Users", m.users, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<describe_user_scram_credentials_response::credential_info, Codec>& m) {
    codec("Mechanism", m.mechanism);
    codec("Iterations", m.iterations);
}

template <class Codec>
void describe(
    Codec& codec,
    field_of<describe_user_scram_credentials_response::describe_user_scram_credentials_result, Codec>& m) {
    codec("User", m.user);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("CredentialInfos", m.credential_infos);
}

template <class Codec>
void describe(Codec& codec, field_of<describe_user_scram_credentials_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
    codec("Results", m.results);
}

template <class Codec>
void describe(Codec& codec,
              field_of<alter_user_scram_credentials_request::scram_credential_deletion, Codec>& m) {
    codec("Name", m.name);
    codec("Mechanism", m.mechanism);
}

template <class Codec>
void describe(Codec& codec,
              field_of<alter_user_scram_credentials_request::scram_credential_upsertion, Codec>& m) {
    codec("Name", m.name);
    codec("Mechanism", m.mechanism);
    codec("Iterations", m.iterations);
    codec("Salt", m.salt, always.secret());
    codec("SaltedPassword", m.salted_password, always.secret());
}

template <class Codec>
void describe(Codec& codec, field_of<alter_user_scram_credentials_request, Codec>& m) {
    codec("Deletions", m.deletions);
    codec("Upsertions", m.upsertions);
}

template <class Codec>
void describe(
    Codec& codec,
    field_of<alter_user_scram_credentials_response::alter_user_scram_credentials_result, Codec>& m) {
    codec("User", m.user);
    codec("ErrorCode", m.error_code);
    codec("ErrorMessage", m.error_message, always.nullable());
}

template <class Codec>
void describe(Codec& codec, field_of<alter_user_scram_credentials_response, Codec>& m) {
    codec("ThrottleTimeMs", m.throttle_time_ms);
    codec("Results", m.results);
}

KASIO_API(describe_user_scram_credentials)
KASIO_API(alter_user_scram_credentials)

} // namespace protocol
KASIO_END_NAMESPACE
