// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "base/big_endian.hpp"
#include "protocol/frame.hpp"

#include <kasio/error.hpp>

#include <limits>
#include <new>

KASIO_BEGIN_NAMESPACE
namespace protocol {

/// Empties `out`, lets `encode` fill it (it returns its errc) and turns what goes wrong into a value; then
/// `out` is empty.
template <class Encode>
[[nodiscard]] error_code encode_guarded(outgoing_frame& out, Encode encode) noexcept {
    out.clear();
    errc failure = errc::not_enough_memory;
    try {
        failure = encode();
    } catch (const std::bad_alloc&) {
        failure = errc::not_enough_memory;
    }
    if (failure == errc{}) return {};
    out.clear();
    return failure;
}

/// The same for a frame: puts the length of what `encode` wrote before it.
template <class Encode>
[[nodiscard]] error_code encode_frame(outgoing_frame& out, Encode encode) noexcept {
    constexpr std::size_t length_size = sizeof(std::int32_t);
    const error_code failure = encode_guarded(out, [&] {
        static_cast<void>(out.extend(length_size));
        return encode();
    });
    if (failure) return failure;
    const std::size_t length = out.size() - length_size;
    if (length > std::numeric_limits<std::int32_t>::max()) {
        out.clear();
        return errc::invalid_argument;
    }
    store_big(out.own(), static_cast<std::int32_t>(length));
    return {};
}

/// Runs `decode`, which returns whether the bytes made sense.
template <class Decode>
[[nodiscard]] error_code decode_guarded(Decode decode) noexcept {
    try {
        return decode() ? error_code{} : errc::malformed_response;
    } catch (const std::bad_alloc&) {
        return errc::not_enough_memory;
    }
}

} // namespace protocol
KASIO_END_NAMESPACE
