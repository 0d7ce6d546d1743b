// SPDX-License-Identifier: BSL-1.0
#include "settings.hpp"

#include <charconv>
#include <iostream>

namespace cli {

namespace {

template <class Integer>
std::optional<Integer> as_integer(std::string_view text) {
    Integer number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
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
        switch (kind) {
        case 'n': bytes += '\n'; break;
        case 't': bytes += '\t'; break;
        case 'r': bytes += '\r'; break;
        case '0': bytes += '\0'; break;
        case '\\': bytes += '\\'; break;
        case 'x':
            if (at + 2 < text.size() && hex_digit(text[at + 1]) >= 0 && hex_digit(text[at + 2]) >= 0) {
                bytes += static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2]));
                at += 2;
                break;
            }
            throw usage_error{"\\x needs two hexadecimal digits in '" + std::string{text} + "'"};
        default: bytes += '\\'; bytes += kind;
        }
    }
    return bytes;
}

kasio::start_position parse_offset(std::string_view text) {
    using kasio::start_position;
    if (text == "beginning" || text == "earliest" || text == "start") return start_position::beginning();
    if (text == "end" || text == "latest") return start_position::end();
    if (text == "stored") throw usage_error{"-o stored: offsets are stored by groups, and there is none"};
    if (text.starts_with("s@")) {
        const auto time = as_integer<std::int64_t>(text.substr(2));
        if (time) return start_position::at_time(kasio::timestamp{std::chrono::milliseconds{*time}});
    } else if (const auto number = as_integer<std::int64_t>(text)) {
        return *number < 0 ? start_position::before_end(-*number) : start_position::at(*number);
    }
    throw usage_error{"-o '" + std::string{text} + "' is none of beginning, end, N, -N, s@milliseconds"};
}

void complain(std::string_view what, const kasio::error_code& error, const kasio::failure& cause) {
    std::string line = "% ERROR: ";
    line += what;
    line += ": " + kasio::error_name(error) + ": " + error.message();
    if (!cause.text.empty()) line += " (" + cause.text + ")";
    for (auto& each : line) {
        if (static_cast<unsigned char>(each) < ' ') each = ' ';
    }
    std::cerr << line << std::endl;
}

} // namespace cli
