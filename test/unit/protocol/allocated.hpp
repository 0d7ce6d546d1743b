// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

namespace kasio_test {

/// What this thread has taken from the heap since the last `reset`.
struct allocated {
    static void reset() noexcept;
    [[nodiscard]] static std::size_t bytes() noexcept;
    [[nodiscard]] static std::size_t times() noexcept;
};

} // namespace kasio_test
