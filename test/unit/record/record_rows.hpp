// SPDX-License-Identifier: BSL-1.0
// The batches that Kafka's own Java client encoded, with what they hold.
#pragma once

#include <kasio/compression.hpp>
#include <kasio/record.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace kasio_test {

struct record_row {
    int magic = 2;
    kasio::compression codec = kasio::compression::none;
    kasio::timestamp_type time_type = kasio::timestamp_type::create_time;
    bool transactional = false;
    bool control = false;
    bool commit = false;
    std::int32_t coordinator_epoch = -1;
    std::int64_t producer_id = -1;
    std::int16_t producer_epoch = -1;
    std::int32_t base_sequence = -1;
    /// Offset, timestamp, key, value and headers are set.
    std::vector<kasio::owned_record> records;
    /// The whole batch; of magic 0 and 1 the entries, one after the other.
    std::string bytes;
    /// The row's first cells, for messages.
    std::string title;
};

/// All rows of magic 2. Throws when the file cannot be read or a row cannot be understood.
[[nodiscard]] std::vector<record_row> read_record_rows(const std::string& path);
/// All rows of magic 0 and 1.
[[nodiscard]] std::vector<record_row> read_legacy_rows(const std::string& path);
/// Those of the project's vectors, or of the file that KASIO_RECORD_VECTORS names.
[[nodiscard]] const std::vector<record_row>& record_rows();
[[nodiscard]] const std::vector<record_row>& legacy_rows();

} // namespace kasio_test
