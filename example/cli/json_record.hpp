// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli {

/// A record as a line of `consume -J` tells it. The partition and the offset are where it was, and are not
/// read.
struct json_record {
    std::optional<std::string> topic;
    std::optional<std::string> key;
    std::optional<std::string> value;
    std::optional<std::int64_t> timestamp;
    std::vector<std::pair<std::string, std::optional<std::string>>> headers;
};

/// Throws `std::runtime_error`, whose text does not quote the line. Members it does not know are passed over.
json_record parse_json_record(std::string_view line);

} // namespace cli
