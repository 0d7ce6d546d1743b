// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#include "net/version_negotiation.hpp"

#include "base/cursor.hpp"
#include "protocol/codec.hpp"

#include <kasio/broker_error.hpp>

#include <algorithm>
#include <utility>

KASIO_BEGIN_NAMESPACE

version_negotiation::outcome version_negotiation::on_answer(std::span<const std::byte> frame) {
    cursor start{frame};
    start.skip(sizeof(std::int32_t)); // correlation id; this answer's header never has tags
    const auto code = start.read<std::int16_t>();
    if (!start.ok()) return fail(errc::malformed_response, "its answer to ApiVersions is too short");

    const bool refused = code == static_cast<std::int16_t>(broker_errc::unsupported_version);
    protocol::api_versions_response answer;
    // Reads version 0 where the code is 35, as the broker wrote it.
    if (const auto error = protocol::decode_response(frame, version_, answer))
        return fail(error, "its answer to ApiVersions cannot be read");
    if (refused) return on_version_refused(answer);
    if (code != 0) return fail(from_broker(code), "it refused ApiVersions v" + std::to_string(version_));
    offered_ = api_versions{answer};
    return outcome::done;
}

version_negotiation::outcome version_negotiation::on_version_refused(
    const protocol::api_versions_response& answer) {
    const std::int16_t refused = version_;
    const auto hint = api_versions{answer}.offered(protocol::api_versions_request::api.key);
    // No hint at all: a broker before Kafka 2.4, where 0 is always understood.
    const std::int16_t next = hint.empty() ? std::int16_t{0} : std::min(hint.max, first_version);
    if (next >= refused || next < hint.min || next < 0)
        return fail(errc::unsupported_version, "it refuses ApiVersions v" + std::to_string(refused) +
                                                   " and names no lower version that this client knows");
    version_ = next;
    return outcome::ask_again;
}

version_negotiation::outcome version_negotiation::fail(error_code error, std::string text) {
    error_ = error;
    error_text_ = std::move(text);
    return outcome::failed;
}

KASIO_END_NAMESPACE
