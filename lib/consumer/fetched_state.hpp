// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/fetched_records.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// A run of records of one batch, found valid, to be decoded without another check.
struct fetched_batch {
    batch_origin origin;
    /// The first record to hand out, in uncompressed form, and how many.
    const std::byte* first = nullptr;
    std::size_t count = 0;
    std::int64_t base_offset = 0;
    std::int64_t base_timestamp = 0;
    /// Log append time, which holds for all; else each record has its own.
    std::int64_t fixed_timestamp = 0;
    bool has_fixed_timestamp = false;
};

/// The batches of one partition, which lie side by side.
struct fetched_part {
    std::size_t first_batch = 0;
    std::size_t records = 0;
    /// Which uninterrupted reading they belong to: another one after `seek`, or when the partition was given
    /// up meanwhile.
    std::uint64_t run = 0;
    /// Where reading goes on behind them, and the epoch of what lies before.
    std::int64_t next_offset = -1;
    std::int32_t next_epoch = -1;
};

/// What stands behind one `fetched_records`.
class fetched_state {
public:
    std::vector<fetched_batch> batches;
    std::vector<fetched_part> parts;
    std::vector<partition_event> events;
    /// Records in all batches.
    std::size_t total = 0;

    void add(const fetched_batch& batch) {
        batches.push_back(batch);
        total += batch.count;
    }
    /// What the batches point to. Batches in a row mostly lie in the same block.
    void keep(const std::shared_ptr<const void>& block) {
        if (kept_.empty() || kept_.back() != block) kept_.push_back(block);
    }
    /// What was added since the mark is all there is of one partition.
    void end_part(std::size_t mark, fetched_part part) {
        if (mark == batches.size()) return;
        part.first_batch = mark;
        for (auto at = mark; at < batches.size(); ++at) part.records += batches[at].count;
        parts.push_back(part);
    }
    /// A place to go back to.
    [[nodiscard]] std::size_t mark() const noexcept { return batches.size(); }
    void back_to(std::size_t mark) noexcept {
        for (; batches.size() > mark; batches.pop_back()) total -= batches.back().count;
    }
    [[nodiscard]] bool empty() const noexcept { return total == 0 && events.empty(); }

private:
    std::vector<std::shared_ptr<const void>> kept_;
};

KASIO_END_NAMESPACE
