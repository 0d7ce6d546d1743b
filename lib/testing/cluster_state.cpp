// SPDX-License-Identifier: BSL-1.0
#include "testing/cluster_state.hpp"

#include <algorithm>
#include <cstring>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

/// Kafka's rule for topic names.
bool valid_topic_name(std::string_view name) {
    const auto legal = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-';
    };
    return !name.empty() && name.size() <= 249 && name != "." && name != ".." &&
           std::all_of(name.begin(), name.end(), legal);
}

} // namespace

cluster_state::cluster_state(broker_options given)
    : options{std::move(given)},
      cluster_id{"kasio-testing-cluster0"},
      requests{options.request_log_limit},
      groups{options.groups},
      sasl{options.sasl},
      random_{std::random_device{}()} {}

node_state* cluster_state::node(int id) noexcept {
    const auto at =
        std::find_if(nodes.begin(), nodes.end(), [id](const node_state& node) { return node.id == id; });
    return at == nodes.end() ? nullptr : &*at;
}

topic_state* cluster_state::topic(std::string_view name) noexcept {
    const auto at = topics_.find(name);
    return at == topics_.end() ? nullptr : &at->second;
}

topic_state* cluster_state::topic(const uuid& id) noexcept {
    for (auto& [name, topic] : topics_)
        if (topic.id == id) return &topic;
    return nullptr;
}

group_topics cluster_state::topics_of_groups() const {
    group_topics seen;
    for (const auto& [name, topic] : topics_)
        seen[name] = {topic.id, static_cast<std::int32_t>(topic.partitions.size())};
    return seen;
}

int cluster_state::in_sync(const partition_state& partition) noexcept {
    int count = 0;
    for (const int replica : partition.replicas) {
        const node_state* const on = node(replica);
        if (on != nullptr && on->listed) ++count;
    }
    return count;
}

int cluster_state::controller() const noexcept {
    for (const node_state& node : nodes)
        if (node.listed) return node.id;
    return -1;
}

broker_errc cluster_state::check_new_topic(std::string_view name, int partitions, int replicas) const {
    if (!valid_topic_name(name)) return broker_errc::invalid_topic_exception;
    if (topics_.contains(name)) return broker_errc::topic_already_exists;
    if (partitions == 0 || partitions < -1 || partitions > 100'000) return broker_errc::invalid_partitions;
    if (replicas == 0 || replicas < -1 || replicas > static_cast<int>(nodes.size())) {
        return broker_errc::invalid_replication_factor;
    }
    return broker_errc::none;
}

broker_errc cluster_state::create_topic(std::string_view name, int partitions, int replicas) {
    if (const broker_errc error = check_new_topic(name, partitions, replicas); error != broker_errc::none) {
        return error;
    }
    if (partitions == -1) partitions = options.default_partitions;
    if (replicas == -1) replicas = std::clamp(options.replication_factor, 1, static_cast<int>(nodes.size()));
    topic_state& topic = topics_[std::string{name}];
    topic.name = name;
    topic.id = random_uuid();
    topic.max_message_bytes = options.max_message_bytes;
    topic.log_append_time = options.log_append_time;
    for (int i = 0; i < partitions; ++i) add_partition(topic, replicas);
    mark_changed();
    return broker_errc::none;
}

void cluster_state::add_partition(topic_state& topic, int replicas) {
    auto partition = std::make_unique<partition_state>();
    for (int i = 0; i < replicas; ++i) {
        partition->replicas.push_back(
            nodes[(topic.partitions.size() + static_cast<std::size_t>(i)) % nodes.size()].id);
    }
    for (const int replica : partition->replicas) {
        if (!node(replica)->listed) continue;
        partition->leader = replica;
        break;
    }
    topic.partitions.push_back(std::move(partition));
}

bool cluster_state::delete_topic(std::string_view name) {
    const auto at = topics_.find(name);
    if (at == topics_.end()) return false;
    groups.forget_topic(name);
    topics_.erase(at);
    mark_changed();
    return true;
}

void cluster_state::add_partitions(topic_state& topic, int new_total) {
    const int replicas = static_cast<int>(topic.partitions.front()->replicas.size());
    while (static_cast<int>(topic.partitions.size()) < new_total) add_partition(topic, replicas);
    mark_changed();
}

void cluster_state::move_leader(partition_state& partition, int node) {
    partition.leader = node;
    ++partition.leader_epoch;
    mark_changed();
}

void cluster_state::truncate(partition_state& partition, std::int64_t offset) {
    partition.log.truncate(offset);
    partition.producers.truncate(offset);
    partition.transactions.truncate(partition.log.end_offset());
    ++partition.leader_epoch;
    mark_changed();
}

void cluster_state::elect() {
    for (node_state& node : nodes) node.listed = node.alive;
    for (auto& [name, topic] : topics_) {
        for (const auto& partition : topic.partitions) {
            const node_state* const leader = node(partition->leader);
            if (leader != nullptr && leader->listed) continue;
            const auto& replicas = partition->replicas;
            const auto next = std::find_if(replicas.begin(), replicas.end(),
                                           [this](int replica) { return node(replica)->listed; });
            const int elected = next == replicas.end() ? -1 : *next;
            if (elected != partition->leader) move_leader(*partition, elected);
        }
    }
    mark_changed();
}

void cluster_state::rehome_groups(group_time now) {
    groups.rehome([this](const std::string& id) { return coordinators.node_of(nodes, id); }, now);
    mark_changed();
}

uuid cluster_state::random_uuid() {
    uuid id;
    do {
        const std::uint64_t halves[2] = {random_(), random_()};
        std::memcpy(id.bytes.data(), halves, sizeof halves);
    } while (id.is_zero());
    return id;
}

} // namespace testing
KASIO_END_NAMESPACE
