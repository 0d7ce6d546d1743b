// SPDX-License-Identifier: BSL-1.0
#include "testing/version_table.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE
namespace testing {

const std::map<api, version_range>& version_table::served() noexcept {
    // Kafka 4.4's ranges. InitProducerId 6 is left out: it is unstable there (two-phase commit).
    static const std::map<api, version_range> ranges{
        {api::produce, {3, 13}},      {api::fetch, {4, 18}},           {api::list_offsets, {1, 11}},
        {api::metadata, {0, 13}},     {api::find_coordinator, {0, 6}}, {api::api_versions, {0, 5}},
        {api::create_topics, {2, 7}}, {api::delete_topics, {1, 6}},    {api::init_producer_id, {0, 5}},
    };
    return ranges;
}

void version_table::bound(api which, std::int16_t min, std::int16_t max, int node) {
    const auto at = served().find(which);
    if (at == served().end()) return;
    const version_range bounded{std::max(min, at->second.min), std::min(max, at->second.max)};
    if (node == any_node)
        std::erase_if(bounds_, [which](const auto& bound) { return bound.first.first == which; });
    bounds_[{which, node}] = bounded;
}

version_range version_table::range(api which, int node) const {
    if (const auto own = bounds_.find({which, node}); own != bounds_.end()) return own->second;
    if (const auto all = bounds_.find({which, any_node}); all != bounds_.end()) return all->second;
    const auto at = served().find(which);
    return at == served().end() ? version_range{} : at->second;
}

version_range version_table::offered(api which, int node) const {
    version_range offer = range(which, node);
    const bool bounded = bounds_.contains({which, node}) || bounds_.contains({which, any_node});
    if (which == api::produce && !bounded) offer.min = 0;
    return offer;
}

} // namespace testing
KASIO_END_NAMESPACE
