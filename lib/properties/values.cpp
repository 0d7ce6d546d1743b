// SPDX-License-Identifier: BSL-1.0
#include "properties/values.hpp"

#include <algorithm>
#include <array>
#include <charconv>

KASIO_BEGIN_NAMESPACE

namespace {

constexpr std::string_view blanks = " \t\r\n\f";

bool all_digits(std::string_view text) { return text.find_first_not_of("0123456789") == text.npos; }

} // namespace

std::string_view trimmed(std::string_view text) noexcept {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    const auto last = text.find_last_not_of(blanks);
    return text.substr(0, last == text.npos ? 0 : last + 1);
}

std::string lower_case(std::string_view text) {
    std::string lower{text};
    for (auto& each : lower) {
        if (each >= 'A' && each <= 'Z') each = static_cast<char>(each - 'A' + 'a');
    }
    return lower;
}

std::vector<std::string_view> list_of(std::string_view text, std::string_view separators) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of(separators), text.size());
        if (const auto part = trimmed(text.substr(0, end)); !part.empty()) parts.push_back(part);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

wrong_value read_number(std::string_view text, std::int64_t least, std::int64_t most, std::int64_t& to) {
    text = trimmed(text);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc{} && end == text.data() + text.size() && !text.empty();
    if (!whole || number < least || number > most) {
        return "is no whole number from " + std::to_string(least) + " to " + std::to_string(most);
    }
    to = number;
    return {};
}

wrong_value read_flag(std::string_view text, bool& to) {
    constexpr std::array<std::string_view, 5> yes{"true", "t", "1", "yes", "on"};
    constexpr std::array<std::string_view, 5> no{"false", "f", "0", "no", "off"};
    const auto lower = lower_case(trimmed(text));
    if (std::find(yes.begin(), yes.end(), lower) != yes.end()) to = true;
    else if (std::find(no.begin(), no.end(), lower) != no.end()) to = false;
    else return "is neither true nor false";
    return {};
}

wrong_value read_milliseconds(std::string_view text, std::int64_t least, std::chrono::milliseconds& to) {
    text = trimmed(text);
    const auto point = text.find('.');
    const auto fraction = point == text.npos ? std::string_view{} : text.substr(point + 1);
    std::int64_t number = 0;
    auto wrong = read_number(text.substr(0, point), least, most_milliseconds, number);
    if (!wrong.empty() || !all_digits(fraction)) {
        return "is no number of milliseconds from " + std::to_string(least) + " to " +
               std::to_string(most_milliseconds);
    }
    const bool more = fraction.find_first_not_of('0') != fraction.npos;
    to = std::chrono::milliseconds{number + (more && number < most_milliseconds ? 1 : 0)};
    return {};
}

KASIO_END_NAMESPACE
