// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/compression.hpp>
#include <kasio/config.hpp>
#include <kasio/record.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// How records were laid down before Kafka 0.11 (Kafka's LegacyRecord).
struct legacy_format {
    /// 0 (without timestamps) or 1.
    int magic = 1;
    kasio::compression codec = compression::none;
    /// The records' times are the broker's, and say so (KIP-32); of magic 1 only.
    bool log_append_time = false;
};

/// An entry, or a wrapper with all the records compressed in it, and the offsets it stands for.
struct legacy_piece {
    std::string bytes;
    std::int64_t first_offset = 0;
    std::int64_t last_offset = 0;
};

/// The records from `base_offset` on as a broker of that time would keep them: an entry each, or one wrapper
/// when they are compressed. Headers are left out, since there was no place for them. Throws
/// `std::invalid_argument` for what could not be written then: zstd, and lz4 in magic 0, whose frames were
/// wrong in a way of their own.
[[nodiscard]] std::vector<legacy_piece> legacy_records(std::span<const producer_record> records,
                                                       std::int64_t base_offset, const legacy_format& format);

} // namespace testing
KASIO_END_NAMESPACE
