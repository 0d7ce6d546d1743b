// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/broker_error.hpp>

#include <span>

KASIO_BEGIN_NAMESPACE

enum class broker_error_trait : std::uint8_t {
    permanent = 0,
    retriable = 1,
    stale_metadata = 2,
    fatal = 4,
    abortable = 8
};

[[nodiscard]] constexpr broker_error_trait operator|(broker_error_trait a, broker_error_trait b) noexcept {
    return static_cast<broker_error_trait>(static_cast<int>(a) | static_cast<int>(b));
}

/// What is known about one of Kafka's error numbers.
struct broker_error_row {
    std::int16_t number;
    broker_error_trait traits;
    /// Kafka's own name.
    const char* name;
    /// In a few words, in lower case.
    const char* meaning;

    [[nodiscard]] constexpr bool has(broker_error_trait trait) const noexcept {
        return (static_cast<int>(traits) & static_cast<int>(trait)) != 0;
    }
};

/// Null for 0 (no error) and for numbers that Kafka 4.4 does not know.
[[nodiscard]] const broker_error_row* find_broker_error(int number) noexcept;

/// All of them, by number.
[[nodiscard]] std::span<const broker_error_row> broker_error_table() noexcept;

KASIO_END_NAMESPACE
