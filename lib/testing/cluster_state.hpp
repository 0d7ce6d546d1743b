// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "testing/controls.hpp"
#include "testing/fetch_sessions.hpp"
#include "testing/group_coordinators.hpp"
#include "testing/group_table.hpp"
#include "testing/metadata_view.hpp"
#include "testing/partition_log.hpp"
#include "testing/producer_states.hpp"
#include "testing/request_log.hpp"
#include "testing/transaction_index.hpp"
#include "testing/version_table.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/config.hpp>
#include <kasio/testing/broker_options.hpp>
#include <kasio/uuid.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

struct node_state {
    int id = 0;
    std::string host;
    std::uint16_t port = 0;
    /// The process runs; it may be paused.
    bool alive = true;
    /// The controller counts it in: false from the election after its death until its revival.
    bool listed = true;
};

struct partition_state {
    partition_log log;
    producer_states producers;
    transaction_index transactions;
    /// -1: none.
    int leader = -1;
    std::int32_t leader_epoch = 0;
    /// In order of preference.
    std::vector<int> replicas;
    /// The replica that the leader names to consumers that say their rack (KIP-392); -1: none.
    int preferred = -1;
};

struct topic_state {
    std::string name;
    uuid id;
    /// Kafka's `max.message.bytes` and `message.timestamp.type`.
    std::size_t max_message_bytes = 0;
    bool log_append_time = false;
    /// `min.insync.replicas`, and whether `cleanup.policy` says `compact`: records need keys then.
    int min_in_sync = 1;
    bool compacted = false;
    std::vector<std::unique_ptr<partition_state>> partitions;

    /// Null when there is none.
    [[nodiscard]] partition_state* partition(std::int32_t index) const noexcept {
        const bool known = index >= 0 && static_cast<std::size_t>(index) < partitions.size();
        return known ? partitions[static_cast<std::size_t>(index)].get() : nullptr;
    }
};

/// Everything the cluster is and knows, apart from sockets. One thread at a time.
class cluster_state {
public:
    explicit cluster_state(broker_options options);

    const broker_options options;
    const std::string cluster_id;
    std::vector<node_state> nodes;
    controls rules;
    metadata_view view;
    version_table versions;
    request_log requests;
    fetch_sessions sessions;
    group_coordinators coordinators;
    group_table groups;
    broker_sasl sasl;

    /// Null when there is none.
    [[nodiscard]] node_state* node(int id) noexcept;
    [[nodiscard]] topic_state* topic(std::string_view name) noexcept;
    [[nodiscard]] topic_state* topic(const uuid& id) noexcept;
    /// By name.
    [[nodiscard]] const std::map<std::string, topic_state, std::less<>>& topics() const noexcept {
        return topics_;
    }
    /// The topics, as groups see them.
    [[nodiscard]] group_topics topics_of_groups() const;
    /// The listed node that answers for the controller; -1 when no node is listed.
    [[nodiscard]] int controller() const noexcept;
    /// How many of the partition's replicas are in sync: those on listed nodes.
    [[nodiscard]] int in_sync(const partition_state& partition) noexcept;

    /// What creating such a topic would end with. 0 or less for a default is -1, as in CreateTopics.
    [[nodiscard]] broker_errc check_new_topic(std::string_view name, int partitions, int replicas) const;
    /// As above, and creates it when that is `none`.
    broker_errc create_topic(std::string_view name, int partitions, int replicas);
    bool delete_topic(std::string_view name);
    void add_partitions(topic_state& topic, int new_total);

    void move_leader(partition_state& partition, int node);
    /// Cuts the log as an unclean election does.
    void truncate(partition_state& partition, std::int64_t offset);
    /// The controller notices who is alive: dead nodes leave the metadata, leaderless partitions get a
    /// leader.
    void elect();
    /// Groups whose coordinator is gone, or was moved, go on with the next.
    void rehome_groups(group_time now);

    /// A producer id that was not given before.
    [[nodiscard]] std::int64_t new_producer_id() noexcept { return next_producer_id_++; }

    /// To be called when records, leaders or topics changed: waiting fetches look again.
    void mark_changed() noexcept { changed_ = true; }
    /// Whether anything changed since the last call.
    [[nodiscard]] bool take_changed() noexcept { return std::exchange(changed_, false); }

private:
    [[nodiscard]] uuid random_uuid();
    void add_partition(topic_state& topic, int replicas);

    std::mt19937_64 random_;
    std::map<std::string, topic_state, std::less<>> topics_;
    std::int64_t next_producer_id_ = 1000;
    bool changed_ = false;
};

} // namespace testing
KASIO_END_NAMESPACE
