// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <vector>

namespace cli {

/// `kasio broker`: runs an in-process cluster until SIGINT or SIGTERM. Gives the exit code.
int serve(std::vector<std::string> words);

} // namespace cli
