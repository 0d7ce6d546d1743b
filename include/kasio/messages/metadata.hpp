// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>
#include <kasio/uuid.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Brokers, topics, partitions and their leaders.

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct metadata_response;

/// Key 3. Asks for topics by name or, from version 10, by id. Null asks for all of them, an empty list for
/// none.
struct metadata_request {
    using response_type = metadata_response;
    static constexpr api_info api{.key = 3, .versions = {1, 13}, .flexible = 9, .described = {0, 13}};

    struct metadata_request_topic {
        uuid topic_id;
        std::optional<std::string> name = "";

        metadata_request_topic() {}
        friend bool operator==(const metadata_request_topic&, const metadata_request_topic&) = default;
    };

    std::optional<std::vector<metadata_request_topic>> topics{std::in_place};
    bool allow_auto_topic_creation = true;
    bool include_cluster_authorized_operations = false;
    bool include_topic_authorized_operations = false;

    metadata_request() {}
    friend bool operator==(const metadata_request&, const metadata_request&) = default;
};

/// The cluster as one broker sees it.
struct metadata_response {
    static constexpr api_info api = metadata_request::api;

    struct metadata_response_broker {
        std::int32_t node_id = 0;
        std::string host;
        std::int32_t port = 0;
        std::optional<std::string> rack;

        metadata_response_broker() {}
        friend bool operator==(const metadata_response_broker&, const metadata_response_broker&) = default;
    };

    struct metadata_response_partition {
        std::int16_t error_code = 0;
        std::int32_t partition_index = 0;
        std::int32_t leader_id = 0;
        std::int32_t leader_epoch = -1;
        std::vector<std::int32_t> replica_nodes;
        std::vector<std::int32_t> isr_nodes;
        std::vector<std::int32_t> offline_replicas;

        metadata_response_partition() {}
        friend bool operator==(const metadata_response_partition&,
                               const metadata_response_partition&) = default;
    };

    struct metadata_response_topic {
        std::int16_t error_code = 0;
        std::optional<std::string> name = "";
        uuid topic_id;
        bool is_internal = false;
        std::vector<metadata_response_partition> partitions;
        std::int32_t topic_authorized_operations = -2147483648;

        metadata_response_topic() {}
        friend bool operator==(const metadata_response_topic&, const metadata_response_topic&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<metadata_response_broker> brokers;
    std::optional<std::string> cluster_id;
    std::int32_t controller_id = -1;
    std::vector<metadata_response_topic> topics;
    std::int32_t cluster_authorized_operations = -2147483648;
    std::int16_t error_code = 0;

    metadata_response() {}
    friend bool operator==(const metadata_response&, const metadata_response&) = default;
};

struct describe_topic_partitions_response;

/// Key 75. Pages through partitions of topics (KIP-966).
struct describe_topic_partitions_request {
    using response_type = describe_topic_partitions_response;
    static constexpr api_info api{.key = 75, .versions = {0, 0}, .flexible = 0};

    struct topic_request {
        std::string name;

        topic_request() {}
        friend bool operator==(const topic_request&, const topic_request&) = default;
    };

    struct cursor_t {
        std::string topic_name;
        std::int32_t partition_index = 0;

        cursor_t() {}
        friend bool operator==(const cursor_t&, const cursor_t&) = default;
    };

    std::vector<topic_request> topics;
    std::int32_t response_partition_limit = 2000;
    std::optional<cursor_t> cursor;

    describe_topic_partitions_request() {}
    friend bool operator==(const describe_topic_partitions_request&,
                           const describe_topic_partitions_request&) = default;
};

/// One page, and where the next one starts.
struct describe_topic_partitions_response {
    static constexpr api_info api = describe_topic_partitions_request::api;

    struct describe_topic_partitions_response_partition {
        std::int16_t error_code = 0;
        std::int32_t partition_index = 0;
        std::int32_t leader_id = 0;
        std::int32_t leader_epoch = -1;
        std::vector<std::int32_t> replica_nodes;
        std::vector<std::int32_t> isr_nodes;
        std::optional<std::vector<std::int32_t>> eligible_leader_replicas;
        std::optional<std::vector<std::int32_t>> last_known_elr;
        std::vector<std::int32_t> offline_replicas;

        describe_topic_partitions_response_partition() {}
        friend bool operator==(const describe_topic_partitions_response_partition&,
                               const describe_topic_partitions_response_partition&) = default;
    };

    struct describe_topic_partitions_response_topic {
        std::int16_t error_code = 0;
        std::optional<std::string> name = "";
        uuid topic_id;
        bool is_internal = false;
        std::vector<describe_topic_partitions_response_partition> partitions;
        std::int32_t topic_authorized_operations = -2147483648;

        describe_topic_partitions_response_topic() {}
        friend bool operator==(const describe_topic_partitions_response_topic&,
                               const describe_topic_partitions_response_topic&) = default;
    };

    struct cursor {
        std::string topic_name;
        std::int32_t partition_index = 0;

        cursor() {}
        friend bool operator==(const cursor&, const cursor&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<describe_topic_partitions_response_topic> topics;
    std::optional<cursor> next_cursor;

    describe_topic_partitions_response() {}
    friend bool operator==(const describe_topic_partitions_response&,
                           const describe_topic_partitions_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
