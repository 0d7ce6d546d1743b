// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/config.hpp>
#include <kasio/uuid.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

KASIO_BEGIN_NAMESPACE
namespace testing {

struct group_topic {
    uuid id;
    std::int32_t partitions = 0;
    friend bool operator==(const group_topic&, const group_topic&) = default;
};

/// The cluster's topics by name, as far as a coordinator that assigns partitions cares.
using group_topics = std::map<std::string, group_topic>;

/// Partitions by topic id.
using partition_set = std::set<std::pair<uuid, std::int32_t>>;

} // namespace testing
KASIO_END_NAMESPACE
