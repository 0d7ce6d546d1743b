// SPDX-License-Identifier: BSL-1.0
#include "producer/produce_round.hpp"

#include <kasio/messages/produce.hpp>

KASIO_BEGIN_NAMESPACE

std::vector<std::optional<partition_outcome>> match_answer(const produce_round& round,
                                                           const protocol::produce_response& answer) {
    std::vector<std::optional<partition_outcome>> outcomes(round.items.size());
    // Brokers answer in the order of the request: the search starts where the last one ended.
    std::size_t start = 0;
    for (const auto& topic : answer.responses) {
        for (const auto& partition : topic.partition_responses) {
            for (std::size_t step = 0; step < round.items.size(); ++step) {
                const auto at = (start + step) % round.items.size();
                const auto& item = round.items[at];
                if (item.partition != partition.index || item.topic != topic.name) continue;
                if (!outcomes[at]) {
                    outcomes[at] = {partition.error_code, partition.base_offset, partition.log_append_time_ms,
                                    partition.current_leader.leader_id, partition.current_leader.leader_epoch};
                }
                start = at + 1;
                break;
            }
        }
    }
    return outcomes;
}

KASIO_END_NAMESPACE
