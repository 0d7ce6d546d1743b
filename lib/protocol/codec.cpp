// SPDX-License-Identifier: BSL-1.0
#include "protocol/codec.hpp"

#include "base/big_endian.hpp"
#include "protocol/decoder.hpp"
#include "protocol/encoder.hpp"
#include "protocol/frame_ends.hpp"

#include <kasio/broker_error.hpp>

#include <algorithm>
#include <new>

KASIO_BEGIN_NAMESPACE
namespace protocol {

namespace {

constexpr std::int16_t api_versions_key = 18;

// A broker that does not know the version asked for answers in the oldest one, so that any client can read
// what it offers (KIP-511).
std::int16_t body_version(const api_info& api, std::int16_t version,
                          std::span<const std::byte> body) noexcept {
    if (api.key != api_versions_key || body.size() < sizeof(std::int16_t)) return version;
    const auto error = static_cast<broker_errc>(load_big<std::int16_t>(body.data()));
    return error == broker_errc::unsupported_version ? std::int16_t{0} : version;
}

} // namespace

error_code encode_request_frame(outgoing_frame& out, message_source request, std::int16_t version,
                                bytes_view client_id) noexcept {
    const api_info& api = request.api;
    if (!api.all().contains(version)) return errc::unsupported_version;
    return encode_frame(out, [&] {
        encoder codec{out, version, api.is_flexible(version)};
        codec.put(api.key, always);
        codec.put(version, always);
        codec.put(std::int32_t{0}, always);
        codec.put_short_string(client_id);
        if (api.is_flexible(version)) codec.put_empty_tag_section();
        request.encode(codec, request.message);
        return codec.error();
    });
}

error_code decode_response_frame(std::span<const std::byte> frame, std::int16_t version,
                                 message_target response) noexcept {
    const api_info& api = response.api;
    if (!api.all().contains(version)) return errc::unsupported_version;
    return decode_guarded([&] {
        const bool flexible = api.is_flexible(version);
        decoder header{frame, version, flexible};
        static_cast<void>(header.get_int32());
        if (flexible && api.key != api_versions_key) header.skip_tag_section();
        if (!header.ok()) return false;
        const auto body = frame.last(header.remaining());
        version = body_version(api, version, body);
        decoder codec{body, version, api.is_flexible(version)};
        response.decode(codec, response.message);
        return codec.ok();
    });
}

error_code encode_stored_bytes(outgoing_frame& out, message_source stored, std::int16_t version) noexcept {
    if (!stored.api.all().contains(version)) return errc::unsupported_version;
    return encode_guarded(out, [&] {
        encoder codec{out, version, stored.api.is_flexible(version)};
        codec.put(version, always);
        stored.encode(codec, stored.message);
        return codec.error();
    });
}

error_code decode_stored_bytes(std::span<const std::byte> bytes, message_target stored,
                               std::int16_t& version) noexcept {
    return decode_guarded([&] {
        decoder header{bytes, 0, false};
        version = header.get_int16();
        const version_range known = stored.api.all();
        if (!header.ok() || version < known.min) return false;
        const std::int16_t readable = std::min(version, known.max);
        decoder codec{bytes.last(header.remaining()), readable, stored.api.is_flexible(readable)};
        stored.decode(codec, stored.message);
        return codec.ok();
    });
}

} // namespace protocol
KASIO_END_NAMESPACE
