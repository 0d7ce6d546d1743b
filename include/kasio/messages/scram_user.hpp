// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>
#include <kasio/bytes.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// SCRAM credentials (KIP-554).

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct describe_user_scram_credentials_response;

/// Key 50. Which users have credentials; null asks for all.
struct describe_user_scram_credentials_request {
    using response_type = describe_user_scram_credentials_response;
    static constexpr api_info api{.key = 50, .versions = {0, 0}, .flexible = 0};

    struct user_name {
        std::string name;

        user_name() {}
        friend bool operator==(const user_name&, const user_name&) = default;
    };

    std::optional<std::vector<user_name>> users{std::in_place};

    describe_user_scram_credentials_request() {}
    friend bool operator==(const describe_user_scram_credentials_request&,
                           const describe_user_scram_credentials_request&) = default;
};

/// Mechanisms and iterations, never secrets.
struct describe_user_scram_credentials_response {
    static constexpr api_info api = describe_user_scram_credentials_request::api;

    struct credential_info {
        std::int8_t mechanism = 0;
        std::int32_t iterations = 0;

        credential_info() {}
        friend bool operator==(const credential_info&, const credential_info&) = default;
    };

    struct describe_user_scram_credentials_result {
        std::string user;
        std::int16_t error_code = 0;
        std::optional<std::string> error_message = "";
        std::vector<credential_info> credential_infos;

        describe_user_scram_credentials_result() {}
        friend bool operator==(const describe_user_scram_credentials_result&,
                               const describe_user_scram_credentials_result&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::optional<std::string> error_message = "";
    std::vector<describe_user_scram_credentials_result> results;

    describe_user_scram_credentials_response() {}
    friend bool operator==(const describe_user_scram_credentials_response&,
                           const describe_user_scram_credentials_response&) = default;
};

struct alter_user_scram_credentials_response;

/// Key 51. Sets and deletes credentials; passwords come salted.
struct alter_user_scram_credentials_request {
    using response_type = alter_user_scram_credentials_response;
    static constexpr api_info api{.key = 51, .versions = {0, 0}, .flexible = 0};

    struct scram_credential_deletion {
        std::string name;
        std::int8_t mechanism = 0;

        scram_credential_deletion() {}
        friend bool operator==(const scram_credential_deletion&, const scram_credential_deletion&) = default;
    };

    struct scram_credential_upsertion {
        std::string name;
        std::int8_t mechanism = 0;
        std::int32_t iterations = 0;
        bytes_view salt = "";
        bytes_view salted_password = "";

        scram_credential_upsertion() {}
        friend bool operator==(const scram_credential_upsertion&,
                               const scram_credential_upsertion&) = default;
    };

    std::vector<scram_credential_deletion> deletions;
    std::vector<scram_credential_upsertion> upsertions;

    alter_user_scram_credentials_request() {}
    friend bool operator==(const alter_user_scram_credentials_request&,
                           const alter_user_scram_credentials_request&) = default;
};

/// An error a user.
struct alter_user_scram_credentials_response {
    static constexpr api_info api = alter_user_scram_credentials_request::api;

    struct alter_user_scram_credentials_result {
        std::string user;
        std::int16_t error_code = 0;
        std::optional<std::string> error_message = "";

        alter_user_scram_credentials_result() {}
        friend bool operator==(const alter_user_scram_credentials_result&,
                               const alter_user_scram_credentials_result&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<alter_user_scram_credentials_result> results;

    alter_user_scram_credentials_response() {}
    friend bool operator==(const alter_user_scram_credentials_response&,
                           const alter_user_scram_credentials_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
