// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "record/batch_view.hpp"

#include <cstddef>
#include <span>

/// Walks the uncompressed records of a batch in every way there is. Returns whether they were valid.
bool walk_records(const kasio::batch_view& batch, std::span<const std::byte> records);
