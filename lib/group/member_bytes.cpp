// SPDX-License-Identifier: BSL-1.0
#include "group/member_bytes.hpp"

#include "protocol/codec.hpp"
#include "protocol/messages/consumer_protocol.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

using protocol::consumer_protocol_assignment;
using protocol::consumer_protocol_subscription;

template <class Stored>
std::string to_bytes(const Stored& stored, std::int16_t version) {
    protocol::outgoing_frame frame;
    if (const auto error = protocol::encode_stored(frame, stored, version); error.failed())
        throw std::length_error{"a subscription or an assignment that Kafka's format cannot hold"};
    std::string bytes;
    bytes.reserve(frame.size());
    for (std::size_t i = 0; i < frame.piece_count(); ++i) bytes += bytes_view{frame.piece(i)}.view();
    return bytes;
}

template <class Wire>
void put_partitions(const partition_list& from, std::vector<Wire>& to) {
    for (auto& [topic, partitions] : tidy(from)) {
        to.emplace_back();
        to.back().topic = topic;
        to.back().partitions = partitions;
    }
}

template <class Wire>
partition_list take_partitions(std::vector<Wire>& from) {
    partition_list taken;
    for (auto& each : from) taken.emplace_back(std::move(each.topic), std::move(each.partitions));
    return tidy(taken);
}

} // namespace

partition_list tidy(const partition_list& partitions) {
    std::map<std::string_view, std::vector<std::int32_t>> by_topic;
    for (const auto& [topic, numbers] : partitions) {
        auto& all = by_topic[topic];
        all.insert(all.end(), numbers.begin(), numbers.end());
    }
    partition_list sorted;
    for (auto& [topic, numbers] : by_topic) {
        std::sort(numbers.begin(), numbers.end());
        numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
        if (!numbers.empty()) sorted.emplace_back(std::string{topic}, std::move(numbers));
    }
    return sorted;
}

std::string encode_subscription(const member_subscription& member,
                                const std::optional<std::string>& user_data, std::int16_t version) {
    consumer_protocol_subscription wire;
    wire.topics = member.topics;
    std::sort(wire.topics.begin(), wire.topics.end());
    if (user_data) wire.user_data = bytes_view{*user_data};
    put_partitions(member.owned, wire.owned_partitions);
    wire.generation_id = member.generation;
    if (member.rack && !member.rack->empty()) wire.rack_id = member.rack;
    return to_bytes(wire, version);
}

error_code decode_subscription(bytes_view bytes, member_subscription& member) {
    consumer_protocol_subscription wire;
    std::int16_t version = 0;
    if (const auto error = protocol::decode_stored(bytes.bytes(), wire, version); error.failed())
        return error;
    member.topics = std::move(wire.topics);
    member.user_data = wire.user_data.to_string();
    member.owned = take_partitions(wire.owned_partitions);
    member.generation = std::max(wire.generation_id, -1);
    member.rack = std::move(wire.rack_id);
    return {};
}

std::string encode_assignment(const member_assignment& assignment, std::int16_t version) {
    consumer_protocol_assignment wire;
    put_partitions(assignment.partitions, wire.assigned_partitions);
    if (!assignment.user_data.empty()) wire.user_data = bytes_view{assignment.user_data};
    return to_bytes(wire, version);
}

error_code decode_assignment(bytes_view bytes, member_assignment& assignment) {
    assignment = {};
    if (bytes.empty()) return {};
    consumer_protocol_assignment wire;
    std::int16_t version = 0;
    if (const auto error = protocol::decode_stored(bytes.bytes(), wire, version); error.failed())
        return error;
    assignment.partitions = take_partitions(wire.assigned_partitions);
    assignment.user_data = wire.user_data.to_string();
    return {};
}

KASIO_END_NAMESPACE
