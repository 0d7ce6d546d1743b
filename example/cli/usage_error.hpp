// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <stdexcept>
#include <string>

namespace cli {

/// The command line cannot be understood: exit code 2.
struct usage_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

} // namespace cli
