// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/broker_error.hpp>
#include <kasio/config.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// The identity of an idempotent batch.
struct batch_sequence {
    std::int64_t producer_id = -1;
    std::int16_t epoch = -1;
    std::int32_t first = -1;
    std::int32_t count = 0;
};

/// What one partition remembers of idempotent producers (Kafka's ProducerStateManager): the last five batches
/// of each, which tell a repeated batch from a gap.
class producer_states {
public:
    struct verdict {
        broker_errc error = broker_errc::none;
        /// Set when the batch is in the log already: where.
        std::optional<std::int64_t> known_at = {};
    };

    /// Whether the batch may be appended. Batches without a producer id always may.
    [[nodiscard]] verdict check(const batch_sequence& batch) const;
    /// Notes that the batch was appended at `base_offset`.
    void note(const batch_sequence& batch, std::int64_t base_offset);
    /// Forgets what was appended at `offset` or beyond: the log was cut.
    void truncate(std::int64_t offset);

private:
    static constexpr std::size_t remembered = 5;
    struct appended {
        std::int32_t first = 0;
        std::int32_t last = 0;
        std::int64_t base_offset = 0;
    };
    struct producer {
        std::int16_t epoch = -1;
        std::deque<appended> batches;
    };
    std::map<std::int64_t, producer> producers_;
};

} // namespace testing
KASIO_END_NAMESPACE
