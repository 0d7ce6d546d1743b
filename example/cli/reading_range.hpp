// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/start_position.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cli {

/// A place in a partition, as `-o` tells it.
struct place {
    enum class kind { beginning, end, offset, time, before_end, after_beginning };
    kind what = kind::beginning;
    /// The offset, milliseconds since 1970, or the count.
    std::int64_t value = 0;
    friend bool operator==(const place&, const place&) = default;
};

/// From where and up to where each partition is read; `until` itself is left out.
struct reading_range {
    place from;
    std::optional<place> until;
    friend bool operator==(const reading_range&, const reading_range&) = default;
};

/// Adds one `-o` to what the ones before said: `beginning`, `end`, `N`, `-N`, `+N`, `s@ms`, `e@ms`, `@time`,
/// `-1h`, or two places with a colon between. Throws `usage_error`.
void add_range(reading_range& to, std::string_view text, std::chrono::system_clock::time_point now);

/// Where a consumer starts for that; `after_beginning` is counted from the beginning by the caller.
kasio::start_position start_of(const place& from);

} // namespace cli
