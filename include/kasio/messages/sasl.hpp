// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>
#include <kasio/bytes.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Authentication, before anything but ApiVersions.

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct sasl_handshake_response;

/// Key 17. Chooses the mechanism. After version 0 the tokens go over the wire raw, after version 1 in
/// SaslAuthenticate.
struct sasl_handshake_request {
    using response_type = sasl_handshake_response;
    static constexpr api_info api{.key = 17, .versions = {0, 1}};

    std::string mechanism;

    sasl_handshake_request() {}
    friend bool operator==(const sasl_handshake_request&, const sasl_handshake_request&) = default;
};

/// With an error, the mechanisms that the broker does offer.
struct sasl_handshake_response {
    static constexpr api_info api = sasl_handshake_request::api;

    std::int16_t error_code = 0;
    std::vector<std::string> mechanisms;

    sasl_handshake_response() {}
    friend bool operator==(const sasl_handshake_response&, const sasl_handshake_response&) = default;
};

struct sasl_authenticate_response;

/// Key 36. One token of the mechanism (KIP-152).
struct sasl_authenticate_request {
    using response_type = sasl_authenticate_response;
    static constexpr api_info api{.key = 36, .versions = {0, 2}, .flexible = 2};

    bytes_view auth_bytes = "";

    sasl_authenticate_request() {}
    friend bool operator==(const sasl_authenticate_request&, const sasl_authenticate_request&) = default;
};

/// The answer to it, and how long the session may last (KIP-368).
struct sasl_authenticate_response {
    static constexpr api_info api = sasl_authenticate_request::api;

    std::int16_t error_code = 0;
    std::optional<std::string> error_message = "";
    bytes_view auth_bytes = "";
    std::int64_t session_lifetime_ms = 0;

    sasl_authenticate_response() {}
    friend bool operator==(const sasl_authenticate_response&, const sasl_authenticate_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
