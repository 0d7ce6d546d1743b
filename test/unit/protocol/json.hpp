// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <vector>

namespace kasio_test {

/// Where the printed message departs from the expected one, a line each. `full` has every field of the
/// version, `lean` only those that travel: what is expected must be in `full`, what is in `lean` must be
/// expected.
[[nodiscard]] std::vector<std::string> json_differences(const std::string& expected, const std::string& full,
                                                        const std::string& lean);

/// Throws when the text is no JSON.
void require_json(const std::string& text);

} // namespace kasio_test
