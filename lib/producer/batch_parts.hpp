// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "producer/send_batch.hpp"

#include <cstdint>
#include <memory>
#include <vector>

KASIO_BEGIN_NAMESPACE

// Taking sealed batches apart. On the strand.

/// Indices from `first` up to `end`.
[[nodiscard]] std::vector<std::int32_t> indices(std::int32_t first, std::int32_t end);
/// Those of `count` that are not among `these`, which are in order.
[[nodiscard]] std::vector<std::int32_t> all_but(std::int32_t count, const std::vector<std::int32_t>& these);
/// The first record behind the middle of the batch's bytes; neither the first nor behind the last. The batch
/// has two records at least.
[[nodiscard]] std::int32_t middle_of(const send_batch& batch);

/// Moves the records `which` of `whole` into `part`, which is new, with the handlers that wait for them.
/// `whole` stays as it is but for these handlers, so that a write of it may go on; the part keeps it alive,
/// and is another batch of the same partition in its place.
void take_part(const std::shared_ptr<send_batch>& whole, const std::shared_ptr<send_batch>& part,
               const std::vector<std::int32_t>& which);

/// Drops the records that were withdrawn. Only before the batch is written.
void leave_out_withdrawn(send_batch& batch);

KASIO_END_NAMESPACE
