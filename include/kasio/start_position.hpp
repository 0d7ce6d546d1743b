// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/metadata.hpp>
#include <kasio/record.hpp>

#include <cstdint>
#include <utility>

KASIO_BEGIN_NAMESPACE

/// Where reading a partition starts.
class start_position {
public:
    enum class kind : std::uint8_t { policy, beginning, end, offset, time, before_end };
    /// By the consumer's `offset_reset`.
    start_position() noexcept = default;
    /// The first record that the log still has.
    [[nodiscard]] static start_position beginning() noexcept { return {kind::beginning, 0}; }
    /// The first record appended after the look-up.
    [[nodiscard]] static start_position end() noexcept { return {kind::end, 0}; }
    /// `offset` must not be negative. Where the log does not have it, `offset_reset` decides, as an event
    /// tells.
    [[nodiscard]] static start_position at(std::int64_t offset) noexcept { return {kind::offset, offset}; }
    /// The first record with that timestamp or a later one; the end when there is none.
    [[nodiscard]] static start_position at_time(timestamp time) noexcept {
        return {kind::time, time.time_since_epoch().count()};
    }
    /// `count` offsets before the end, or the beginning when there are fewer. `count` must not be negative.
    [[nodiscard]] static start_position before_end(std::int64_t count) noexcept {
        return {kind::before_end, count};
    }

    [[nodiscard]] kind what() const noexcept { return kind_; }
    /// The offset, the milliseconds since 1970, or the count; 0 otherwise.
    [[nodiscard]] std::int64_t value() const noexcept { return value_; }
    friend bool operator==(const start_position&, const start_position&) = default;

private:
    start_position(kind what, std::int64_t value) noexcept : kind_{what}, value_{value} {}
    kind kind_ = kind::policy;
    std::int64_t value_ = 0;
};

/// One partition to read, and from where.
struct assignment {
    topic_partition partition;
    start_position from;
    assignment() {}
    assignment(topic_partition what, start_position where = {}) : partition{std::move(what)}, from{where} {}
    friend bool operator==(const assignment&, const assignment&) = default;
};

KASIO_END_NAMESPACE
