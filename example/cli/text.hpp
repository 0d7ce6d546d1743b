// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cli {

/// `\n`, `\t`, `\r`, `\a`, `\b`, `\e`, `\f`, `\v`, `\\`, `\xNN` and up to three octal digits (`\0`) stand for
/// bytes, anything else for itself. Throws `usage_error`.
std::string unescaped(std::string_view text);

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

std::string base64(std::string_view bytes);
/// Nothing when it is no base64 with padding.
std::optional<std::string> from_base64(std::string_view text);
std::string hexadecimal(std::string_view bytes);

/// A JSON string, quoted; text must be UTF-8.
void append_json_string(std::string& out, std::string_view text);

} // namespace cli
