// SPDX-License-Identifier: BSL-1.0
#include "net/finalized_features.hpp"

KASIO_BEGIN_NAMESPACE

finalized_features::finalized_features(const protocol::api_versions_response& answer)
    : epoch_{answer.finalized_features_epoch} {
    for (const auto& one : answer.finalized_features) features_.push_back({one.name, one.max_version_level});
}

std::int16_t finalized_features::level(std::string_view feature_name) const noexcept {
    for (const auto& one : features_)
        if (one.name == feature_name) return one.level;
    return 0;
}

bool finalized_features::learn(const finalized_features& other) {
    if (other.epoch_ <= epoch_) return false;
    *this = other;
    return true;
}

KASIO_END_NAMESPACE
