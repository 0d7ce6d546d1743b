// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/field.hpp"
#include "protocol/frame.hpp"

#include <kasio/bytes.hpp>
#include <kasio/error.hpp>

#include <cstdint>
#include <span>

// What the client needs of the messages: requests to bytes, bytes to responses. Each message's description
// stands in its family's source, which instantiates these templates; so this header pulls in no codec. The
// other half is in protocol/broker_codec.hpp.

KASIO_BEGIN_NAMESPACE
namespace protocol {

class encoder;
class decoder;

/// Defined, by the description, in the message's family.
template <class Message>
void encode_body(encoder& codec, const Message& message);
template <class Message>
void decode_body(decoder& codec, Message& message);

/// A message whose type was forgotten, with what must still be known about it.
struct message_source {
    const api_info& api;
    const void* message;
    void (*encode)(encoder&, const void*);
};
struct message_target {
    const api_info& api;
    void* message;
    void (*decode)(decoder&, void*);
};

template <class Message>
[[nodiscard]] message_source source_of(const Message& message) noexcept {
    return {Message::api, &message, [](encoder& codec, const void* erased) {
                encode_body(codec, *static_cast<const Message*>(erased));
            }};
}
template <class Message>
[[nodiscard]] message_target target_of(Message& message) noexcept {
    return {Message::api, &message, [](decoder& codec, void* erased) {
                auto& fresh = *static_cast<Message*>(erased);
                fresh = Message{};
                decode_body(codec, fresh);
            }};
}

[[nodiscard]] error_code encode_request_frame(outgoing_frame& out, message_source request,
                                              std::int16_t version, bytes_view client_id) noexcept;
[[nodiscard]] error_code decode_response_frame(std::span<const std::byte> frame, std::int16_t version,
                                               message_target response) noexcept;

/// Encodes a whole frame (length, header, body) into `out`, which is cleared first; the correlation id is 0
/// until `out.set_correlation_id`. Long bytes of the request are borrowed: they must live as long as the
/// frame is used.
///
/// `errc::unsupported_version`: the description has no such version, or a field that the version lacks has a
/// value that must not be lost, or a field is null that may not be. `errc::invalid_argument`: a string over
/// 32,767 bytes, a frame over 2 GiB. `errc::not_enough_memory`. After an error `out` is empty.
template <class Request>
[[nodiscard]] error_code encode_request(outgoing_frame& out, const Request& request, std::int16_t version,
                                        bytes_view client_id) noexcept {
    return encode_request_frame(out, source_of(request), version, client_id);
}

/// Decodes what follows a frame's length: response header and body. Bytes and records of `out` are views of
/// `frame`.
///
/// `errc::malformed_response`, `errc::unsupported_version` (no such version in the description),
/// `errc::not_enough_memory`; then `out` holds part of the answer. Bytes after the body are let be, as are
/// tags that this version of the library does not know. An ApiVersions answer with error 35 is read as
/// version 0 whatever was asked.
template <class Response>
[[nodiscard]] error_code decode_response(std::span<const std::byte> frame, std::int16_t version,
                                         Response& out) noexcept {
    return decode_response_frame(frame, version, target_of(out));
}

/// An embedded format (consumer protocol subscription and assignment): a 16-bit version, then the body, no
/// tags.
[[nodiscard]] error_code encode_stored_bytes(outgoing_frame& out, message_source stored,
                                             std::int16_t version) noexcept;
/// A version above the newest known one is read as the newest, since newer writers only append fields.
[[nodiscard]] error_code decode_stored_bytes(std::span<const std::byte> bytes, message_target stored,
                                             std::int16_t& version) noexcept;

template <class Stored>
[[nodiscard]] error_code encode_stored(outgoing_frame& out, const Stored& stored,
                                       std::int16_t version) noexcept {
    return encode_stored_bytes(out, source_of(stored), version);
}
/// `version` becomes the one that stood in the bytes.
template <class Stored>
[[nodiscard]] error_code decode_stored(std::span<const std::byte> bytes, Stored& out,
                                       std::int16_t& version) noexcept {
    return decode_stored_bytes(bytes, target_of(out), version);
}

} // namespace protocol
KASIO_END_NAMESPACE
