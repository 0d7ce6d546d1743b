// SPDX-License-Identifier: BSL-1.0
#include "producer/produce_round.hpp"

#include <kasio/messages/produce.hpp>

#include <algorithm>

KASIO_BEGIN_NAMESPACE

namespace {

using answered_partition = protocol::produce_response::partition_produce_response;

partition_outcome outcome_of(const answered_partition& said) {
    partition_outcome outcome;
    outcome.error = said.error_code;
    outcome.base_offset = said.base_offset;
    outcome.log_append_time = said.log_append_time_ms;
    outcome.leader = said.current_leader.leader_id;
    outcome.leader_epoch = said.current_leader.leader_epoch;
    if (said.error_code == 0) return outcome;
    if (said.error_message) outcome.text = *said.error_message;
    for (const auto& each : said.record_errors) {
        outcome.blamed.push_back(each.batch_index);
        if (!each.batch_index_error_message) continue;
        if (!outcome.text.empty()) outcome.text += "; ";
        outcome.text += "record " + std::to_string(each.batch_index) + ": " + *each.batch_index_error_message;
    }
    std::sort(outcome.blamed.begin(), outcome.blamed.end());
    outcome.blamed.erase(std::unique(outcome.blamed.begin(), outcome.blamed.end()), outcome.blamed.end());
    return outcome;
}

} // namespace

bool produce_round::has_ids() const noexcept {
    return std::none_of(items.begin(), items.end(), [](const item& each) { return each.topic_id == uuid{}; });
}

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
                if (item.partition != partition.index) continue;
                if (round.by_id ? item.topic_id != topic.topic_id : item.topic != topic.name) continue;
                if (!outcomes[at]) outcomes[at] = outcome_of(partition);
                start = at + 1;
                break;
            }
        }
    }
    return outcomes;
}

KASIO_END_NAMESPACE
