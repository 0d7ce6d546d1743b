// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "testing/partition_log.hpp"

#include <kasio/config.hpp>
#include <kasio/record.hpp>
#include <kasio/testing/broker.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// The data records of a log, from its start offset on. Throws std::runtime_error at bytes that cannot be
/// decoded.
[[nodiscard]] std::vector<stored_record> stored_records(const partition_log& log);
/// Which records of one batch have no key.
[[nodiscard]] std::vector<std::int32_t> records_without_key(std::span<const std::byte> batch);

/// The records as one uncompressed batch at offset 0; those without a timestamp get the present one.
[[nodiscard]] std::string encoded_batch(std::span<const producer_record> records);
/// The same as a batch of a transaction. Without a sequence: only the producer matters to readers.
[[nodiscard]] std::string encoded_transactional_batch(std::span<const producer_record> records,
                                                      std::int64_t producer_id);

struct timed_offset {
    std::int64_t offset = -1;
    std::int64_t timestamp = -1;
};
/// The first record of a batch at `time` or later, and at `from` or beyond. Nothing when there is none or the
/// batch cannot be decoded.
[[nodiscard]] std::optional<timed_offset> first_record_at(std::span<const std::byte> batch, std::int64_t time,
                                                          std::int64_t from);

} // namespace testing
KASIO_END_NAMESPACE
