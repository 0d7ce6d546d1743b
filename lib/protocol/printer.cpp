// SPDX-License-Identifier: BSL-1.0
#include "protocol/printer.hpp"

#include "base/base64.hpp"

#include <array>
#include <charconv>

KASIO_BEGIN_NAMESPACE
namespace protocol {

void printer::put(bool value) { text_ += value ? "true" : "false"; }

void printer::put(std::int64_t value) { text_ += std::to_string(value); }

void printer::put(double value) {
    std::array<char, 32> digits;
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    text_.append(digits.data(), end);
}

void printer::put(const uuid& value) { put_quoted(value.to_string()); }

void printer::put(const std::string& value) { put_quoted(value); }

void printer::put(const bytes_view& value) {
    if (value.is_null()) text_ += "null";
    else if (value.size() > options_.max_bytes) text_ += "\"<" + std::to_string(value.size()) + " bytes>\"";
    else put_quoted(to_base64(value));
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
    constexpr std::string_view hex = "0123456789abcdef";
    text_ += '"';
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            text_ += '\\';
            text_ += c;
        } else if (code < 0x20 || code == 0x7f) {
            text_ += "\\u00";
            text_ += hex[code >> 4];
            text_ += hex[code & 0xf];
        } else {
            text_ += c;
        }
    }
    text_ += '"';
}

void printer::open(char bracket) { text_ += bracket; }

void printer::close(char bracket) { text_ += bracket; }

void printer::separate() {
    if (!text_.empty() && text_.back() != '{' && text_.back() != '[') text_ += ',';
}

} // namespace protocol
KASIO_END_NAMESPACE
