// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/error.hpp>
#include <kasio/uuid.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

KASIO_BEGIN_NAMESPACE

namespace protocol {
struct metadata_response;
}

struct known_node {
    std::string host;
    std::uint16_t port = 0;
    friend bool operator==(const known_node&, const known_node&) = default;
};

struct known_partition {
    /// -1: none.
    std::int32_t leader = -1;
    /// -1: never heard of one.
    std::int32_t epoch = -1;
    friend bool operator==(const known_partition&, const known_partition&) = default;
};

struct known_topic {
    std::string name;
    /// Zero where brokers do not tell.
    uuid id;
    /// What the last answer said of the topic; its partitions are kept all the same.
    error_code error;
    /// By number.
    std::vector<known_partition> partitions;
};

/// What is known of a cluster, merged from answers that may be stale, partial or odd (Kafka's Metadata class).
///
/// A broker is its node id, wherever it says it lives. A leader is taken over when its epoch is not older than
/// the last one seen for the partition; a topic that came back with another id starts anew. What one answer
/// leaves out stays known.
class metadata_cache {
public:
    /// Merges an answer. False when it brings nothing to go on (no usable broker): all stays as it was.
    bool apply(const protocol::metadata_response& answer, std::int16_t version);
    /// Whether the answer names a broker that can be connected to.
    [[nodiscard]] static bool names_brokers(const protocol::metadata_response& answer) noexcept;
    /// What Produce and Fetch say of a new leader (KIP-951): taken if newer and the node known. True when taken.
    bool hint(std::string_view topic, std::int32_t partition, std::int32_t leader, std::int32_t epoch);
    /// A node that an answer names beside its hint.
    void add_node(std::int32_t id, std::string host, std::int32_t port);

    /// Null when nothing was ever heard of it.
    [[nodiscard]] const known_topic* find(std::string_view name) const noexcept;
    [[nodiscard]] const known_node* node(std::int32_t id) const noexcept;
    [[nodiscard]] const std::map<std::int32_t, known_node>& nodes() const noexcept { return nodes_; }
    [[nodiscard]] std::size_t topic_count() const noexcept { return topics_.size(); }
    /// -1: none known.
    [[nodiscard]] std::int32_t controller() const noexcept { return controller_; }
    [[nodiscard]] const std::string& cluster_id() const noexcept { return cluster_id_; }
    void forget(std::string_view topic);
    /// All brokers; topics stay known.
    void forget_nodes() noexcept;

private:
    struct hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const noexcept { return std::hash<std::string_view>{}(name); }
    };
    std::map<std::int32_t, known_node> nodes_;
    std::unordered_map<std::string, known_topic, hash, std::equal_to<>> topics_;
    std::int32_t controller_ = -1;
    std::string cluster_id_;
};

KASIO_END_NAMESPACE
