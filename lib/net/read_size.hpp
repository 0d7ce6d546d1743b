// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/config.hpp>

#include <algorithm>
#include <cstddef>

KASIO_BEGIN_NAMESPACE

/// One read asks for this much while no large frame is on its way: many small answers come at once.
inline constexpr std::size_t usual_read_bytes = 64 * 1024;
/// No read asks for more: what the kernel copies at once should still be in the caches when it is looked at.
inline constexpr std::size_t largest_read_bytes = 1024 * 1024;

/// How much the next read may bring. `unread` bytes of an unfinished frame lie in a buffer with room for
/// `capacity` in all, `missing` is what the frame still lacks (zero: not known yet), `max` is the buffer's
/// stated maximum. The buffer at most doubles, since it grows with the bytes that came and not with what the
/// peer claims; nothing beyond the end of a large frame is read, so that its buffer can be handed on whole.
[[nodiscard]] constexpr std::size_t next_read_size(std::size_t unread, std::size_t capacity,
                                                   std::size_t missing, std::size_t max) noexcept {
    const std::size_t room = capacity > unread ? capacity - unread : 0;
    std::size_t size = usual_read_bytes;
    if (unread + missing > 2 * usual_read_bytes)
        size = std::min({missing, std::max({usual_read_bytes, unread, room}), largest_read_bytes});
    return std::min(size, max - unread);
}

KASIO_END_NAMESPACE
