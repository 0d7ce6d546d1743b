// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#include "net/frame_splitter.hpp"

#include "base/big_endian.hpp"

#include <algorithm>
#include <cstdint>

KASIO_BEGIN_NAMESPACE

frame_splitter::found frame_splitter::next(std::span<const std::byte> unread) noexcept {
    found result;
    if (unread.size() < length_bytes) return result;
    result.error = judge(unread);
    if (result.error) return result;

    const auto length = static_cast<std::size_t>(load_big<std::int32_t>(unread.data()));
    const std::size_t here = unread.size() - length_bytes;
    if (here < length) {
        result.missing = length - here;
        return result;
    }
    result.whole = true;
    result.frame = unread.subspan(length_bytes, length);
    first_ = false;
    return result;
}

error_code frame_splitter::judge(std::span<const std::byte> unread) const noexcept {
    const auto* const bytes = unread.data();
    if (first_) {
        // Text ("HTTP", "SSH-", "220 ") read as a length is at least 0x20202020, half a gigabyte: the answer
        // to the first request, ApiVersions, is never that long, whatever maximum the user allows.
        const auto printable = [](std::byte byte) {
            return byte >= std::byte{0x20} && byte < std::byte{0x7f};
        };
        if (std::all_of(bytes, bytes + length_bytes, printable)) return errc::not_a_broker;
        // A TLS alert record: type 21, protocol 3.x (KAFKA-4493: read as a length, some 352 MB).
        if (bytes[0] == std::byte{0x15} && bytes[1] == std::byte{0x03} && bytes[2] <= std::byte{0x04})
            return errc::tls_expected;
    }
    const auto length = load_big<std::int32_t>(bytes);
    if (length < static_cast<std::int32_t>(smallest_)) return errc::malformed_response;
    if (static_cast<std::size_t>(length) > max_frame_bytes_) return errc::malformed_response;
    return {};
}

KASIO_END_NAMESPACE
