// SPDX-License-Identifier: BSL-1.0
#include "message_check.hpp"

#include "require.hpp"

#include <kasio/error.hpp>

#include <string>

using namespace kasio;
using namespace kasio::protocol;

namespace {

std::string encoded(const any_message& message, std::int16_t version) {
    outgoing_frame out;
    require(!message.encode(out, version), "what was decoded can be encoded");
    std::string bytes;
    for (std::size_t i = 0; i < out.piece_count(); ++i) bytes += bytes_view{out.piece(i)}.view();
    require(bytes.size() == out.size(), "a frame is as long as it says");
    return bytes;
}

} // namespace

std::optional<std::size_t> check_body(const message_type& type, std::int16_t version,
                                      std::span<const std::byte> body) {
    const auto message = type.make();
    std::size_t left = 0;
    if (const error_code error = message->decode(body, version, left)) {
        require(error == errc::malformed_response, "bytes are malformed or not");
        return std::nullopt;
    }
    require(left <= body.size(), "nothing is read behind the end");
    const std::size_t taken = body.size() - left;
    const std::string bytes = encoded(*message, version);
    // Unknown tags, tags with their initial value and long varints are not written again.
    require(bytes.size() <= taken, "a message is not written in more bytes than it was read from");

    const auto again = type.make();
    std::size_t left_again = 0;
    require(!again->decode(bytes_view{bytes}.bytes(), version, left_again) && left_again == 0,
            "what was encoded can be decoded");
    // NaN differs from itself, so what is compared is the print.
    require(again->print(version, print_all) == message->print(version, print_all), "it reads the same");
    require(encoded(*again, version) == bytes, "it is written the same");
    require(message->print(version, {}).find('\n') == std::string::npos, "it prints as one line");
    return taken;
}
