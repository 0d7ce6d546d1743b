// SPDX-License-Identifier: BSL-1.0
#include "testing/group_coordinators.hpp"

#include "testing/cluster_state.hpp"

#include <kasio/hash.hpp>

#include <algorithm>

KASIO_BEGIN_NAMESPACE
namespace testing {

int group_coordinators::node_of(const std::vector<node_state>& nodes, const std::string& key,
                                std::int8_t type) {
    const auto is_listed = [&nodes](int id) {
        return std::any_of(nodes.begin(), nodes.end(),
                           [id](const auto& node) { return node.id == id && node.listed; });
    };
    const auto at = current_.find({type, key});
    if (at != current_.end() && is_listed(at->second)) return at->second;
    const std::size_t first = static_cast<std::uint32_t>(murmur2(key)) % nodes.size();
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const node_state& node = nodes[(first + i) % nodes.size()];
        if (!node.listed) continue;
        current_[{type, key}] = node.id;
        return node.id;
    }
    return -1;
}

void group_coordinators::set_loading(const std::string& group, bool loading) {
    if (loading) loading_.insert(group);
    else loading_.erase(group);
}

void group_coordinators::set_available(const std::string& group, bool available) {
    if (available) unavailable_.erase(group);
    else unavailable_.insert(group);
}

broker_errc group_coordinators::check(const std::vector<node_state>& nodes, const std::string& group,
                                      int node) {
    if (!is_available(group)) return broker_errc::coordinator_not_available;
    if (node_of(nodes, group) != node) return broker_errc::not_coordinator;
    return is_loading(group) ? broker_errc::coordinator_load_in_progress : broker_errc::none;
}

} // namespace testing
KASIO_END_NAMESPACE
