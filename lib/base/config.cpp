// SPDX-License-Identifier: BSL-1.0
#include <kasio/config.hpp>

KASIO_BEGIN_NAMESPACE

// The one Asio configuration this library was compiled with; see the guard in kasio/config.hpp.
const int KASIO_ASIO_ABI = 0;

KASIO_END_NAMESPACE
