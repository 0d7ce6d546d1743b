// SPDX-License-Identifier: BSL-1.0
#include "text.hpp"

#include "usage_error.hpp"

#include <cstdint>

namespace cli {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view digits_64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view escape_letters = "ntrabefv\\";
constexpr std::string_view escape_bytes = "\n\t\r\a\b\x1b\f\v\\";

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_octal(char c) { return c >= '0' && c <= '7'; }

/// How many bytes follow a first byte of UTF-8; -1 when it is none.
int more_after(unsigned char lead) {
    if (lead < 0x80) return 0;
    if (lead >= 0xc2 && lead < 0xe0) return 1;
    if (lead >= 0xe0 && lead < 0xf0) return 2;
    return lead >= 0xf0 && lead < 0xf5 ? 3 : -1;
}

} // namespace

std::string unescaped(std::string_view text) {
    std::string bytes;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\\' || at + 1 == text.size()) {
            bytes += text[at];
            continue;
        }
        const char kind = text[++at];
        if (const auto known = escape_letters.find(kind); known != escape_letters.npos) {
            bytes += escape_bytes[known];
        } else if (is_octal(kind)) {
            int code = kind - '0';
            for (int more = 0; more < 2 && at + 1 < text.size() && is_octal(text[at + 1]); ++more) {
                code = code * 8 + (text[++at] - '0');
            }
            if (code > 255) throw usage_error{"octal number above \\377 in '" + std::string{text} + "'"};
            bytes += static_cast<char>(code);
        } else if (kind == 'x') {
            if (at + 2 >= text.size() || hex_digit(text[at + 1]) < 0 || hex_digit(text[at + 2]) < 0) {
                throw usage_error{"\\x needs two hexadecimal digits in '" + std::string{text} + "'"};
            }
            bytes += static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2]));
            at += 2;
        } else {
            bytes += '\\';
            bytes += kind;
        }
    }
    return bytes;
}

bool is_utf8(std::string_view text) noexcept {
    for (std::size_t at = 0; at < text.size();) {
        const auto lead = static_cast<unsigned char>(text[at]);
        const int more = more_after(lead);
        if (more < 0 || at + static_cast<std::size_t>(more) >= text.size()) return false;
        const auto second = more > 0 ? static_cast<unsigned char>(text[at + 1]) : 0x80;
        // Longer than needed, surrogates, beyond Unicode.
        if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
            (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) {
            return false;
        }
        for (int step = 1; step <= more; ++step) {
            if ((static_cast<unsigned char>(text[at + static_cast<std::size_t>(step)]) & 0xc0) != 0x80)
                return false;
        }
        at += 1 + static_cast<std::size_t>(more);
    }
    return true;
}

std::string base64(std::string_view bytes) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t group = 0;
        for (std::size_t step = 0; step < 3; ++step) {
            group =
                group << 8 | (at + step < bytes.size() ? static_cast<unsigned char>(bytes[at + step]) : 0U);
        }
        for (std::size_t step = 0; step < 4; ++step) {
            text += at + step > bytes.size() ? '=' : digits_64[group >> (18 - 6 * step) & 63U];
        }
    }
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
    std::string bytes;
    std::uint32_t group = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto digit = at + padding < text.size() ? digits_64.find(text[at]) : 0;
        if (digit == digits_64.npos) return std::nullopt;
        group = group << 6 | static_cast<std::uint32_t>(digit);
        if (at % 4 != 3) continue;
        for (int shift = 16; shift >= 0; shift -= 8) bytes += static_cast<char>(group >> shift & 0xffU);
        group = 0;
    }
    bytes.resize(bytes.size() - padding);
    return bytes;
}

std::string hexadecimal(std::string_view bytes) {
    std::string text;
    for (const char each : bytes) {
        const auto code = static_cast<unsigned char>(each);
        text += hex_digits[code >> 4];
        text += hex_digits[code & 15];
    }
    return text;
}

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    for (const char each : text) {
        const auto code = static_cast<unsigned char>(each);
        if (each == '"' || each == '\\') {
            out += '\\';
            out += each;
        } else if (code < 0x20) {
            out += "\\u00";
            out += hex_digits[code >> 4];
            out += hex_digits[code & 15];
        } else {
            out += each;
        }
    }
    out += '"';
}

} // namespace cli
