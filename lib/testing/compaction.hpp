// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// The batch without the records at `gone`, which rise, as Kafka's log cleaner writes it: the others keep
/// their bytes, the batch its first and its last offset. Empty when the whole batch may go; a producer's
/// batch stays without records, since its numbers are still needed. Nothing when the batch keeps all, or
/// cannot be looked into: compressed batches and those before Kafka 0.11 are left as they are, and so are
/// markers.
[[nodiscard]] std::optional<std::vector<std::byte>> without_records(std::span<const std::byte> batch,
                                                                    std::span<const std::int64_t> gone);

} // namespace testing
KASIO_END_NAMESPACE
