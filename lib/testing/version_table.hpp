// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/field.hpp"

#include <kasio/config.hpp>
#include <kasio/testing/request.hpp>

#include <cstdint>
#include <map>
#include <utility>

KASIO_BEGIN_NAMESPACE
namespace testing {

using protocol::version_range;

/// Which versions of which apis each node offers.
class version_table {
public:
    /// What the cluster can answer at all.
    [[nodiscard]] static const std::map<api, version_range>& served() noexcept;

    /// The served range cut down to [min, max].
    void bound(api which, std::int16_t min, std::int16_t max, int node);
    [[nodiscard]] version_range range(api which, int node) const;
    /// What ApiVersions says: as `range`, but without bounds Produce is offered from 0 on, which Kafka 4 does
    /// too without serving it, since librdkafka takes the lack of version 0 for a lack of compression
    /// (KAFKA-18659).
    [[nodiscard]] version_range offered(api which, int node) const;

private:
    std::map<std::pair<api, int>, version_range> bounds_;
};

} // namespace testing
KASIO_END_NAMESPACE
