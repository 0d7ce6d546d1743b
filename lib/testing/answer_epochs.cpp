// SPDX-License-Identifier: BSL-1.0
#include "testing/epoch_answers.hpp"

KASIO_BEGIN_NAMESPACE
namespace testing {

/// Where the log parts from what was read in an epoch (Kafka's Partition.lastOffsetForLeaderEpoch).
protocol::offset_for_leader_epoch_response answer(call& call,
                                                  const protocol::offset_for_leader_epoch_request& request) {
    protocol::offset_for_leader_epoch_response response;
    for (const auto& wanted : request.topics) {
        auto& given = response.topics.emplace_back();
        given.topic = wanted.topic;
        topic_state* const topic = call.state.topic(wanted.topic);
        for (const auto& ask : wanted.partitions) {
            const auto found = find_led_partition(call, topic, broker_errc::unknown_topic_or_partition,
                                                  ask.partition, ask.current_leader_epoch);
            auto& partition = given.partitions.emplace_back();
            partition.partition = ask.partition;
            partition.error_code = number(call.is_injected() ? call.injected : found.error);
            if (partition.error_code != 0) continue;
            const auto end = found.partition->log.end_of_epoch(ask.leader_epoch);
            partition.leader_epoch = end.epoch;
            partition.end_offset = end.epoch < 0 ? -1 : end.offset;
        }
    }
    return response;
}

} // namespace testing
KASIO_END_NAMESPACE
