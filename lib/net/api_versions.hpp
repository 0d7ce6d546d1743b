// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "protocol/field.hpp"

#include <kasio/config.hpp>
#include <kasio/messages/api_versions.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
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

    /// The level on which the cluster agreed (`transaction.version`, `group.version`, ...); 0 when the broker
    /// names no such feature.
    [[nodiscard]] std::int16_t finalized(std::string_view feature) const noexcept;
    /// How recent the finalized features are; -1 when the broker does not know any.
    [[nodiscard]] std::int64_t finalized_epoch() const noexcept { return finalized_epoch_; }

private:
    struct offer {
        std::int16_t key;
        protocol::version_range versions;
    };
    struct feature {
        std::string name;
        std::int16_t level;
    };
    /// Ordered by key.
    std::vector<offer> offers_;
    std::vector<feature> finalized_;
    std::int64_t finalized_epoch_ = -1;
};

KASIO_END_NAMESPACE
