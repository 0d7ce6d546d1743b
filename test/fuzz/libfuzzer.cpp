// SPDX-License-Identifier: BSL-1.0
// One target as libFuzzer wants it; KASIO_FUZZ_TARGET names it.
#include "targets.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    KASIO_FUZZ_TARGET({reinterpret_cast<const std::byte*>(data), size});
    return 0;
}
