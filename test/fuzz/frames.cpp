// SPDX-License-Identifier: BSL-1.0
#include "net/frame_splitter.hpp"
#include "net/version_negotiation.hpp"
#include "protocol/api_table.hpp"
#include "protocol/broker_codec.hpp"
#include "protocol/codec.hpp"
#include "require.hpp"
#include "targets.hpp"

#include <kasio/messages/group.hpp>

using namespace kasio;
using namespace kasio::protocol;

namespace {

constexpr std::size_t max_frame_bytes = 1 << 16;

void as_request(std::span<const std::byte> frame) {
    request_header header;
    std::span<const std::byte> body;
    if (decode_request_header(frame, header, body)) return;
    require(body.size() <= frame.size() && body.data() + body.size() == frame.data() + frame.size(),
            "the body is the end of the frame");
    // Bodies have a target of their own.
    heartbeat_request heartbeat;
    const error_code error = decode_request(body, 4, heartbeat);
    require(!error || error == errc::malformed_response, "a request is malformed or not");
}

void as_answer(std::span<const std::byte> frame) {
    require(peek_correlation_id(frame).has_value(), "each frame holds a correlation id");
    heartbeat_response heartbeat;
    for (const std::int16_t version : {0, 4}) {
        const error_code error = decode_response(frame, version, heartbeat);
        require(!error || error == errc::malformed_response, "an answer is malformed or not");
    }
}

void check_offer(const api_versions& offer) {
    for (const api_row& api : api_table()) {
        const auto picked = offer.pick({.key = api.key, .versions = api.versions, .flexible = api.flexible});
        if (!picked) continue;
        require(api.versions.contains(*picked) && offer.offered(api.key).contains(*picked),
                "a picked version is one that both know");
    }
}

} // namespace

void fuzz_frames(std::span<const std::byte> input) {
    frame_splitter splitter{max_frame_bytes};
    version_negotiation negotiation;
    auto negotiated = version_negotiation::outcome::ask_again;
    int asked = 0;
    for (;;) {
        const auto found = splitter.next(input);
        if (found.error) return;
        if (found.frame.empty()) {
            require(input.size() < frame_splitter::length_bytes || found.missing > 0, "more must come");
            require(found.missing <= max_frame_bytes, "no frame is waited for that is too long");
            return;
        }
        input = input.subspan(frame_splitter::length_bytes + found.frame.size());
        as_request(found.frame);
        as_answer(found.frame);
        if (negotiated != version_negotiation::outcome::ask_again) continue;
        negotiated = negotiation.on_answer(found.frame);
        require(++asked <= 4, "a negotiation ends after four answers");
        if (negotiated == version_negotiation::outcome::done) check_offer(negotiation.offered());
        if (negotiated == version_negotiation::outcome::failed)
            require(bool(negotiation.error()), "a negotiation fails for a reason");
    }
}
