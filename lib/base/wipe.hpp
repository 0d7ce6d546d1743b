// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <cstddef>

KASIO_BEGIN_NAMESPACE

/// Overwrites what was a secret. The compiler does not see that nobody reads it any more.
void wipe(void* bytes, std::size_t size) noexcept;

KASIO_END_NAMESPACE
