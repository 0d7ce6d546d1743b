// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "consumer/consumer_core.hpp"

#include <kasio/rebalance.hpp>

#include <memory>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// What a hook is told.
class rebalance_state {
public:
    const std::vector<topic_partition> partitions;
    const error_code cause;
    const std::weak_ptr<consumer_core> reader;

    rebalance_state(std::vector<topic_partition> which, error_code why, std::weak_ptr<consumer_core> whose)
        : partitions{std::move(which)}, cause{why}, reader{std::move(whose)} {}
};

/// Calls the hook on `executor` and then, on the strand and not inside this call, `done`: with the reason
/// when it threw. Not at all when the execution context goes first.
void run_hook(const std::shared_ptr<cluster_core>& cluster, const rebalance_hook& hook, rebalance what,
              unique_function<void(bool failed)> done);

KASIO_END_NAMESPACE
