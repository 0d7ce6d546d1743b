// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <chrono>
#include <cstddef>
#include <type_traits>

KASIO_BEGIN_NAMESPACE

/// What one `consumer::async_poll` gives at most, and how long it waits.
struct poll_limits {
    /// Zero: `max_poll_records` of the options.
    std::size_t max_records = 0;
    /// When nothing has come by then, the poll succeeds with nothing in it. Zero: what there is at once.
    std::chrono::milliseconds max_wait = std::chrono::milliseconds::max();
};
// g++ 12 destroys temporaries of other kinds twice inside a co_await expression.
static_assert(std::is_trivially_copyable_v<poll_limits>);

KASIO_END_NAMESPACE
