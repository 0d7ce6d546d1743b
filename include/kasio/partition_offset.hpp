// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/error.hpp>
#include <kasio/metadata.hpp>
#include <kasio/record.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <utility>

KASIO_BEGIN_NAMESPACE

/// A question to `consumer::async_offsets_for_times`.
struct partition_time {
    topic_partition partition;
    /// Before 1970 counts as 1970.
    kasio::timestamp time{};
    partition_time() {}
    partition_time(topic_partition which, kasio::timestamp when) : partition{std::move(which)}, time{when} {}
    friend bool operator==(const partition_time&, const partition_time&) = default;
};

/// An offset in a partition's log, as its leader told it.
struct partition_offset {
    topic_partition partition;
    /// Why there is no answer. The other members say nothing then.
    error_code error;
    /// -1 when no record is as late as the time that was asked for.
    std::int64_t offset = -1;
    /// Of that record, where a time was asked for.
    std::optional<kasio::timestamp> time;
    /// -1: the broker did not say.
    std::int32_t leader_epoch = -1;
    partition_offset() {}
    friend bool operator==(const partition_offset&, const partition_offset&) = default;
    /// `topic/partition@offset`, or the error.
    KASIO_DECL friend std::ostream& operator<<(std::ostream& out, const partition_offset& offset);
};

KASIO_END_NAMESPACE
