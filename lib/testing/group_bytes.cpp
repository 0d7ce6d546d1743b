// SPDX-License-Identifier: BSL-1.0
#include "testing/group_bytes.hpp"

#include "protocol/codec.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

/// Reads what members tell each other: a version, of which later ones only add, and the body.
template <class Stored>
bool read(bytes_view bytes, Stored& out) {
    std::int16_t version = 0;
    return !protocol::decode_stored(bytes.bytes(), out, version).failed();
}

} // namespace

std::optional<protocol::consumer_protocol_subscription> subscription_of(bytes_view bytes) {
    protocol::consumer_protocol_subscription read_in;
    if (!read(bytes, read_in)) return std::nullopt;
    return read_in;
}

std::vector<std::string> topics_of(bytes_view subscription) {
    auto read_in = subscription_of(subscription);
    return read_in ? std::move(read_in->topics) : std::vector<std::string>{};
}

std::vector<std::pair<std::string, std::int32_t>> partitions_of(bytes_view assignment) {
    std::vector<std::pair<std::string, std::int32_t>> partitions;
    protocol::consumer_protocol_assignment read_in;
    if (!read(assignment, read_in)) return partitions;
    for (const auto& topic : read_in.assigned_partitions)
        for (const std::int32_t partition : topic.partitions) partitions.emplace_back(topic.topic, partition);
    std::sort(partitions.begin(), partitions.end());
    return partitions;
}

partition_set by_id(const std::vector<std::pair<std::string, std::int32_t>>& partitions,
                    const group_topics& topics) {
    partition_set found;
    for (const auto& [name, partition] : partitions)
        if (const auto topic = topics.find(name); topic != topics.end())
            found.insert({topic->second.id, partition});
    return found;
}

held_bytes assignment_bytes(const partition_set& partitions, const group_topics& topics) {
    constexpr std::int16_t version = 0; // of which later ones add nothing
    protocol::consumer_protocol_assignment given;
    for (const auto& [name, topic] : topics) {
        std::vector<std::int32_t> numbers;
        for (const auto& [id, partition] : partitions)
            if (id == topic.id) numbers.push_back(partition);
        if (numbers.empty()) continue;
        auto& shown = given.assigned_partitions.emplace_back();
        shown.topic = name;
        shown.partitions = std::move(numbers);
    }
    protocol::outgoing_frame frame;
    if (protocol::encode_stored(frame, given, version).failed()) return {};
    std::string bytes;
    for (std::size_t at = 0; at < frame.piece_count(); ++at) bytes += bytes_view{frame.piece(at)}.view();
    return held_bytes{bytes};
}

} // namespace testing
KASIO_END_NAMESPACE
