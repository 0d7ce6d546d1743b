// SPDX-License-Identifier: BSL-1.0
#include "protocol/broker_codec.hpp"

#include "protocol/api_table.hpp"
#include "protocol/decoder.hpp"
#include "protocol/encoder.hpp"
#include "protocol/frame_ends.hpp"

KASIO_BEGIN_NAMESPACE
namespace protocol {

namespace {

constexpr std::int16_t api_versions_key = 18;

} // namespace

error_code decode_request_header(std::span<const std::byte> frame, request_header& header,
                                 std::span<const std::byte>& body) noexcept {
    return decode_guarded([&] {
        decoder codec{frame, 0, false};
        header.api_key = codec.get_int16();
        header.api_version = codec.get_int16();
        header.correlation_id = codec.get_int32();
        codec.get_short_string(header.client_id);
        const api_row* const api = find_api(header.api_key);
        if (api != nullptr && header.api_version >= api->flexible) codec.skip_tag_section();
        body = frame.last(codec.remaining());
        return codec.ok();
    });
}

error_code decode_request_body(std::span<const std::byte> body, std::int16_t version,
                               message_target request) noexcept {
    const api_info& api = request.api;
    if (!api.all().contains(version)) return errc::unsupported_version;
    return decode_guarded([&] {
        decoder codec{body, version, api.is_flexible(version)};
        request.decode(codec, request.message);
        return codec.ok() && codec.remaining() == 0;
    });
}

error_code encode_response_frame(outgoing_frame& out, message_source response, std::int16_t version,
                                 std::int32_t correlation_id) noexcept {
    const api_info& api = response.api;
    if (!api.all().contains(version)) return errc::unsupported_version;
    return encode_frame(out, [&] {
        const bool flexible = api.is_flexible(version);
        encoder codec{out, version, flexible};
        codec.put(correlation_id, always);
        if (flexible && api.key != api_versions_key) codec.put_empty_tag_section();
        response.encode(codec, response.message);
        return codec.error();
    });
}

} // namespace protocol
KASIO_END_NAMESPACE
