// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/bytes.hpp>
#include <kasio/config.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// What the log knows of a batch besides its bytes.
struct batch_entry {
    std::int64_t base_offset = 0;
    std::int64_t last_offset = 0;
    std::int64_t max_timestamp = -1;
    std::int32_t leader_epoch = -1;
};

/// The record batches of one partition as bytes.
///
/// Batches lie back to back in chunks that never move and are never written again where batches lie, so that
/// a fetch answer can point into them while the log grows. Offsets are handed in: the log does not look into
/// batches.
class partition_log {
public:
    /// Bytes of one or more whole batches, and what keeps them in place.
    struct slice {
        std::shared_ptr<const std::byte[]> keeper;
        bytes_view bytes = {};
        /// Behind the last of its batches.
        std::int64_t next_offset = -1;
    };

    [[nodiscard]] std::int64_t start_offset() const noexcept { return start_offset_; }
    [[nodiscard]] std::int64_t end_offset() const noexcept { return end_offset_; }

    /// Copies a batch behind the last one; `entry.base_offset` must be `end_offset()`. Gives the copy for
    /// stamping.
    std::span<std::byte> append(std::span<const std::byte> batch, const batch_entry& entry);

    /// Whole batches from the one that holds `offset` on, as many as lie back to back, fit in `max_bytes` and
    /// start below `limit`; with `at_least_one` the first comes even if it does not fit (KIP-74). Empty at
    /// the end of the log.
    [[nodiscard]] slice read(std::int64_t offset, std::size_t max_bytes, bool at_least_one,
                             std::int64_t limit = std::numeric_limits<std::int64_t>::max()) const;
    /// The bytes of the batch that holds `offset`; empty when there is none.
    [[nodiscard]] std::span<std::byte> batch_bytes(std::int64_t offset) noexcept;

    /// Calls `visit(entry, bytes)` for each batch that reaches to `from` or beyond, until it returns false.
    template <class Visit>
    void each_batch(std::int64_t from, Visit&& visit) const {
        for (std::size_t i = find(from); i < batches_.size(); ++i)
            if (!visit(batches_[i].entry, bytes_of(batches_[i]))) return;
    }
    /// The largest leader epoch up to `epoch` that has batches here, and where it ends: its successor's first
    /// offset, or the end of the log (Kafka's LeaderEpochFileCache). Both -1 when there is none.
    struct epoch_end {
        std::int32_t epoch = -1;
        std::int64_t offset = -1;
    };
    [[nodiscard]] epoch_end end_of_epoch(std::int32_t epoch) const noexcept;
    /// The entry with the largest timestamp, the first of several; null when there is none.
    [[nodiscard]] const batch_entry* latest_in_time() const noexcept;

    /// Removes the batches that reach to `offset` or beyond.
    void truncate(std::int64_t offset);
    /// Raises the start offset; batches wholly below it are freed.
    void delete_before(std::int64_t offset);
    /// Puts what `edit(bytes)` gives in the place of each batch: nothing leaves it, no bytes remove it.
    /// Offsets stay.
    template <class Edit>
    void rewrite(Edit&& edit) {
        std::deque<stored_batch> kept;
        for (auto& batch : batches_) {
            const std::optional<std::vector<std::byte>> bytes = edit(bytes_of(batch));
            if (!bytes) kept.push_back(std::move(batch));
            else if (!bytes->empty()) kept.push_back(stored_apart(batch.entry, *bytes));
        }
        batches_ = std::move(kept);
    }

private:
    struct stored_batch {
        batch_entry entry;
        std::shared_ptr<std::byte[]> chunk;
        std::size_t position = 0;
        std::size_t size = 0;
    };
    static constexpr std::size_t smallest_chunk = 16 * 1024;
    static constexpr std::size_t largest_chunk = 4 * 1024 * 1024;

    /// In a chunk of its own.
    [[nodiscard]] static stored_batch stored_apart(const batch_entry& entry,
                                                   std::span<const std::byte> bytes);
    /// The index of the first batch that reaches to `offset` or beyond.
    [[nodiscard]] std::size_t find(std::int64_t offset) const noexcept;
    [[nodiscard]] static std::span<const std::byte> bytes_of(const stored_batch& batch) noexcept {
        return {batch.chunk.get() + batch.position, batch.size};
    }

    std::deque<stored_batch> batches_;
    std::shared_ptr<std::byte[]> chunk_;
    std::size_t chunk_size_ = 0;
    std::size_t chunk_used_ = 0;
    std::int64_t start_offset_ = 0;
    std::int64_t end_offset_ = 0;
};

} // namespace testing
KASIO_END_NAMESPACE
