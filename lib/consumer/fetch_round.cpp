// SPDX-License-Identifier: BSL-1.0
#include "consumer/fetch_round.hpp"

#include <kasio/broker_error.hpp>

#include <algorithm>

KASIO_BEGIN_NAMESPACE

fetch_step step_after(std::int16_t error) noexcept {
    switch (static_cast<broker_errc>(error)) {
        case broker_errc::none: return fetch_step::take;
        case broker_errc::offset_out_of_range: return fetch_step::out_of_range;
        case broker_errc::topic_authorization_failed: return fetch_step::tell;
        case broker_errc::offset_not_available: return fetch_step::refresh;
        case broker_errc::corrupt_message:
        case broker_errc::unsupported_compression_type:
        case broker_errc::unsupported_for_message_format: return fetch_step::stop;
        default: break;
    }
    const auto code = from_broker(error);
    if (needs_metadata_refresh(code)) return fetch_step::refresh;
    return fetch_step::later;
}

fetch_round plan_fetch(const std::vector<std::shared_ptr<fetched_partition>>& order,
                       fetched_partition::time_point now, std::size_t allowance) {
    fetch_round round;
    for (const auto& each : order) {
        const auto& position = *each->position;
        if (position.where != partition_position::stage::known || position.quiet() || !position.assigned)
            continue;
        if (each->retry_at > now || each->version != position.version) continue;
        if (each->buffer.broken() || each->buffer.bytes() >= allowance) continue;
        round.items.push_back({each, position.version, each->buffer.fetch_offset(), each->topic_id,
                               each->leader_epoch, each->buffer.fetch_epoch()});
        round.ids_known = round.ids_known && !each->topic_id.is_zero();
    }
    return round;
}

void rotate_served(std::vector<std::shared_ptr<fetched_partition>>& order,
                   const std::vector<const fetched_partition*>& served) {
    if (served.empty() || served.size() == order.size()) return;
    std::vector<const fetched_partition*> sorted{served};
    std::sort(sorted.begin(), sorted.end());
    std::stable_partition(order.begin(), order.end(), [&sorted](const auto& each) {
        return !std::binary_search(sorted.begin(), sorted.end(), each.get());
    });
}

KASIO_END_NAMESPACE
