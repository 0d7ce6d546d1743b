// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "group/assign_view.hpp"
#include "group/sticky_claims.hpp"

#include <vector>

KASIO_BEGIN_NAMESPACE

/// Partitions by member number, balanced: where all want the same topics, no two members differ by more than
/// one, and as few partitions as possible move. Where they want different topics, no partition, and no chain
/// of partitions from member to member, could be moved to bring two members closer that differ by two or
/// more.
[[nodiscard]] std::vector<std::vector<assign_view::index>> balance_sticky(const assign_view& view,
                                                                          const sticky_claims& claims);

KASIO_END_NAMESPACE
