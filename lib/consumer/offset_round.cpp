// SPDX-License-Identifier: BSL-1.0
#include "consumer/offset_round.hpp"

#include "consumer/answer_matcher.hpp"

#include <string_view>

KASIO_BEGIN_NAMESPACE

void name_partitions(protocol::list_offsets_request& request, const offset_round& round) {
    const std::string* last = nullptr;
    for (const auto& item : round.items) {
        const auto& position = *item.partition->position;
        if (last == nullptr || *last != *position.topic) {
            request.topics.emplace_back().name = *position.topic;
            last = position.topic.get();
        }
        auto& partition = request.topics.back().partitions.emplace_back();
        partition.partition_index = position.number;
        partition.current_leader_epoch = item.partition->leader_epoch;
        partition.timestamp = item.timestamp;
    }
}

std::vector<const protocol::list_offsets_response::list_offsets_partition_response*> match_answer(
    const offset_round& round, const protocol::list_offsets_response& answer) {
    std::vector<const protocol::list_offsets_response::list_offsets_partition_response*> matched(
        round.items.size());
    std::vector<answer_matcher::key> asked;
    asked.reserve(round.items.size());
    for (const auto& item : round.items) {
        asked.emplace_back(std::string_view{*item.partition->position->topic},
                           item.partition->position->number);
    }
    answer_matcher matcher{std::move(asked)};
    for (const auto& topic : answer.topics) {
        for (const auto& partition : topic.partitions) {
            const auto at = matcher.find({std::string_view{topic.name}, partition.partition_index});
            if (at != answer_matcher::none && matched[at] == nullptr) matched[at] = &partition;
        }
    }
    return matched;
}

KASIO_END_NAMESPACE
