// SPDX-License-Identifier: BSL-1.0
#include "reading_range.hpp"

#include "usage_error.hpp"

#include <charconv>
#include <string>

namespace cli {

namespace {

using kind = place::kind;

std::optional<std::int64_t> as_number(std::string_view text) {
    std::int64_t number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// Takes so many digits off the front, after an optional separator.
std::optional<int> take_digits(std::string_view& text, std::size_t count, char separator = 0) {
    auto rest = text;
    if (separator != 0) {
        if (rest.empty() || rest.front() != separator) return std::nullopt;
        rest.remove_prefix(1);
    }
    if (rest.size() < count || rest.substr(0, count).find_first_not_of("0123456789") != rest.npos)
        return std::nullopt;
    const auto number = as_number(rest.substr(0, count));
    text = rest.substr(count);
    return number ? std::optional{static_cast<int>(*number)} : std::nullopt;
}

/// `Z`, `+HH:MM`, `-HH:MM` or nothing, which means UTC; in minutes east.
std::optional<int> take_zone(std::string_view& text) {
    if (text.empty()) return 0;
    const char sign = text.front();
    if (sign == 'Z') {
        text.remove_prefix(1);
        return 0;
    }
    if (sign != '+' && sign != '-') return std::nullopt;
    const auto hours = take_digits(text, 2, sign);
    const auto minutes = hours ? take_digits(text, 2, ':') : std::nullopt;
    if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    return (*hours * 60 + *minutes) * (sign == '-' ? -1 : 1);
}

/// `YYYY-MM-DD`, with `THH:MM`, `:SS`, `.mmm` and a zone if wanted; in milliseconds since 1970.
std::optional<std::int64_t> as_date(std::string_view text) {
    const auto year = take_digits(text, 4);
    const auto month = year ? take_digits(text, 2, '-') : std::nullopt;
    const auto day = month ? take_digits(text, 2, '-') : std::nullopt;
    if (!day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{*year},
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return std::nullopt;
    const std::chrono::milliseconds days = std::chrono::sys_days{date}.time_since_epoch();
    if (text.empty()) return days.count();
    const auto hours = take_digits(text, 2, 'T');
    const auto minutes = hours ? take_digits(text, 2, ':') : std::nullopt;
    if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    const auto seconds = text.starts_with(':') ? take_digits(text, 2, ':') : std::optional{0};
    const auto thousandths = text.starts_with('.') ? take_digits(text, 3, '.') : std::optional{0};
    const auto east = take_zone(text);
    if (!seconds || *seconds > 60 || !thousandths || !east || !text.empty()) return std::nullopt;
    return days.count() + ((*hours * 60LL + *minutes - *east) * 60 + *seconds) * 1000 + *thousandths;
}

/// `30s`, `5m`, `1h`, `2d`; in milliseconds.
std::optional<std::int64_t> as_duration(std::string_view text) {
    if (text.size() < 2) return std::nullopt;
    std::int64_t unit = 0;
    switch (text.back()) {
        case 's': unit = 1'000; break;
        case 'm': unit = 60'000; break;
        case 'h': unit = 3'600'000; break;
        case 'd': unit = 86'400'000; break;
        default: return std::nullopt;
    }
    text.remove_suffix(1);
    const auto number = as_number(text);
    constexpr std::int64_t most = 1'000'000'000;
    if (!number || *number < 0 || *number > most) return std::nullopt;
    return *number * unit;
}

class reader {
public:
    explicit reader(std::int64_t now) : now_{now} {}

    /// A point in time: digits (seconds, or milliseconds from twelve digits on), a date, or a time ago.
    [[nodiscard]] std::optional<std::int64_t> time(std::string_view text) const {
        constexpr std::size_t digits_of_milliseconds = 12;
        if (const auto date = as_date(text)) return date;
        if (text.starts_with('-')) {
            const auto ago = as_duration(text.substr(1));
            return ago ? std::optional{now_ - *ago} : std::nullopt;
        }
        const auto number = as_number(text);
        if (!number || *number < 0) return std::nullopt;
        return text.size() < digits_of_milliseconds ? *number * 1000 : *number;
    }

    [[nodiscard]] std::optional<place> single(std::string_view text, bool is_time = false) const {
        if (text == "beginning" || text == "earliest" || text == "start") return place{kind::beginning, 0};
        if (text == "end" || text == "latest") return place{kind::end, 0};
        if (text.starts_with('@')) {
            is_time = true;
            text.remove_prefix(1);
        }
        if (!is_time && text.starts_with('+')) {
            const auto count = as_number(text.substr(1));
            if (count && *count >= 0) return place{kind::after_beginning, *count};
            return std::nullopt;
        }
        if (const auto number = is_time ? std::nullopt : as_number(text)) {
            if (*number == INT64_MIN) return std::nullopt;
            return *number < 0 || text.starts_with('-') ? place{kind::before_end, -*number}
                                                        : place{kind::offset, *number};
        }
        const auto when = time(text);
        return when ? std::optional{place{kind::time, *when}} : std::nullopt;
    }

    /// Both sides of a colon; times have colons too, so each one is tried.
    [[nodiscard]] std::optional<reading_range> pair(std::string_view text) const {
        for (auto at = text.find(':'); at != text.npos; at = text.find(':', at + 1)) {
            const auto left = text.substr(0, at);
            const auto from = left.empty() ? std::optional{place{}} : single(left);
            const auto until = single(text.substr(at + 1), left.starts_with('@'));
            if (from && until) return reading_range{*from, until};
        }
        return std::nullopt;
    }

private:
    std::int64_t now_;
};

[[noreturn]] void refuse(std::string_view text) {
    throw usage_error{"-o '" + std::string{text} +
                      "' is none of beginning, end, stored, N, -N, +N, s@ms, e@ms, @time, -1h, FROM:UNTIL"};
}

} // namespace

void add_range(reading_range& to, std::string_view text, std::chrono::system_clock::time_point now) {
    if (text == "stored") {
        throw usage_error{
            "-o stored: offsets are stored for a group, and no group is read with; give -o beginning, "
            "end or a number"};
    }
    const reader read{std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count()};
    if (text.starts_with("s@") || text.starts_with("e@")) {
        // kcat's, always milliseconds.
        const auto rest = text.substr(2);
        const auto number = as_number(rest);
        const auto when = number ? number : read.time(rest);
        if (!when || *when < 0) refuse(text);
        if (text.front() == 's') to.from = {kind::time, *when};
        else to.until = place{kind::time, *when};
    } else if (const auto one = read.single(text)) {
        to.from = *one;
    } else if (const auto both = read.pair(text)) {
        to = *both;
    } else {
        refuse(text);
    }
}

kasio::start_position start_of(const place& from) {
    using kasio::start_position;
    switch (from.what) {
        case kind::end: return start_position::end();
        case kind::offset: return start_position::at(from.value);
        case kind::time:
            return start_position::at_time(kasio::timestamp{std::chrono::milliseconds{from.value}});
        case kind::before_end: return start_position::before_end(from.value);
        case kind::beginning:
        case kind::after_beginning: break;
    }
    return start_position::beginning();
}

} // namespace cli
