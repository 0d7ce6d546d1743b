// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/cluster_core.hpp"

#include <memory>

KASIO_BEGIN_NAMESPACE

/// A connection with the broker that `to` says, found and made where needed: one attempt, told at the latest
/// at `deadline`. A coordinator that cannot be reached is forgotten. `done` is called once, on the strand,
/// never inside this call.
void async_routed_session(const std::shared_ptr<cluster_core>& core, const route& to, time_point deadline,
                          session_handler done, given_up_flag given_up);

KASIO_END_NAMESPACE
