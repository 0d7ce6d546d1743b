// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/cluster_core.hpp"
#include "cluster/complete.hpp"

#include <kasio/metadata.hpp>

#include <memory>
#include <string>

KASIO_BEGIN_NAMESPACE

/// Asks some broker for the metadata of one topic, or of all when the name is empty, until `default_timeout` or
/// until it is given up. On the strand.
void describe_cluster(const std::shared_ptr<cluster_core>& core, std::string topic,
                      std::shared_ptr<waiting_completion<cluster_metadata>> waiting, given_up_flag given_up);

KASIO_END_NAMESPACE
