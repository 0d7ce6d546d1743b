// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Moving leaders and replicas.

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct elect_leaders_response;

/// Key 43. Elects preferred or, from version 1, unclean leaders (KIP-460).
struct elect_leaders_request {
    using response_type = elect_leaders_response;
    static constexpr api_info api{.key = 43, .versions = {0, 2}, .flexible = 2};

    struct topic_partitions_t {
        std::string topic;
        std::vector<std::int32_t> partitions;

        topic_partitions_t() {}
        friend bool operator==(const topic_partitions_t&, const topic_partitions_t&) = default;
    };

    std::int8_t election_type = 0;
    std::optional<std::vector<topic_partitions_t>> topic_partitions{std::in_place};
    std::int32_t timeout_ms = 60000;

    elect_leaders_request() {}
    friend bool operator==(const elect_leaders_request&, const elect_leaders_request&) = default;
};

/// An error a partition.
struct elect_leaders_response {
    static constexpr api_info api = elect_leaders_request::api;

    struct partition_result_t {
        std::int32_t partition_id = 0;
        std::int16_t error_code = 0;
        std::optional<std::string> error_message = "";

        partition_result_t() {}
        friend bool operator==(const partition_result_t&, const partition_result_t&) = default;
    };

    struct replica_election_result {
        std::string topic;
        std::vector<partition_result_t> partition_result;

        replica_election_result() {}
        friend bool operator==(const replica_election_result&, const replica_election_result&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::vector<replica_election_result> replica_election_results;

    elect_leaders_response() {}
    friend bool operator==(const elect_leaders_response&, const elect_leaders_response&) = default;
};

struct alter_partition_reassignments_response;

/// Key 45. Moves partitions to other brokers, or with null cancels that (KIP-455).
struct alter_partition_reassignments_request {
    using response_type = alter_partition_reassignments_response;
    static constexpr api_info api{.key = 45, .versions = {0, 1}, .flexible = 0};

    struct reassignable_partition {
        std::int32_t partition_index = 0;
        std::optional<std::vector<std::int32_t>> replicas;

        reassignable_partition() {}
        friend bool operator==(const reassignable_partition&, const reassignable_partition&) = default;
    };

    struct reassignable_topic {
        std::string name;
        std::vector<reassignable_partition> partitions;

        reassignable_topic() {}
        friend bool operator==(const reassignable_topic&, const reassignable_topic&) = default;
    };

    std::int32_t timeout_ms = 60000;
    bool allow_replication_factor_change = true;
    std::vector<reassignable_topic> topics;

    alter_partition_reassignments_request() {}
    friend bool operator==(const alter_partition_reassignments_request&,
                           const alter_partition_reassignments_request&) = default;
};

/// An error a partition.
struct alter_partition_reassignments_response {
    static constexpr api_info api = alter_partition_reassignments_request::api;

    struct reassignable_partition_response {
        std::int32_t partition_index = 0;
        std::int16_t error_code = 0;
        std::optional<std::string> error_message = "";

        reassignable_partition_response() {}
        friend bool operator==(const reassignable_partition_response&,
                               const reassignable_partition_response&) = default;
    };

    struct reassignable_topic_response {
        std::string name;
        std::vector<reassignable_partition_response> partitions;

        reassignable_topic_response() {}
        friend bool operator==(const reassignable_topic_response&,
                               const reassignable_topic_response&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    bool allow_replication_factor_change = true;
    std::int16_t error_code = 0;
    std::optional<std::string> error_message = "";
    std::vector<reassignable_topic_response> responses;

    alter_partition_reassignments_response() {}
    friend bool operator==(const alter_partition_reassignments_response&,
                           const alter_partition_reassignments_response&) = default;
};

struct list_partition_reassignments_response;

/// Key 46. Moves that are under way.
struct list_partition_reassignments_request {
    using response_type = list_partition_reassignments_response;
    static constexpr api_info api{.key = 46, .versions = {0, 0}, .flexible = 0};

    struct list_partition_reassignments_topics {
        std::string name;
        std::vector<std::int32_t> partition_indexes;

        list_partition_reassignments_topics() {}
        friend bool operator==(const list_partition_reassignments_topics&,
                               const list_partition_reassignments_topics&) = default;
    };

    std::int32_t timeout_ms = 60000;
    std::optional<std::vector<list_partition_reassignments_topics>> topics;

    list_partition_reassignments_request() {}
    friend bool operator==(const list_partition_reassignments_request&,
                           const list_partition_reassignments_request&) = default;
};

/// Their replicas, old and new.
struct list_partition_reassignments_response {
    static constexpr api_info api = list_partition_reassignments_request::api;

    struct ongoing_partition_reassignment {
        std::int32_t partition_index = 0;
        std::vector<std::int32_t> replicas;
        std::vector<std::int32_t> adding_replicas;
        std::vector<std::int32_t> removing_replicas;

        ongoing_partition_reassignment() {}
        friend bool operator==(const ongoing_partition_reassignment&,
                               const ongoing_partition_reassignment&) = default;
    };

    struct ongoing_topic_reassignment {
        std::string name;
        std::vector<ongoing_partition_reassignment> partitions;

        ongoing_topic_reassignment() {}
        friend bool operator==(const ongoing_topic_reassignment&,
                               const ongoing_topic_reassignment&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::optional<std::string> error_message = "";
    std::vector<ongoing_topic_reassignment> topics;

    list_partition_reassignments_response() {}
    friend bool operator==(const list_partition_reassignments_response&,
                           const list_partition_reassignments_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
