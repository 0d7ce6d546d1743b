// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "consumer/fetch_buffer.hpp"
#include "consumer/positions.hpp"

#include <kasio/uuid.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

KASIO_BEGIN_NAMESPACE

class stream_state; // consumer/stream_state.hpp

/// A partition as the fetcher sees it: its position, which callers change too, and what is fetched of it. All
/// but `position` belongs to the strand.
struct fetched_partition {
    using time_point = std::chrono::steady_clock::time_point;

    /// Its members are looked at under the lock only.
    const std::shared_ptr<partition_position> position;
    fetch_buffer buffer;
    /// The version of the position that `buffer` goes on from; 0: none.
    std::uint64_t version = 0;
    /// Of all uninterrupted readings of all partitions which one this is.
    std::uint64_t run = 0;

    // What metadata says.
    uuid topic_id;
    std::int32_t leader = -1;
    std::int32_t leader_epoch = -1;
    /// A replica nearer than the leader, which named it (KIP-392), until that time; -1: none.
    std::int32_t nearest = -1;
    time_point nearest_until{};
    /// Whether its log was cut must be asked before the next fetch, where fetch answers do not tell
    /// (KIP-320): the leader is another one than that of what was read. And: that has been asked.
    bool unproven = true;
    bool proving = false;

    /// In line for the next poll.
    bool in_line = false;
    /// Who reads it instead of the polls.
    std::weak_ptr<stream_state> stream;
    time_point retry_at{};
    int failures = 0;
    /// The trouble told last that goes on by itself; cleared by success, so that it is told again next time.
    error_code told;
    /// Since when metadata has known no leader.
    std::optional<time_point> missing_since;
    /// Up to where there were records when the broker answered; -1: not known.
    std::int64_t end = -1;
    std::int64_t end_told = -1;
    /// Kinds of events that wait for a poll, as bits.
    unsigned events = 0;

    explicit fetched_partition(std::shared_ptr<partition_position> of)
        : position{std::move(of)}, buffer{position->topic, position->number} {}

    /// The node to fetch from.
    [[nodiscard]] std::int32_t source() const noexcept { return nearest >= 0 ? nearest : leader; }
};

/// What to do about the error code that an answer has for one partition.
enum class fetch_step : std::uint8_t {
    take,
    /// Who leads it, or what it is called, has changed: ask for metadata, then again.
    refresh,
    /// Ask again after a pause. So it is done with codes that nobody foresaw.
    later,
    /// The leader does not have the offset.
    out_of_range,
    /// Tell once, and go on trying.
    tell,
    /// Tell, and read no more.
    stop,
};
[[nodiscard]] fetch_step step_after(std::int16_t error) noexcept;

/// What is to be asked of one partition.
struct fetch_item {
    std::shared_ptr<fetched_partition> partition;
    std::uint64_t version = 0;
    std::int64_t offset = -1;
    uuid topic_id;
    std::int32_t leader_epoch = -1;
    /// Epoch of the last batch before `offset`, by which the broker finds out that its log has been cut
    /// (KIP-595); -1: not known.
    std::int32_t last_epoch = -1;

    /// Whether a broker that knows the one knows the other.
    [[nodiscard]] bool says_the_same(const fetch_item& other) const noexcept {
        return offset == other.offset && leader_epoch == other.leader_epoch && last_epoch == other.last_epoch;
    }
};

/// What may be fetched from one node now.
struct fetch_round {
    std::vector<fetch_item> items;
    /// All topic ids are known, so that ids may be used (13 and above); else names (up to 12).
    bool ids_known = true;
};

/// Looks for partitions that may be fetched from one node; the longest unserved come first. Call it with the
/// lock of the positions held. A partition is left out while more than `allowance` bytes of it wait to be
/// handed out.
[[nodiscard]] fetch_round plan_fetch(const std::vector<std::shared_ptr<fetched_partition>>& order,
                                     fetched_partition::time_point now, std::size_t allowance);
/// Those that brought records go to the end of the order, so that none starves the others (KIP-74).
void rotate_served(std::vector<std::shared_ptr<fetched_partition>>& order,
                   const std::vector<const fetched_partition*>& served);

KASIO_END_NAMESPACE
