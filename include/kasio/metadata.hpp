// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/error.hpp>
#include <kasio/uuid.hpp>

#include <compare>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// A partition of a topic.
struct topic_partition {
    std::string topic;
    std::int32_t partition = -1;
    topic_partition() {}
    topic_partition(std::string topic_name, std::int32_t number) : topic{std::move(topic_name)}, partition{number} {}
    friend bool operator==(const topic_partition&, const topic_partition&) = default;
    friend auto operator<=>(const topic_partition&, const topic_partition&) = default;
    /// `topic/partition`.
    KASIO_DECL friend std::ostream& operator<<(std::ostream& out, const topic_partition& partition);
};

struct broker_metadata {
    std::int32_t id = -1;
    std::string host;
    std::int32_t port = 0;
    std::optional<std::string> rack;
    broker_metadata() {}
    friend bool operator==(const broker_metadata&, const broker_metadata&) = default;
};

struct partition_metadata {
    error_code error;
    std::int32_t partition = -1;
    /// -1: none at the moment.
    std::int32_t leader = -1;
    /// -1: the broker did not say.
    std::int32_t leader_epoch = -1;
    std::vector<std::int32_t> replicas;
    std::vector<std::int32_t> in_sync_replicas;
    std::vector<std::int32_t> offline_replicas;
    partition_metadata() {}
    friend bool operator==(const partition_metadata&, const partition_metadata&) = default;
};

struct topic_metadata {
    error_code error;
    std::string name;
    /// Zero where the broker is older than 2.8.
    uuid id;
    bool internal = false;
    /// By number.
    std::vector<partition_metadata> partitions;
    topic_metadata() {}
    friend bool operator==(const topic_metadata&, const topic_metadata&) = default;
};

/// What `cluster::async_metadata` gives.
struct cluster_metadata {
    std::optional<std::string> cluster_id;
    /// -1: none known. With KRaft any broker may be named.
    std::int32_t controller_id = -1;
    std::vector<broker_metadata> brokers;
    std::vector<topic_metadata> topics;
    cluster_metadata() {}
    friend bool operator==(const cluster_metadata&, const cluster_metadata&) = default;
};

KASIO_END_NAMESPACE
