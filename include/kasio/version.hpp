// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

/// Version of these headers: major * 10000 + minor * 100 + patch.
#define KASIO_VERSION_MAJOR 0
#define KASIO_VERSION_MINOR 1
#define KASIO_VERSION_PATCH 0
#define KASIO_VERSION (KASIO_VERSION_MAJOR * 10000 + KASIO_VERSION_MINOR * 100 + KASIO_VERSION_PATCH)

/// True when these headers are of that version or a later one; also usable in `#if`.
#define KASIO_CHECK_VERSION(major, minor, patch) (KASIO_VERSION >= (major) * 10000 + (minor) * 100 + (patch))

KASIO_BEGIN_NAMESPACE

/// Version of the library that runs, in the form of `KASIO_VERSION`. Differs from the macro when the program
/// was compiled with the headers of another version.
[[nodiscard]] KASIO_DECL int version() noexcept;

KASIO_END_NAMESPACE
