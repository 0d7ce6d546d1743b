// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/bytes.hpp>
#include <kasio/config.hpp>

#include <optional>
#include <string>
#include <string_view>

KASIO_BEGIN_NAMESPACE

/// Base 64 with `+/` and padding (RFC 4648 section 4), as SASL and JSON use it.
[[nodiscard]] std::string to_base64(bytes_view bytes);
/// Nothing when the text is no base 64: a foreign character, a wrong length, bits left over.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

/// Base 64 with `-_` and no padding (RFC 4648 section 5), as Kafka prints its identifiers and JWT its parts.
[[nodiscard]] std::string to_base64url(bytes_view bytes);
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

KASIO_END_NAMESPACE
