// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

KASIO_BEGIN_NAMESPACE

/// Kafka's identifier of a topic, a log directory or a member: 16 bytes; all zero means none.
struct uuid {
    std::array<std::uint8_t, 16> bytes{};

    /// True for none.
    [[nodiscard]] constexpr bool is_zero() const noexcept { return *this == uuid{}; }
    /// 22 characters of URL-safe base 64 without padding, as Kafka's own tools print it.
    [[nodiscard]] KASIO_DECL std::string to_string() const;
    /// Reads what `to_string` writes; nothing when it is anything else.
    [[nodiscard]] KASIO_DECL static std::optional<uuid> parse(std::string_view text);

    friend constexpr bool operator==(const uuid&, const uuid&) noexcept = default;
    friend constexpr auto operator<=>(const uuid&, const uuid&) noexcept = default;
    KASIO_DECL friend std::ostream& operator<<(std::ostream& out, const uuid& id);
};

KASIO_END_NAMESPACE

template <>
struct std::hash<kasio::uuid> {
    std::size_t operator()(const kasio::uuid& id) const noexcept {
        // Kafka makes them at random, so any of their bytes serve; all of them are mixed in nevertheless.
        std::uint64_t mixed = 0;
        for (const std::uint8_t byte : id.bytes) mixed = (mixed ^ byte) * 0x100000001b3;
        return static_cast<std::size_t>(mixed);
    }
};
