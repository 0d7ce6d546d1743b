// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/config.hpp>

#include <algorithm>
#include <chrono>

KASIO_BEGIN_NAMESPACE

/// Waits that double from attempt to attempt up to a maximum, spread by jitter (KIP-580, Kafka's
/// ExponentialBackoff): min(maximum, initial * 2^attempt) * (0.8 .. 1.2), never above the maximum.
class exponential_backoff {
public:
    using duration = std::chrono::steady_clock::duration;
    exponential_backoff(duration initial, duration maximum) noexcept
        : initial_{std::max(initial, duration::zero())}, maximum_{std::max(maximum, initial_)} {}

    /// `attempt` counts from 0; `random` is in [0, 1).
    [[nodiscard]] duration delay(int attempt, double random) const noexcept {
        auto wait = initial_;
        for (; attempt > 0 && wait < maximum_; --attempt) wait = wait > maximum_ / 2 ? maximum_ : wait * 2;
        const auto spread = static_cast<double>(wait.count()) * (0.8 + 0.4 * random);
        return std::min(maximum_, duration{static_cast<duration::rep>(spread)});
    }

private:
    duration initial_;
    duration maximum_;
};

KASIO_END_NAMESPACE
