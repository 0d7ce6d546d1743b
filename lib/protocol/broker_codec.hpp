// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/codec.hpp"

#include <optional>
#include <string>

// The other half of protocol/codec.hpp, for who plays a broker: bytes to requests, responses to bytes.

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct request_header {
    std::int16_t api_key = -1;
    std::int16_t api_version = -1;
    std::int32_t correlation_id = 0;
    std::optional<std::string> client_id;

    request_header() {}
    friend bool operator==(const request_header&, const request_header&) = default;
};

/// Reads the header from what follows a frame's length; `body` becomes the rest. An api that this library
/// does not know is taken for one without flexible versions.
[[nodiscard]] error_code decode_request_header(std::span<const std::byte> frame, request_header& header,
                                               std::span<const std::byte>& body) noexcept;

[[nodiscard]] error_code decode_request_body(std::span<const std::byte> body, std::int16_t version,
                                             message_target request) noexcept;
[[nodiscard]] error_code encode_response_frame(outgoing_frame& out, message_source response,
                                               std::int16_t version, std::int32_t correlation_id) noexcept;

/// `body` is what follows the request's header; bytes left over make it malformed, as they do for Kafka's
/// brokers. Errors are those of `decode_response`.
template <class Request>
[[nodiscard]] error_code decode_request(std::span<const std::byte> body, std::int16_t version,
                                        Request& out) noexcept {
    return decode_request_body(body, version, target_of(out));
}

/// A whole frame into `out`, which is cleared first. Errors are those of `encode_request`.
template <class Response>
[[nodiscard]] error_code encode_response(outgoing_frame& out, const Response& response, std::int16_t version,
                                         std::int32_t correlation_id) noexcept {
    return encode_response_frame(out, source_of(response), version, correlation_id);
}

} // namespace protocol
KASIO_END_NAMESPACE
