// SPDX-License-Identifier: BSL-1.0
// A user's program; asio_guard.py compiles it with several configurations of Asio.
#include <kasio/features.hpp>
#include <kasio/version.hpp>

static_assert(KASIO_CHECK_VERSION(0, 1, 0) && !KASIO_CHECK_VERSION(99, 0, 0));

int main() { return kasio::version() == KASIO_VERSION && !kasio::features().empty() ? 0 : 1; }
