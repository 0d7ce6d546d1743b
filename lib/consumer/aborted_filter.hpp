// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "record/batch_view.hpp"
#include "record/control_record.hpp"

#include <kasio/config.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// Tells which batches of one partition's part of one answer belong to aborted transactions (KIP-98; Kafka's
/// CompletedFetch). Batches are shown in the order in which they lie in the log.
///
/// The broker names each aborted transaction by its producer and its first offset. From there on the
/// producer's transactional batches are hidden, until its abort marker passes. With an empty list nothing is
/// hidden: so it is when uncommitted records are wanted.
class aborted_filter {
public:
    struct transaction {
        std::int64_t producer_id = -1;
        std::int64_t first_offset = -1;
    };

    aborted_filter() noexcept = default;
    /// In any order: Redpanda does not sort them.
    explicit aborted_filter(std::vector<transaction> aborted);

    /// Must the batch be passed over? Not for control batches.
    [[nodiscard]] bool hides(const batch_view& batch);
    /// A control batch of that producer went by.
    void on_marker(std::int64_t producer_id, std::int64_t offset, control_marker::kind what);

private:
    void begin_up_to(std::int64_t offset);

    std::vector<transaction> aborted_; // by first offset
    std::size_t next_ = 0;
    std::vector<std::int64_t> open_; // producers within an aborted transaction: few
};

KASIO_END_NAMESPACE
