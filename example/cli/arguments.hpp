// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "settings.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cli {

struct arguments {
    mode what = mode::none;
    settings with;
    /// Set when there is nothing to do but to say this (help, version).
    std::optional<std::string> answer;
};

/// What the words after the program's name say, but for `broker`. Throws `usage_error`.
arguments parse_arguments(std::vector<std::string> words);

/// `kasio 0.1.0 (features)`.
std::string version_text();

} // namespace cli
