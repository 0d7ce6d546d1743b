// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "net/version_negotiation.hpp"

#include <cstdint>
#include <map>

KASIO_BEGIN_NAMESPACE

/// With which version of ApiVersions each node is asked first. A broker should refuse a version that it does
/// not know with error 35, but some, and proxies before others, hang up instead. So after two connections of
/// a node in a row that ended at that very step the other choice is tried: the lowest version, which everyone
/// knows, and then, since a broker that is merely starting behaves alike, the usual one again.
///
/// What a node answered to is kept for as long as its connections live. It is forgotten when one is lost: the
/// broker may have been upgraded meanwhile, and the lowest version tells nothing of features.
class first_version_memory {
public:
    [[nodiscard]] std::int16_t version(std::int32_t node) const noexcept {
        const auto place = nodes_.find(node);
        return place == nodes_.end() ? version_negotiation::first_version : place->second.version;
    }
    /// The connection ended without an answer to ApiVersions.
    void on_hung_up(std::int32_t node) {
        auto& state = nodes_[node];
        if (++state.in_vain < before_change) return;
        state.in_vain = 0;
        state.version = state.version == 0 ? version_negotiation::first_version : std::int16_t{0};
    }
    void on_success(std::int32_t node) {
        const auto place = nodes_.find(node);
        if (place == nodes_.end()) return;
        place->second.in_vain = 0;
        if (place->second.version == version_negotiation::first_version) nodes_.erase(place);
    }
    /// A connection that was open was lost.
    void on_lost(std::int32_t node) { nodes_.erase(node); }

private:
    static constexpr int before_change = 2;
    struct state {
        std::int16_t version = version_negotiation::first_version;
        int in_vain = 0;
    };
    std::map<std::int32_t, state> nodes_;
};

KASIO_END_NAMESPACE
