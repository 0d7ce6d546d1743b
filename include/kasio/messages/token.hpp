// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>
#include <kasio/bytes.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Delegation tokens (KIP-48).

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct create_delegation_token_response;

/// Key 38. A new token for the principal of the connection or, from version 3, for another one.
struct create_delegation_token_request {
    using response_type = create_delegation_token_response;
    static constexpr api_info api{.key = 38, .versions = {0, 3}, .flexible = 2};

    struct creatable_renewers {
        std::string principal_type;
        std::string principal_name;

        creatable_renewers() {}
        friend bool operator==(const creatable_renewers&, const creatable_renewers&) = default;
    };

    std::optional<std::string> owner_principal_type = "";
    std::optional<std::string> owner_principal_name = "";
    std::vector<creatable_renewers> renewers;
    std::int64_t max_lifetime_ms = 0;

    create_delegation_token_request() {}
    friend bool operator==(const create_delegation_token_request&,
                           const create_delegation_token_request&) = default;
};

/// The token and its secret.
struct create_delegation_token_response {
    static constexpr api_info api = create_delegation_token_request::api;

    std::int16_t error_code = 0;
    std::string principal_type;
    std::string principal_name;
    std::string token_requester_principal_type;
    std::string token_requester_principal_name;
    std::int64_t issue_timestamp_ms = 0;
    std::int64_t expiry_timestamp_ms = 0;
    std::int64_t max_timestamp_ms = 0;
    std::string token_id;
    bytes_view hmac = "";
    std::int32_t throttle_time_ms = 0;

    create_delegation_token_response() {}
    friend bool operator==(const create_delegation_token_response&,
                           const create_delegation_token_response&) = default;
};

struct renew_delegation_token_response;

/// Key 39. Moves the expiry of a token up.
struct renew_delegation_token_request {
    using response_type = renew_delegation_token_response;
    static constexpr api_info api{.key = 39, .versions = {0, 2}, .flexible = 2};

    bytes_view hmac = "";
    std::int64_t renew_period_ms = 0;

    renew_delegation_token_request() {}
    friend bool operator==(const renew_delegation_token_request&,
                           const renew_delegation_token_request&) = default;
};

/// The new time of expiry.
struct renew_delegation_token_response {
    static constexpr api_info api = renew_delegation_token_request::api;

    std::int16_t error_code = 0;
    std::int64_t expiry_timestamp_ms = 0;
    std::int32_t throttle_time_ms = 0;

    renew_delegation_token_response() {}
    friend bool operator==(const renew_delegation_token_response&,
                           const renew_delegation_token_response&) = default;
};

struct expire_delegation_token_response;

/// Key 40. Ends a token.
struct expire_delegation_token_request {
    using response_type = expire_delegation_token_response;
    static constexpr api_info api{.key = 40, .versions = {0, 2}, .flexible = 2};

    bytes_view hmac = "";
    std::int64_t expiry_time_period_ms = 0;

    expire_delegation_token_request() {}
    friend bool operator==(const expire_delegation_token_request&,
                           const expire_delegation_token_request&) = default;
};

/// The time of its end.
struct expire_delegation_token_response {
    static constexpr api_info api = expire_delegation_token_request::api;

    std::int16_t error_code = 0;
    std::int64_t expiry_timestamp_ms = 0;
    std::int32_t throttle_time_ms = 0;

    expire_delegation_token_response() {}
    friend bool operator==(const expire_delegation_token_response&,
                           const expire_delegation_token_response&) = default;
};

struct describe_delegation_token_response;

/// Key 41. Tokens of these owners; null asks for all that may be seen.
struct describe_delegation_token_request {
    using response_type = describe_delegation_token_response;
    static constexpr api_info api{.key = 41, .versions = {0, 3}, .flexible = 2};

    struct describe_delegation_token_owner {
        std::string principal_type;
        std::string principal_name;

        describe_delegation_token_owner() {}
        friend bool operator==(const describe_delegation_token_owner&,
                               const describe_delegation_token_owner&) = default;
    };

    std::optional<std::vector<describe_delegation_token_owner>> owners{std::in_place};

    describe_delegation_token_request() {}
    friend bool operator==(const describe_delegation_token_request&,
                           const describe_delegation_token_request&) = default;
};

/// The tokens with their secrets.
struct describe_delegation_token_response {
    static constexpr api_info api = describe_delegation_token_request::api;

    struct described_delegation_token_renewer {
        std::string principal_type;
        std::string principal_name;

        described_delegation_token_renewer() {}
        friend bool operator==(const described_delegation_token_renewer&,
                               const described_delegation_token_renewer&) = default;
    };

    struct described_delegation_token {
        std::string principal_type;
        std::string principal_name;
        std::string token_requester_principal_type;
        std::string token_requester_principal_name;
        std::int64_t issue_timestamp = 0;
        std::int64_t expiry_timestamp = 0;
        std::int64_t max_timestamp = 0;
        std::string token_id;
        bytes_view hmac = "";
        std::vector<described_delegation_token_renewer> renewers;

        described_delegation_token() {}
        friend bool operator==(const described_delegation_token&,
                               const described_delegation_token&) = default;
    };

    std::int16_t error_code = 0;
    std::vector<described_delegation_token> tokens;
    std::int32_t throttle_time_ms = 0;

    describe_delegation_token_response() {}
    friend bool operator==(const describe_delegation_token_response&,
                           const describe_delegation_token_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
