// SPDX-License-Identifier: BSL-1.0
#include <kasio/properties.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>

KASIO_BEGIN_NAMESPACE

namespace {

constexpr std::string_view blanks = " \t\f";

bool is_blank(char c) { return blanks.find(c) != blanks.npos; }

/// Lines of Java's property files, joined where a backslash says so.
class line_reader {
public:
    explicit line_reader(std::string_view text) : text_{text} {}

    /// The next line that holds something, without what is in front; nothing at the end.
    std::optional<std::string> next() {
        while (!text_.empty()) {
            auto line = natural_line();
            if (line.empty() || line.front() == '#' || line.front() == '!') continue;
            first_ = number_;
            std::string whole{line};
            while (ends_in_backslash(whole)) {
                whole.pop_back();
                if (text_.empty()) break;
                whole += natural_line();
            }
            return whole;
        }
        return std::nullopt;
    }
    /// Where the last one began, from 1.
    [[nodiscard]] std::size_t number() const { return first_; }

private:
    /// Up to a line's end (any kind), without the blanks in front.
    std::string_view natural_line() {
        ++number_;
        const auto end = std::min(text_.find_first_of("\r\n"), text_.size());
        auto line = text_.substr(0, end);
        const bool both = text_.substr(end).starts_with("\r\n");
        text_.remove_prefix(std::min(end + (both ? 2 : 1), text_.size()));
        line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
        return line;
    }
    static bool ends_in_backslash(std::string_view line) {
        const auto last_other = line.find_last_not_of('\\');
        const auto count = last_other == line.npos ? line.size() : line.size() - 1 - last_other;
        return count % 2 == 1;
    }

    std::string_view text_;
    std::size_t number_ = 0;
    std::size_t first_ = 0;
};

void append_utf8(std::string& to, std::uint32_t code) {
    const auto tail = [&](int shift) { to += static_cast<char>(0x80U | ((code >> shift) & 0x3fU)); };
    if (code < 0x80) {
        to += static_cast<char>(code);
    } else if (code < 0x800) {
        to += static_cast<char>(0xc0U | code >> 6);
        tail(0);
    } else if (code < 0x10000) {
        to += static_cast<char>(0xe0U | code >> 12);
        tail(6);
        tail(0);
    } else {
        to += static_cast<char>(0xf0U | code >> 18);
        tail(12);
        tail(6);
        tail(0);
    }
}

/// Four hexadecimal digits at the front.
std::optional<std::uint32_t> take_unit(std::string_view& text) {
    constexpr std::size_t digits = 4;
    std::uint32_t unit = 0;
    if (text.size() < digits) return std::nullopt;
    for (const char each : text.substr(0, digits)) {
        const bool decimal = each >= '0' && each <= '9';
        const bool upper = each >= 'A' && each <= 'F';
        const bool lower = each >= 'a' && each <= 'f';
        if (!decimal && !upper && !lower) return std::nullopt;
        const int base = decimal ? '0' : upper ? 'A' - 10 : 'a' - 10;
        unit = unit * 16 + static_cast<std::uint32_t>(each - base);
    }
    text.remove_prefix(digits);
    return unit;
}

/// What follows `\u`; of two halves of a character (UTF-16) both are taken.
bool append_unicode(std::string& to, std::string_view& text) {
    auto code = take_unit(text);
    if (!code) return false;
    if (*code >= 0xd800 && *code < 0xdc00 && text.starts_with("\\u")) {
        auto rest = text.substr(2);
        const auto low = take_unit(rest);
        if (low && *low >= 0xdc00 && *low < 0xe000) {
            code = 0x10000 + ((*code - 0xd800) << 10) + (*low - 0xdc00);
            text = rest;
        }
    }
    append_utf8(to, *code);
    return true;
}

/// Replaces the escapes; nothing when one cannot be.
std::optional<std::string> unescaped(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        const char front = text.front();
        text.remove_prefix(1);
        if (front != '\\' || text.empty()) {
            if (front != '\\') plain += front;
            continue;
        }
        const char kind = text.front();
        text.remove_prefix(1);
        switch (kind) {
            case 't': plain += '\t'; break;
            case 'n': plain += '\n'; break;
            case 'r': plain += '\r'; break;
            case 'f': plain += '\f'; break;
            case 'u':
                if (!append_unicode(plain, text)) return std::nullopt;
                break;
            default: plain += kind;
        }
    }
    return plain;
}

/// Where the name ends: at a blank, `=` or `:` that no backslash stands in front of.
std::size_t end_of_name(std::string_view line) {
    for (std::size_t at = 0; at < line.size(); ++at) {
        if (line[at] == '\\') ++at;
        else if (line[at] == '=' || line[at] == ':' || is_blank(line[at])) return at;
    }
    return line.size();
}

} // namespace

properties parse_properties(std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    properties found;
    line_reader lines{text};
    while (const auto line = lines.next()) {
        const std::string_view whole = *line;
        const auto end = end_of_name(whole);
        auto value = whole.substr(end);
        const auto skip_blanks = [&value] {
            value.remove_prefix(std::min(value.find_first_not_of(blanks), value.size()));
        };
        skip_blanks();
        if (value.starts_with('=') || value.starts_with(':')) value.remove_prefix(1);
        skip_blanks();
        auto plain_name = unescaped(whole.substr(0, end));
        auto plain_value = unescaped(value);
        if (!plain_name || !plain_value) {
            throw property_error{errc::invalid_option, "line " + std::to_string(lines.number()) +
                                                           ": \\u needs four hexadecimal digits"};
        }
        found.emplace_back(std::move(*plain_name), std::move(*plain_value));
    }
    return found;
}

KASIO_END_NAMESPACE
