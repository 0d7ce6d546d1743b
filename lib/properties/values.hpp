// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/config.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// What is wrong with a value, to be put behind "it " or "'value' "; empty when it is all right.
using wrong_value = std::string;

constexpr std::int64_t most_milliseconds = std::numeric_limits<std::int32_t>::max();

/// Without blanks at both ends, as both clients read values.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;
/// Letters of ASCII in small ones.
[[nodiscard]] std::string lower_case(std::string_view text);
/// The parts of a list between any of `separators`, without blanks and empty ones.
[[nodiscard]] std::vector<std::string_view> list_of(std::string_view text, std::string_view separators = ",");

/// A whole number from `least` to `most`.
[[nodiscard]] wrong_value read_number(std::string_view text, std::int64_t least, std::int64_t most,
                                      std::int64_t& to);
/// `true`, `false` in letters of any case; librdkafka also takes t, 1, yes, on and their contraries.
[[nodiscard]] wrong_value read_flag(std::string_view text, bool& to);
/// Milliseconds, from `least` on. A fraction, which librdkafka allows for `linger.ms`, is rounded up.
[[nodiscard]] wrong_value read_milliseconds(std::string_view text, std::int64_t least,
                                            std::chrono::milliseconds& to);

/// Any whole number that fits the member, from `least` on.
template <class Integer>
[[nodiscard]] wrong_value read_member(std::string_view text, std::int64_t least, Integer& to) {
    constexpr auto largest = std::numeric_limits<Integer>::max();
    const auto most = std::cmp_less(largest, std::numeric_limits<std::int64_t>::max())
                          ? static_cast<std::int64_t>(largest)
                          : std::numeric_limits<std::int64_t>::max();
    std::int64_t number = 0;
    auto wrong = read_number(text, least, most, number);
    if (wrong.empty()) to = static_cast<Integer>(number);
    return wrong;
}

KASIO_END_NAMESPACE
