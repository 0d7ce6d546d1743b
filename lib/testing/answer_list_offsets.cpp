// SPDX-License-Identifier: BSL-1.0
#include "testing/answers.hpp"

#include "testing/stored_records.hpp"

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

// ListOffsetsRequest's special timestamps.
constexpr std::int64_t latest = -1;
constexpr std::int64_t earliest = -2;
constexpr std::int64_t max_timestamp = -3;
constexpr std::int64_t earliest_local = -4;
constexpr std::int64_t latest_tiered = -5;

struct found_offset {
    broker_errc error = broker_errc::none;
    std::int64_t offset = -1;
    std::int64_t timestamp = -1;
    std::int32_t epoch = -1;
};

/// The first record at `wanted` or later in time.
found_offset find_by_time(const partition_log& log, std::int64_t wanted) {
    found_offset found;
    log.each_batch(log.start_offset(), [&](const batch_entry& entry, std::span<const std::byte> bytes) {
        if (entry.max_timestamp < wanted) return true;
        const auto first = first_record_at(bytes, wanted, log.start_offset());
        if (!first) return true;
        found = {broker_errc::none, first->offset, first->timestamp, entry.leader_epoch};
        return false;
    });
    return found;
}

found_offset find_offset(const partition_state& partition, std::int64_t wanted, std::int16_t version,
                         bool committed) {
    const partition_log& log = partition.log;
    const std::int32_t epoch = partition.leader_epoch;
    if (wanted >= 0) return find_by_time(log, wanted);
    if (wanted == latest) {
        const std::int64_t end = log.end_offset();
        const std::int64_t stable = partition.transactions.last_stable_offset(end);
        return {broker_errc::none, committed ? stable : end, -1, epoch};
    }
    if (wanted == earliest || (wanted == earliest_local && version >= 8)) {
        return {broker_errc::none, log.start_offset(), -1, epoch};
    }
    if (wanted == max_timestamp && version >= 7) {
        const batch_entry* const entry = log.latest_in_time();
        return entry == nullptr ? found_offset{} : find_by_time(log, entry->max_timestamp);
    }
    // Nothing is ever tiered.
    if (wanted == latest_tiered && version >= 9) return {};
    return {broker_errc::unsupported_version};
}

} // namespace

protocol::list_offsets_response answer(call& call, const protocol::list_offsets_request& request) {
    protocol::list_offsets_response response;
    for (const auto& wanted : request.topics) {
        auto& given = response.topics.emplace_back();
        given.name = wanted.name;
        topic_state* const topic = call.state.topic(wanted.name);
        for (const auto& ask : wanted.partitions) {
            const auto found = find_led_partition(call, topic, broker_errc::unknown_topic_or_partition,
                                                  ask.partition_index, ask.current_leader_epoch);
            found_offset result{call.is_injected() ? call.injected : found.error};
            if (result.error == broker_errc::none) {
                result =
                    find_offset(*found.partition, ask.timestamp, call.version, request.isolation_level == 1);
            }
            auto& partition = given.partitions.emplace_back();
            partition.partition_index = ask.partition_index;
            partition.error_code = number(result.error);
            partition.offset = result.offset;
            partition.timestamp = result.timestamp;
            if (call.version >= 4) partition.leader_epoch = result.epoch;
        }
    }
    return response;
}

} // namespace testing
KASIO_END_NAMESPACE
