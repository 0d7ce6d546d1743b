// SPDX-License-Identifier: BSL-1.0
#include "cluster/metadata_cache.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/messages/metadata.hpp>

#include <algorithm>

KASIO_BEGIN_NAMESPACE

namespace {

// Older brokers could answer with epochs from before a restart (KAFKA-9212).
constexpr std::int16_t epochs_trusted_from = 9;
constexpr std::int32_t highest_port = 65535;
// No name in DNS is longer.
constexpr std::size_t longest_host = 255;

bool usable(std::int32_t id, const std::string& host, std::int32_t port) noexcept {
    return id >= 0 && !host.empty() && host.size() <= longest_host && port > 0 && port <= highest_port;
}

using answered_topic = protocol::metadata_response::metadata_response_topic;

void merge(known_topic& known, const answered_topic& said, bool epochs_trusted) {
    known.error = from_broker(said.error_code);
    if (known.error || said.partitions.empty()) return;
    if (said.topic_id != uuid{} && known.id != said.topic_id) {
        // Another topic of that name: nothing of the old one holds. The first id heard of changes nothing.
        if (known.id != uuid{}) known.partitions.clear();
        known.id = said.topic_id;
    }
    const auto count = std::max(known.partitions.size(), said.partitions.size());
    known.partitions.resize(count);
    for (const auto& partition : said.partitions) {
        const auto number = static_cast<std::size_t>(partition.partition_index);
        if (partition.partition_index < 0 || number >= count) continue;
        auto& entry = known.partitions[number];
        const auto epoch = epochs_trusted ? partition.leader_epoch : -1;
        if (epoch >= 0 && epoch < entry.epoch) continue; // from before the last change
        entry.leader = std::max(partition.leader_id, -1);
        // Kept beside a leader that an old broker names it would be that leader's own no longer: requests that
        // carry it would be fenced for as long as only old brokers answer.
        if (epoch >= 0 || !epochs_trusted) entry.epoch = epoch;
    }
}

} // namespace

bool metadata_cache::apply(const protocol::metadata_response& answer, std::int16_t version) {
    std::map<std::int32_t, known_node> nodes;
    for (const auto& broker : answer.brokers) {
        if (!usable(broker.node_id, broker.host, broker.port)) continue;
        nodes[broker.node_id] = {broker.host, static_cast<std::uint16_t>(broker.port)};
    }
    if (nodes.empty()) return false;
    nodes_ = std::move(nodes);
    controller_ = answer.controller_id;
    if (answer.cluster_id) cluster_id_ = *answer.cluster_id;
    for (const auto& said : answer.topics) {
        if (!said.name || said.name->empty()) continue;
        auto place = topics_.find(*said.name);
        if (place == topics_.end()) {
            place = topics_.try_emplace(*said.name).first;
            place->second.name = *said.name;
        }
        merge(place->second, said, version >= epochs_trusted_from);
    }
    return true;
}

bool metadata_cache::names_brokers(const protocol::metadata_response& answer) noexcept {
    return std::any_of(answer.brokers.begin(), answer.brokers.end(),
                       [](const auto& broker) { return usable(broker.node_id, broker.host, broker.port); });
}

bool metadata_cache::hint(std::string_view topic, std::int32_t partition, std::int32_t leader, std::int32_t epoch) {
    const auto place = topics_.find(topic);
    const auto number = static_cast<std::size_t>(partition);
    if (leader < 0 || epoch < 0 || partition < 0 || place == topics_.end()) return false;
    auto& partitions = place->second.partitions;
    if (number >= partitions.size() || epoch <= partitions[number].epoch || node(leader) == nullptr) return false;
    partitions[number].leader = leader;
    partitions[number].epoch = epoch;
    return true;
}

void metadata_cache::add_node(std::int32_t id, std::string host, std::int32_t port) {
    if (usable(id, host, port)) nodes_[id] = {std::move(host), static_cast<std::uint16_t>(port)};
}

const known_topic* metadata_cache::find(std::string_view name) const noexcept {
    const auto place = topics_.find(name);
    return place == topics_.end() ? nullptr : &place->second;
}

const known_node* metadata_cache::node(std::int32_t id) const noexcept {
    const auto place = nodes_.find(id);
    return place == nodes_.end() ? nullptr : &place->second;
}

void metadata_cache::forget(std::string_view topic) {
    if (const auto place = topics_.find(topic); place != topics_.end()) topics_.erase(place);
}

void metadata_cache::forget_nodes() noexcept {
    nodes_.clear();
    controller_ = -1;
}

KASIO_END_NAMESPACE
