// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace chaos {

/// What `value_in` gives for bytes that nobody wrote, or that lie where they were not sent.
inline constexpr std::int64_t no_value = -2;

/// The bytes of a written value: its number, where it goes, `filler` bytes, and a sum over all of that.
/// `partition` -1: any.
[[nodiscard]] std::string bytes_of(std::int64_t value, std::string_view topic, int partition,
                                   std::size_t filler);

/// The number of the value in those bytes, if they are whole and belong to that partition.
[[nodiscard]] std::int64_t value_in(std::string_view bytes, std::string_view topic, int partition);

[[nodiscard]] inline std::string key_of(std::string_view topic, int partition) {
    return std::string{topic} + '/' + std::to_string(partition);
}

} // namespace chaos
