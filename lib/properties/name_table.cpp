// SPDX-License-Identifier: BSL-1.0
#include "properties/name_table.hpp"

#include "properties/draft.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE

namespace {

bool by_name(const name_row& a, const name_row& b) { return a.known.name < b.known.name; }

const name_row* find_exact(std::span<const name_row> rows, std::string_view name) {
    const auto found = std::lower_bound(
        rows.begin(), rows.end(), name,
        [](const name_row& row, std::string_view wanted) { return row.known.name < wanted; });
    return found != rows.end() && found->known.name == name ? &*found : nullptr;
}

/// A star stands for at least one letter.
bool fits(std::string_view pattern, std::string_view name) {
    if (pattern.starts_with('*')) return name.size() >= pattern.size() && name.ends_with(pattern.substr(1));
    return pattern.ends_with('*') && name.size() >= pattern.size() &&
           name.starts_with(pattern.substr(0, pattern.size() - 1));
}

std::vector<name_row> make_rows() {
    std::vector<name_row> rows;
    for (const auto part : {cluster_settings(), tls_settings(), sasl_settings(), producer_settings(),
                            consumer_settings(), group_settings()}) {
        for (const auto& each : part) {
            rows.push_back({{each.name, each.name, property_effect::sets, each.secret, {}}, &each});
        }
    }
    for (const auto& each : other_property_names()) {
        rows.push_back({{each.name, each.name, each.effect, each.secret, each.text}, nullptr});
    }
    std::sort(rows.begin(), rows.end(), by_name);
    const auto direct = rows;
    for (const auto& each : property_aliases()) {
        // Every target is in the table; a test looks.
        if (const auto* target = find_exact(direct, each.target)) {
            rows.push_back(*target);
            rows.back().known.name = each.name;
        }
    }
    std::sort(rows.begin(), rows.end(), by_name);
    return rows;
}

const name_row* find_known(std::string_view name) {
    const auto rows = property_rows();
    if (const auto* exact = find_exact(rows, name)) return exact;
    const auto found = std::find_if(rows.begin(), rows.end(),
                                    [name](const name_row& row) { return fits(row.known.name, name); });
    return found != rows.end() ? &*found : nullptr;
}

} // namespace

std::span<const name_row> property_rows() {
    static const auto rows = make_rows();
    return rows;
}

const name_row* find_property(std::string_view name) {
    constexpr std::string_view of_a_topic = "topic.";
    const auto* found = find_known(name);
    if (found == nullptr && name.starts_with(of_a_topic)) found = find_known(name.substr(of_a_topic.size()));
    return found;
}

std::vector<known_property> known_properties() {
    std::vector<known_property> all;
    for (const auto& row : property_rows()) all.push_back(row.known);
    return all;
}

KASIO_END_NAMESPACE
