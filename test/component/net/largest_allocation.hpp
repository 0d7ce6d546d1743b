// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

/// The largest piece of memory that `operator new` was asked for since the last `forget_allocations`, on any
/// thread.
[[nodiscard]] std::size_t largest_allocation() noexcept;
void forget_allocations() noexcept;
