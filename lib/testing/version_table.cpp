// SPDX-License-Identifier: BSL-1.0
#include "testing/version_table.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE
namespace testing {

const std::map<api, version_range>& version_table::served() noexcept {
    // Kafka 4.4's ranges. InitProducerId 6 is left out: it is unstable there (two-phase commit).
    static const std::map<api, version_range> ranges{
        {api::produce, {3, 13}},
        {api::fetch, {4, 18}},
        {api::list_offsets, {1, 11}},
        {api::metadata, {0, 13}},
        {api::find_coordinator, {0, 6}},
        {api::api_versions, {0, 5}},
        {api::create_topics, {2, 7}},
        {api::delete_topics, {1, 6}},
        {api::init_producer_id, {0, 5}},
        {api::offset_for_leader_epoch, {2, 4}},
        {api::offset_commit, {2, 10}},
        {api::offset_fetch, {1, 10}},
        {api::join_group, {0, 9}},
        {api::heartbeat, {0, 4}},
        {api::leave_group, {0, 5}},
        {api::sync_group, {0, 5}},
        {api::describe_groups, {0, 6}},
        {api::list_groups, {0, 5}},
        {api::delete_groups, {0, 3}},
        {api::offset_delete, {0, 0}},
        {api::txn_offset_commit, {0, 6}},
        {api::consumer_group_heartbeat, {0, 1}},
        {api::consumer_group_describe, {0, 1}},
        {api::sasl_handshake, {0, 1}},
        {api::sasl_authenticate, {0, 2}},
    };
    return ranges;
}

void version_table::set_profile(version_profile profile, int node) {
    if (node == any_node) profiles_.clear();
    profiles_[node] = profile;
}

version_profile version_table::profile(int node) const {
    if (const auto own = profiles_.find(node); own != profiles_.end()) return own->second;
    const auto all = profiles_.find(any_node);
    return all == profiles_.end() ? version_profile::latest : all->second;
}

void version_table::bound(api which, std::int16_t min, std::int16_t max, int node) {
    if (node == any_node)
        std::erase_if(bounds_, [which](const auto& bound) { return bound.first.first == which; });
    bounds_[{which, node}] = {min, max};
}

const version_range* version_table::bound_of(api which, int node) const {
    if (const auto own = bounds_.find({which, node}); own != bounds_.end()) return &own->second;
    const auto all = bounds_.find({which, any_node});
    return all == bounds_.end() ? nullptr : &all->second;
}

version_range version_table::range(api which, int node) const {
    const auto at = served().find(which);
    if (at == served().end()) return {};
    const auto cut = [](version_range range, version_range by) {
        return version_range{std::max(range.min, by.min), std::min(range.max, by.max)};
    };
    const auto range = cut(at->second, offered_by(profile(node), static_cast<std::int16_t>(which)));
    const version_range* const bound = bound_of(which, node);
    return bound == nullptr ? range : cut(range, *bound);
}

version_range version_table::offered(api which, int node) const {
    version_range offer = range(which, node);
    if (which == api::produce && bound_of(which, node) == nullptr) offer.min = 0;
    return offer;
}

} // namespace testing
KASIO_END_NAMESPACE
