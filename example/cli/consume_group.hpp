// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "settings.hpp"

#include <string>

namespace cli {

/// Reads the topics as a member of `with.consumer.group_id`; gives the exit code.
int consume_group(const settings& with);

/// Offset, key and value with `-K`'s delimiter between, where they are wanted.
std::string default_format(const settings& with);

} // namespace cli
