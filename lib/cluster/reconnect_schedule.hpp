// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "base/backoff.hpp"
#include "cluster/retry_policy.hpp"

#include <kasio/error.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>

KASIO_BEGIN_NAMESPACE

/// When a node may be connected to again, and why it failed: one pause for each node that failed, longer from
/// failure to failure (KIP-144), whatever the connection was for. A node that let somebody in is not in it.
class reconnect_schedule {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit reconnect_schedule(exponential_backoff backoff) noexcept : backoff_{backoff} {}

    /// `random` is in [0, 1).
    void on_failure(std::int32_t node, error_code cause, time_point now, double random) {
        auto& state = failing_[node];
        state.cause = cause;
        state.not_before = now + backoff_.delay(ends_waiting(cause) ? most_counted : state.failures, random);
        if (state.failures < most_counted) ++state.failures;
    }
    void on_success(std::int32_t node) { failing_.erase(node); }

    /// The past for a node that may be tried now.
    [[nodiscard]] time_point not_before(std::int32_t node) const noexcept {
        const auto place = failing_.find(node);
        return place == failing_.end() ? time_point{} : place->second.not_before;
    }
    /// Why it failed last; nothing when it did not.
    [[nodiscard]] error_code cause(std::int32_t node) const noexcept {
        const auto place = failing_.find(node);
        return place == failing_.end() ? error_code{} : place->second.cause;
    }
    /// How many nodes are failing.
    [[nodiscard]] std::size_t size() const noexcept { return failing_.size(); }

private:
    /// Longer than any back-off doubles.
    static constexpr int most_counted = 62;
    struct state {
        int failures = 0;
        time_point not_before{};
        error_code cause;
    };
    exponential_backoff backoff_;
    std::map<std::int32_t, state> failing_;
};

KASIO_END_NAMESPACE
