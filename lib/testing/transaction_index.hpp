// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// What one partition knows of transactions (KIP-98; Kafka's ProducerStateManager and TransactionIndex):
/// which are open, so that the log is stable only up to the first of them, and which were aborted, so that
/// fetch answers can name them.
class transaction_index {
public:
    /// From the first record to the marker that ended it.
    struct aborted_transaction {
        std::int64_t producer_id = -1;
        std::int64_t first_offset = -1;
        std::int64_t marker_offset = -1;
        friend bool operator==(const aborted_transaction&, const aborted_transaction&) = default;
    };

    /// A batch of a transaction was appended there; the producer's first one opens it.
    void on_batch(std::int64_t producer_id, std::int64_t base_offset);
    /// A marker was appended there. Nothing happens when the producer has no open transaction here.
    void on_marker(std::int64_t producer_id, std::int64_t offset, bool commits);
    /// The log was cut: what lies at `offset` or beyond is undone. A transaction whose marker is gone is open
    /// again.
    void truncate(std::int64_t offset);

    /// Where the first open transaction starts, or the end of the log.
    [[nodiscard]] std::int64_t last_stable_offset(std::int64_t log_end) const noexcept;
    [[nodiscard]] bool is_open(std::int64_t producer_id) const noexcept {
        return open_.contains(producer_id);
    }
    /// Those that have something in `[from, to)`, in the order of their markers, as Kafka lists them.
    [[nodiscard]] std::vector<aborted_transaction> aborted(std::int64_t from, std::int64_t to) const;

private:
    struct ended {
        std::int64_t producer_id = -1;
        std::int64_t first_offset = -1;
        std::int64_t marker_offset = -1;
        bool committed = false;
    };
    std::map<std::int64_t, std::int64_t> open_; // first offset by producer
    std::vector<ended> ended_;                  // by marker
};

} // namespace testing
KASIO_END_NAMESPACE
