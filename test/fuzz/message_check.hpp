// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/any_message.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

/// Decodes `body`. What can be read can be printed and written, in no more bytes, and reads the same again.
/// Returns how many bytes the message took, or nothing when they are none.
std::optional<std::size_t> check_body(const kasio::protocol::message_type& type, std::int16_t version,
                                      std::span<const std::byte> body);
