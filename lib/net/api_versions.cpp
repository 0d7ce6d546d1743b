// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#include "net/api_versions.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE

api_versions::api_versions(const protocol::api_versions_response& answer) : features_{answer} {
    offers_.reserve(answer.api_keys.size());
    for (const auto& api : answer.api_keys)
        offers_.push_back({api.api_key, {api.min_version, api.max_version}});
    std::stable_sort(offers_.begin(), offers_.end(),
                     [](const offer& a, const offer& b) { return a.key < b.key; });
}

protocol::version_range api_versions::offered(std::int16_t api_key) const noexcept {
    const auto found = std::lower_bound(offers_.begin(), offers_.end(), api_key,
                                        [](const offer& one, std::int16_t key) { return one.key < key; });
    return found != offers_.end() && found->key == api_key ? found->versions : protocol::version_range{};
}

std::optional<std::int16_t> api_versions::pick(const protocol::api_info& api,
                                               std::int16_t cap) const noexcept {
    const auto broker = offered(api.key);
    const auto highest = std::min({broker.max, api.versions.max, cap});
    if (highest < std::max(broker.min, api.versions.min)) return std::nullopt;
    return highest;
}

void api_versions::pin(std::int16_t api_key, std::int16_t version) noexcept {
    for (auto& one : offers_) {
        if (one.key != api_key) continue;
        one.versions = one.versions.contains(version) ? protocol::version_range{version, version}
                                                      : protocol::version_range{};
    }
}

KASIO_END_NAMESPACE
