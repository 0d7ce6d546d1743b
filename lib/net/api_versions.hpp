// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "net/finalized_features.hpp"
#include "protocol/field.hpp"

#include <kasio/config.hpp>
#include <kasio/messages/api_versions.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// What one broker offers, as it said when the connection was made. Kept per connection and never per
/// cluster: brokers differ while a cluster is being upgraded.
class api_versions {
public:
    api_versions() = default;
    explicit api_versions(const protocol::api_versions_response& answer);

    /// The broker's own range; empty (`max` < `min`) when it lacks the request.
    [[nodiscard]] protocol::version_range offered(std::int16_t api_key) const noexcept;

    /// The highest version that broker and client have in common, at most `cap`; nothing when there is none.
    [[nodiscard]] std::optional<std::int16_t> pick(
        const protocol::api_info& api,
        std::int16_t cap = std::numeric_limits<std::int16_t>::max()) const noexcept;

    /// What this broker has heard that the cluster agreed on.
    [[nodiscard]] const finalized_features& features() const noexcept { return features_; }

    /// For tests: from now on the broker offers no other version of that api than this, or not even this when
    /// it did not before.
    void pin(std::int16_t api_key, std::int16_t version) noexcept;

private:
    struct offer {
        std::int16_t key;
        protocol::version_range versions;
    };
    /// Ordered by key.
    std::vector<offer> offers_;
    finalized_features features_;
};

KASIO_END_NAMESPACE
