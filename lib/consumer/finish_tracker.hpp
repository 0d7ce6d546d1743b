// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "consumer/positions.hpp"

#include <kasio/metadata.hpp>
#include <kasio/partition_offset.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// Which records have been worked off, in whatever order, and so up to where each partition may be committed:
/// never past a record that has not been finished.
///
/// Tell it of each record when it is taken on (`begin`), in offset order in its partition, of where reading
/// goes on behind the last of them (`pass`), and of each that is done (`finish`). `run` tells uninterrupted
/// readings apart: what was begun in another one counts no more, since the position has been left.
class finish_tracker {
public:
    /// Which record is meant.
    struct ticket {
        std::size_t partition = 0;
        std::uint64_t run = 0;
        std::uint64_t number = 0;
    };

    ticket begin(const topic_partition& partition, std::uint64_t run, std::int64_t offset,
                 std::int32_t epoch);
    void pass(const topic_partition& partition, std::uint64_t run, std::int64_t next, std::int32_t epoch);
    /// True when no record of its partition is left that is not finished.
    bool finish(const ticket& which);
    /// How far the partition of that record has come.
    [[nodiscard]] finished_position progress(const ticket& which) const;
    /// How far all have come.
    [[nodiscard]] std::vector<finished_position> progress() const;

    /// What may be committed and has not been; none of it is named again, unless `failed`.
    [[nodiscard]] std::vector<partition_offset> take_committable();
    /// A commit did not succeed.
    void failed(const std::vector<partition_offset>& offsets);
    /// The first record of each partition that has not been finished.
    [[nodiscard]] std::vector<partition_offset> unfinished() const;
    /// Nothing is to be committed, now or when records under way are finished.
    [[nodiscard]] bool idle() const noexcept { return unfinished_ == 0 && !dirty_; }

private:
    struct begun {
        std::int64_t offset = -1;
        std::int32_t epoch = -1;
        bool finished = false;
    };
    struct tracked {
        topic_partition name;
        std::uint64_t run = 0;
        /// From the first that is not finished on.
        std::deque<begun> open;
        std::uint64_t first_number = 0;
        /// Where reading goes on behind all of them, and the epoch before it.
        std::int64_t next = -1;
        std::int32_t next_epoch = -1;
        /// Of the last record before the first open one.
        std::int32_t finished_epoch = -1;
        std::int64_t named = -1;
    };

    [[nodiscard]] static finished_position progress(const tracked& of);
    tracked& at(const topic_partition& partition, std::uint64_t run);

    std::vector<tracked> partitions_;
    std::map<topic_partition, std::size_t> places_;
    std::size_t unfinished_ = 0;
    bool dirty_ = false;
};

KASIO_END_NAMESPACE
