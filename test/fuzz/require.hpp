// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>

/// Ends the program as a finding when `holds` is false.
inline void require(bool holds, const char* what,
                    const std::source_location where = std::source_location::current()) {
    if (holds) return;
    std::fprintf(stderr, "%s:%u: does not hold: %s\n", where.file_name(), where.line(), what);
    std::abort();
}
