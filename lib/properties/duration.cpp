// SPDX-License-Identifier: BSL-1.0
#include "properties/duration.hpp"

#include <array>
#include <charconv>

KASIO_BEGIN_NAMESPACE

namespace {

struct unit {
    char letter;
    bool in_time; ///< Behind the T.
    std::int64_t milliseconds;
};

constexpr std::int64_t second = 1'000;
constexpr std::array units{unit{'d', false, 86'400 * second}, unit{'h', true, 3'600 * second},
                           unit{'m', true, 60 * second}, unit{'s', true, second}};
/// A thousand years: no sum of four of them overflows.
constexpr std::int64_t longest = 366'000LL * 86'400 * second;

/// Takes leading digits off; nothing when there are none, or too many.
std::optional<std::int64_t> take_digits(std::string_view& text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || text.front() == '-') return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

/// The fraction behind a point, in milliseconds, rounded up.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
    constexpr std::size_t most_digits = 9; // nanoseconds
    std::int64_t nanoseconds = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
        nanoseconds = nanoseconds * 10 + (text[digits] - '0');
        if (digits == most_digits) return std::nullopt;
    }
    text.remove_prefix(digits);
    for (; digits < most_digits; ++digits) nanoseconds *= 10;
    constexpr std::int64_t in_a_millisecond = 1'000'000;
    return (nanoseconds + in_a_millisecond - 1) / in_a_millisecond;
}

/// Each unit at most once, and in order.
class parts {
public:
    explicit parts(std::string_view text) : text_{text} {}

    std::optional<std::int64_t> total() {
        std::int64_t sum = 0;
        if (text_.empty()) return std::nullopt;
        while (!text_.empty()) {
            if (!in_time_ && text_.front() == 't') {
                in_time_ = true;
                text_.remove_prefix(1);
            }
            const auto part = next();
            if (!part) return std::nullopt;
            sum += *part;
        }
        return sum;
    }

private:
    std::optional<std::int64_t> next() {
        const auto whole = text_.empty() ? std::nullopt : take_digits(text_);
        if (!whole || text_.empty()) return std::nullopt;
        std::int64_t fraction = 0;
        const bool fractional = text_.front() == '.';
        if (fractional) {
            text_.remove_prefix(1);
            const auto read = take_fraction(text_);
            if (!read || text_.empty()) return std::nullopt;
            fraction = *read;
        }
        const char letter = text_.front();
        text_.remove_prefix(1);
        while (unit_ < units.size() && (units[unit_].letter != letter || units[unit_].in_time != in_time_))
            ++unit_;
        if (unit_ == units.size() || (fractional && letter != 's')) return std::nullopt;
        const auto size = units[unit_++].milliseconds;
        if (*whole > longest / size) return std::nullopt;
        return *whole * size + fraction;
    }

    std::string_view text_;
    std::size_t unit_ = 0;
    bool in_time_ = false;
};

} // namespace

wrong_value read_duration(std::string_view text, std::chrono::milliseconds& to) {
    const auto lower = lower_case(trimmed(text));
    const auto total =
        lower.starts_with('p') ? parts{std::string_view{lower}.substr(1)}.total() : std::nullopt;
    if (!total) return "is no duration of ISO 8601 from zero on, such as P1DT12H";
    to = std::chrono::milliseconds{*total};
    return {};
}

KASIO_END_NAMESPACE
