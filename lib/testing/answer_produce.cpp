// SPDX-License-Identifier: BSL-1.0
#include "testing/answers.hpp"

#include "testing/batch_check.hpp"
#include "testing/stored_records.hpp"

#include <utility>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

struct append_result {
    broker_errc error = broker_errc::none;
    std::int64_t base_offset = -1;
    std::int64_t log_append_time = -1;
    /// Indices of records that are to blame (KIP-467).
    std::vector<std::int32_t> without_key = {};
};

append_result append(const call& call, topic_state& topic, partition_state& partition, std::int16_t acks,
                     bytes_view records) {
    if (acks == -1 && call.state.in_sync(partition) < topic.min_in_sync)
        return {broker_errc::not_enough_replicas};
    const checked_batch batch = check_produced_batch(records, topic.max_message_bytes);
    if (batch.error != broker_errc::none) return {batch.error};
    // zstd came with Produce 7 (KIP-110).
    if (batch.view.codec() == compression::zstd && call.version < 7)
        return {broker_errc::unsupported_compression_type};
    if (topic.compacted) {
        auto without_key = records_without_key(records.bytes());
        if (!without_key.empty()) return {broker_errc::invalid_record, -1, -1, std::move(without_key)};
    }
    const auto verdict = partition.producers.check(batch.sequence);
    if (verdict.error != broker_errc::none) return {verdict.error};
    if (verdict.known_at) return {broker_errc::none, *verdict.known_at};
    const std::int64_t stamp = topic.log_append_time ? call.now : -1;
    const std::int64_t base_offset = append_batch(partition, batch, stamp);
    call.state.mark_changed();
    return {broker_errc::none, base_offset, stamp};
}

append_result produce(const call& call, const partition_lookup& found, std::int16_t acks,
                      bytes_view records) {
    if (call.is_injected()) return {call.injected};
    if (acks < -1 || acks > 1) return {broker_errc::invalid_required_acks};
    if (found.error != broker_errc::none) return {found.error};
    return append(call, *found.topic, *found.partition, acks, records);
}

template <class Answer>
void tell_why(const append_result& result, Answer& partition) {
    if (result.without_key.empty()) return;
    partition.error_message = "One or more records have been rejected";
    for (const auto index : result.without_key) {
        auto& blamed = partition.record_errors.emplace_back();
        blamed.batch_index = index;
        blamed.batch_index_error_message = "Compacted topic cannot accept message without key";
    }
}

} // namespace

protocol::produce_response answer(call& call, const protocol::produce_request& request) {
    protocol::produce_response response;
    const bool by_id = call.version >= 13;
    for (const auto& sent : request.topic_data) {
        auto& given = response.responses.emplace_back();
        if (by_id) given.topic_id = sent.topic_id;
        else given.name = sent.name;
        topic_state* const topic = by_id ? call.state.topic(sent.topic_id) : call.state.topic(sent.name);
        const auto unknown = by_id ? broker_errc::unknown_topic_id : broker_errc::unknown_topic_or_partition;
        for (const auto& data : sent.partition_data) {
            const partition_lookup found = find_led_partition(call, topic, unknown, data.index, -1);
            const append_result result = produce(call, found, request.acks, data.records);
            auto& partition = given.partition_responses.emplace_back();
            partition.index = data.index;
            partition.error_code = number(result.error);
            partition.base_offset = result.base_offset;
            partition.log_append_time_ms = result.log_append_time;
            if (call.version >= 8) tell_why(result, partition);
            if (found.partition == nullptr) continue;
            if (result.error == broker_errc::none)
                partition.log_start_offset = found.partition->log.start_offset();
            if (call.version < 10 || !wants_leader_hint(result.error)) continue;
            partition.current_leader.leader_id = found.partition->leader;
            partition.current_leader.leader_epoch = found.partition->leader_epoch;
            add_endpoint(response.node_endpoints, call.state, found.partition->leader);
        }
    }
    return response;
}

partition_lookup find_led_partition(const call& call, topic_state* topic, broker_errc unknown_topic,
                                    std::int32_t index, std::int32_t epoch) {
    if (topic == nullptr) return {unknown_topic};
    partition_state* const partition = topic->partition(index);
    if (partition == nullptr) return {broker_errc::unknown_topic_or_partition, nullptr, topic};
    broker_errc error = broker_errc::none;
    // In Kafka's order: epochs first (Partition.getLocalLog).
    if (epoch >= 0 && epoch < partition->leader_epoch) error = broker_errc::fenced_leader_epoch;
    else if (epoch > partition->leader_epoch) error = broker_errc::unknown_leader_epoch;
    else if (partition->leader != call.node) error = broker_errc::not_leader_or_follower;
    return {error, partition, topic};
}

} // namespace testing
KASIO_END_NAMESPACE
