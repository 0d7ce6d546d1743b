// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

KASIO_BEGIN_NAMESPACE

/// How often which values were seen: a plain copy, taken at one moment, of what the library counts.
///
/// Values are whole numbers from 0 on (times are in microseconds). Those below 8 are counted one by one,
/// larger ones in eight buckets a power of two, so that what `quantile` says is at most an eighth too high;
/// all above 2^36 (19 hours) share the last bucket.
class histogram {
public:
    static constexpr int bits_within = 3;
    static constexpr int largest_power = 36;
    static constexpr std::size_t bucket_count = std::size_t{largest_power - bits_within + 1} << bits_within;

    [[nodiscard]] static constexpr std::size_t bucket_of(std::uint64_t value) noexcept {
        constexpr std::uint64_t each = 1U << bits_within;
        if (value < each) return static_cast<std::size_t>(value);
        const auto power = static_cast<int>(std::bit_width(value)) - 1;
        if (power >= largest_power) return bucket_count - 1;
        const auto within = (value >> (power - bits_within)) & (each - 1);
        return (static_cast<std::size_t>(power - bits_within + 1) << bits_within) +
               static_cast<std::size_t>(within);
    }
    /// The largest value that the bucket counts (the last one counts all above too).
    [[nodiscard]] static constexpr std::uint64_t highest_in(std::size_t bucket) noexcept {
        constexpr std::size_t each = 1U << bits_within;
        if (bucket < each) return bucket;
        const auto shift = (bucket >> bits_within) - 1;
        return (((bucket & (each - 1)) + each + 1) << shift) - 1;
    }

    /// How many values there were, and their sum.
    std::uint64_t count = 0;
    std::uint64_t sum = 0;
    std::uint64_t largest = 0;
    std::array<std::uint64_t, bucket_count> buckets{};

    /// 0 when nothing was seen.
    [[nodiscard]] double mean() const noexcept {
        return count == 0 ? 0.0 : static_cast<double>(sum) / static_cast<double>(count);
    }
    /// The value that so large a part (0 to 1) of all is not above; 0 when nothing was seen.
    [[nodiscard]] std::uint64_t quantile(double part) const noexcept {
        std::uint64_t total = 0;
        for (const auto each : buckets) total += each;
        if (total == 0) return 0;
        const auto wanted = part <= 0 ? 1.0 : part * static_cast<double>(total);
        std::uint64_t seen = 0;
        for (std::size_t at = 0; at < bucket_count; ++at) {
            seen += buckets[at];
            if (static_cast<double>(seen) >= wanted && seen > 0) {
                const auto highest = highest_in(at);
                return highest < largest ? highest : largest;
            }
        }
        return largest;
    }
    friend bool operator==(const histogram&, const histogram&) = default;
};

KASIO_END_NAMESPACE
