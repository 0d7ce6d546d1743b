// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "testing/version_profiles.hpp"

#include <kasio/config.hpp>
#include <kasio/testing/request.hpp>

#include <cstdint>
#include <map>
#include <utility>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// Which versions of which apis each node offers: what the cluster can do, cut down by the node's profile,
/// cut down by bounds.
class version_table {
public:
    /// What the cluster can answer at all.
    [[nodiscard]] static const std::map<api, version_range>& served() noexcept;

    /// For all nodes: forgets what single nodes were given.
    void set_profile(version_profile profile, int node);
    [[nodiscard]] version_profile profile(int node) const;
    /// Cuts down to [min, max].
    void bound(api which, std::int16_t min, std::int16_t max, int node);
    [[nodiscard]] version_range range(api which, int node) const;
    /// What ApiVersions says: as `range`, but without bounds Produce is offered from 0 on, which Kafka 4 does
    /// too without serving it, since librdkafka takes the lack of version 0 for a lack of compression
    /// (KAFKA-18659).
    [[nodiscard]] version_range offered(api which, int node) const;

private:
    [[nodiscard]] const version_range* bound_of(api which, int node) const;

    std::map<int, version_profile> profiles_;
    std::map<std::pair<api, int>, version_range> bounds_;
};

} // namespace testing
KASIO_END_NAMESPACE
