// SPDX-License-Identifier: BSL-1.0
#include "protocol/printer.hpp"

#include "base/base64.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

KASIO_BEGIN_NAMESPACE
namespace protocol {

namespace {

/// Bytes of the first character; 0 when it is broken.
std::size_t character_size(std::string_view text) noexcept {
    for (std::size_t size = 1; size <= std::min<std::size_t>(4, text.size()); ++size) {
        if (is_utf8(text.substr(0, size))) return size;
    }
    return 0;
}

/// The start of the text, at most `most` bytes of whole characters.
std::string_view start_of(std::string_view text, std::size_t most) noexcept {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
    return text.substr(0, most);
}

} // namespace

void printer::put(bool value) { text_ += value ? "true" : "false"; }

void printer::put(std::int64_t value) { text_ += std::to_string(value); }

void printer::put(double value) {
    // JSON has no word for these.
    if (!std::isfinite(value))
        return put_quoted(std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    std::array<char, 32> digits;
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    text_.append(digits.data(), end);
}

void printer::put(const uuid& value) { put_quoted(value.to_string()); }

void printer::put(const std::string& value) { put_quoted(value); }

void printer::put(const bytes_view& value) {
    if (value.is_null()) text_ += "null";
    else if (value.size() > options_.max_bytes) put_rest(value.size(), "bytes");
    else put_quoted(to_base64(value));
}

void printer::put_rest(std::size_t count, std::string_view of) {
    text_ += "\"<" + std::to_string(count) + ' ';
    text_ += of;
    text_ += ">\"";
}

void printer::put_name(std::string_view name) {
    separate();
    text_ += '"';
    const char first = name.front();
    text_ += first >= 'A' && first <= 'Z' ? static_cast<char>(first - 'A' + 'a') : first;
    text_ += name.substr(1);
    text_ += "\":";
}

void printer::put_quoted(std::string_view text) {
    const std::string_view shown = start_of(text, options_.max_text);
    text_ += '"';
    put_escaped(shown);
    if (shown.size() < text.size()) text_ += "<" + std::to_string(text.size() - shown.size()) + " more>";
    text_ += '"';
}

void printer::put_escaped(std::string_view text) {
    while (!text.empty()) {
        const std::size_t size = character_size(text);
        const std::string_view one = text.substr(0, std::max<std::size_t>(size, 1));
        text.remove_prefix(one.size());
        if (one == "\"" || one == "\\") {
            text_ += '\\';
            text_ += one;
        } else if (size == 0) {
            text_ += "\\ufffd";
        } else if (size == 1 && (one[0] < 0x20 || one[0] == 0x7f)) {
            put_code(static_cast<unsigned char>(one[0]));
        } else if (size == 2 && one[0] == '\xc2' && static_cast<unsigned char>(one[1]) < 0xa0) {
            put_code(static_cast<unsigned char>(one[1])); // terminals take these for commands too
        } else if (one == "\u2028" || one == "\u2029") {
            text_ += one == "\u2028" ? "\\u2028" : "\\u2029"; // some readers end lines there
        } else {
            text_ += one;
        }
    }
}

void printer::put_code(unsigned char code) {
    constexpr std::string_view hex = "0123456789abcdef";
    text_ += "\\u00";
    text_ += hex[code >> 4];
    text_ += hex[code & 0xf];
}

void printer::open(char bracket) { text_ += bracket; }

void printer::close(char bracket) { text_ += bracket; }

void printer::separate() {
    if (!text_.empty() && text_.back() != '{' && text_.back() != '[') text_ += ',';
}

} // namespace protocol
KASIO_END_NAMESPACE
