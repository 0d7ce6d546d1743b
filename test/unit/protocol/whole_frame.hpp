// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/frame.hpp"

#include <string>

/// The pieces of a frame joined.
[[nodiscard]] inline std::string whole(const kasio::protocol::outgoing_frame& frame) {
    std::string bytes;
    for (std::size_t i = 0; i < frame.piece_count(); ++i) {
        const auto piece = frame.piece(i);
        bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    }
    return bytes;
}
