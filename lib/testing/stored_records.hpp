// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "testing/partition_log.hpp"

#include <kasio/bytes.hpp>
#include <kasio/config.hpp>
#include <kasio/record.hpp>
#include <kasio/testing/broker.hpp>

#include <span>
#include <string>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// The data records of a log, from its start offset on. Throws std::runtime_error at bytes that cannot be decoded.
[[nodiscard]] std::vector<stored_record> stored_records(const partition_log& log);

/// The records as one uncompressed batch at offset 0; those without a timestamp get the present one.
[[nodiscard]] std::string encoded_batch(std::span<const producer_record> records);

} // namespace testing
KASIO_END_NAMESPACE
