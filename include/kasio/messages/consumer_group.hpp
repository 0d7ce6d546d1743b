// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>
#include <kasio/uuid.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The group protocol in which the broker assigns (KIP-848).

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct consumer_group_heartbeat_response;

/// Key 68. Joins, stays, reports, leaves: null means as before.
struct consumer_group_heartbeat_request {
    using response_type = consumer_group_heartbeat_response;
    static constexpr api_info api{.key = 68, .versions = {0, 1}, .flexible = 0};

    struct topic_partitions_t {
        uuid topic_id;
        std::vector<std::int32_t> partitions;

        topic_partitions_t() {}
        friend bool operator==(const topic_partitions_t&, const topic_partitions_t&) = default;
    };

    std::string group_id;
    std::string member_id;
    std::int32_t member_epoch = 0;
    std::optional<std::string> instance_id;
    std::optional<std::string> rack_id;
    std::int32_t rebalance_timeout_ms = -1;
    std::optional<std::vector<std::string>> subscribed_topic_names;
    std::optional<std::string> subscribed_topic_regex;
    std::optional<std::string> server_assignor;
    std::optional<std::vector<topic_partitions_t>> topic_partitions;

    consumer_group_heartbeat_request() {}
    friend bool operator==(const consumer_group_heartbeat_request&,
                           const consumer_group_heartbeat_request&) = default;
};

/// The member epoch and, when it changed, the assignment.
struct consumer_group_heartbeat_response {
    static constexpr api_info api = consumer_group_heartbeat_request::api;

    struct topic_partitions_t {
        uuid topic_id;
        std::vector<std::int32_t> partitions;

        topic_partitions_t() {}
        friend bool operator==(const topic_partitions_t&, const topic_partitions_t&) = default;
    };

    struct assignment_t {
        std::vector<topic_partitions_t> topic_partitions;

        assignment_t() {}
        friend bool operator==(const assignment_t&, const assignment_t&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::optional<std::string> error_message;
    std::optional<std::string> member_id;
    std::int32_t member_epoch = 0;
    std::int32_t heartbeat_interval_ms = 0;
    std::optional<assignment_t> assignment;

    consumer_group_heartbeat_response() {}
    friend bool operator==(const consumer_group_heartbeat_response&,
                           const consumer_group_heartbeat_response&) = default;
};

struct consumer_group_describe_response;

/// Key 69. State of such groups.
struct consumer_group_describe_request {
    using response_type = consumer_group_describe_response;
    static constexpr api_info api{.key = 69, .versions = {0, 1}, .flexible = 0};

    std::vector<std::string> group_ids;
    bool include_authorized_operations = false;

    consumer_group_describe_request() {}
    friend bool operator==(const consumer_group_describe_request&,
                           const consumer_group_describe_request&) = default;
};

/// Members with present and target assignments.
struct consumer_group_describe_response {
    static constexpr api_info api = consumer_group_describe_request::api;

    struct topic_partitions_t {
        uuid topic_id;
        std::string topic_name;
        std::vector<std::int32_t> partitions;

        topic_partitions_t() {}
        friend bool operator==(const topic_partitions_t&, const topic_partitions_t&) = default;
    };

    struct assignment_t {
        std::vector<topic_partitions_t> topic_partitions;

        assignment_t() {}
        friend bool operator==(const assignment_t&, const assignment_t&) = default;
    };

    struct member {
        std::string member_id;
        std::optional<std::string> instance_id;
        std::optional<std::string> rack_id;
        std::int32_t member_epoch = 0;
        std::string client_id;
        std::string client_host;
        std::vector<std::string> subscribed_topic_names;
        std::optional<std::string> subscribed_topic_regex;
        assignment_t assignment;
        assignment_t target_assignment;
        std::int8_t member_type = -1;

        member() {}
        friend bool operator==(const member&, const member&) = default;
    };

    struct described_group {
        std::int16_t error_code = 0;
        std::optional<std::string> error_message;
        std::string group_id;
        std::string group_state;
        std::int32_t group_epoch = 0;
        std::int32_t assignment_epoch = 0;
        std::string assignor_name;
        std::vector<member> members;
        std::int32_t authorized_operations = -2147483648;

        described_group() {}
        friend bool operator==(const described_group&, const described_group&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<described_group> groups;

    consumer_group_describe_response() {}
    friend bool operator==(const consumer_group_describe_response&,
                           const consumer_group_describe_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
