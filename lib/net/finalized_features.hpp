// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/config.hpp>
#include <kasio/messages/api_versions.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// The levels on which a cluster agreed (KIP-584): `transaction.version`, `group.version`, ...
///
/// Each broker tells what it has heard of them, and as of which epoch. They are the whole cluster's, so what
/// counts is the most recent word of any broker, however it came.
class finalized_features {
public:
    finalized_features() = default;
    explicit finalized_features(const protocol::api_versions_response& answer);

    /// 0 for a feature that is not named.
    [[nodiscard]] std::int16_t level(std::string_view feature) const noexcept;
    /// -1 when nothing is known.
    [[nodiscard]] std::int64_t epoch() const noexcept { return epoch_; }

    /// Takes over `other` if it is of a later epoch, all of it: features that it does not name are gone.
    /// Returns whether it did.
    bool learn(const finalized_features& other);

private:
    struct feature {
        std::string name;
        std::int16_t level;
    };
    std::vector<feature> features_;
    std::int64_t epoch_ = -1;
};

KASIO_END_NAMESPACE
