// SPDX-License-Identifier: BSL-1.0
#include "properties/name_table.hpp"

#include <algorithm>
#include <cstdlib>

KASIO_BEGIN_NAMESPACE

namespace {

/// `linger.ms` is `KASIO_LINGER_MS`.
std::string variable_of(std::string_view name) {
    std::string variable = "KASIO_";
    for (const char each : name) {
        const bool letter = each >= 'a' && each <= 'z';
        const bool digit = each >= '0' && each <= '9';
        variable += letter ? static_cast<char>(each - 'a' + 'A') : digit ? each : '_';
    }
    return variable;
}

std::string value_of(const std::string& variable) {
    const char* value = std::getenv(variable.c_str());
    return value != nullptr ? value : "";
}

} // namespace

properties environment_properties() {
    properties found;
    bool has_servers = false;
    for (const auto& row : property_rows()) {
        const auto name = row.known.name;
        if (name.find('*') != name.npos) continue;
        auto value = value_of(variable_of(name));
        if (value.empty()) continue;
        has_servers = has_servers || row.known.target == "bootstrap.servers";
        found.emplace_back(std::string{name}, std::move(value));
    }
    auto broker = value_of("KAFKA_BROKER");
    if (!has_servers && !broker.empty()) found.emplace_back("bootstrap.servers", std::move(broker));
    return found;
}

KASIO_END_NAMESPACE
