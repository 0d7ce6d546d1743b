// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "consumer/fetch_round.hpp"

#include <kasio/messages/list_offsets.hpp>

#include <memory>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// What one ListOffsets request asks of one partition.
struct offset_item {
    std::shared_ptr<fetched_partition> partition;
    std::uint64_t version = 0;
    std::int64_t timestamp = 0;
};

/// One ListOffsets request to one leader.
struct offset_round {
    std::vector<offset_item> items;
};

void name_partitions(protocol::list_offsets_request& request, const offset_round& round);
/// For each item what the answer says of it; null where it says nothing.
[[nodiscard]] std::vector<const protocol::list_offsets_response::list_offsets_partition_response*>
match_answer(const offset_round& round, const protocol::list_offsets_response& answer);

KASIO_END_NAMESPACE
