// SPDX-License-Identifier: BSL-1.0
#include "base/base64.hpp"

#include <cstdint>

KASIO_BEGIN_NAMESPACE

namespace {

constexpr std::string_view standard_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(bytes_view bytes, std::string_view digits) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    std::uint32_t bits = 0;
    int count = 0;
    for (const char byte : bytes) {
        bits = (bits << 8) | static_cast<unsigned char>(byte);
        for (count += 8; count >= 6; count -= 6) text += digits[(bits >> (count - 6)) & 0x3f];
    }
    if (count > 0) text += digits[(bits << (6 - count)) & 0x3f];
    return text;
}

std::optional<std::string> decode(std::string_view text, std::string_view digits) {
    if (text.size() % 4 == 1) return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t bits = 0;
    int count = 0;
    for (const char digit : text) {
        const auto value = digits.find(digit);
        if (value == std::string_view::npos) return std::nullopt;
        bits = (bits << 6) | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes += static_cast<char>(bits >> count);
        }
    }
    if ((bits & ((1u << count) - 1)) != 0) return std::nullopt;
    return bytes;
}

} // namespace

std::string to_base64(bytes_view bytes) {
    std::string text = encode(bytes, standard_digits);
    text.append((4 - text.size() % 4) % 4, '=');
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
    return decode(text, standard_digits);
}

std::string to_base64url(bytes_view bytes) { return encode(bytes, url_digits); }

std::optional<std::string> from_base64url(std::string_view text) { return decode(text, url_digits); }

KASIO_END_NAMESPACE
