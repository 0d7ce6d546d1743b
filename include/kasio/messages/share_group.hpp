// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>
#include <kasio/uuid.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Membership in share groups (KIP-932).

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct share_group_heartbeat_response;

/// Key 76. Joins, stays, leaves.
struct share_group_heartbeat_request {
    using response_type = share_group_heartbeat_response;
    static constexpr api_info api{.key = 76, .versions = {1, 1}, .flexible = 0, .described = {0, 1}};

    std::string group_id;
    std::string member_id;
    std::int32_t member_epoch = 0;
    std::optional<std::string> rack_id;
    std::optional<std::vector<std::string>> subscribed_topic_names;

    share_group_heartbeat_request() {}
    friend bool operator==(const share_group_heartbeat_request&,
                           const share_group_heartbeat_request&) = default;
};

/// The member epoch and, when it changed, the assignment.
struct share_group_heartbeat_response {
    static constexpr api_info api = share_group_heartbeat_request::api;

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

    share_group_heartbeat_response() {}
    friend bool operator==(const share_group_heartbeat_response&,
                           const share_group_heartbeat_response&) = default;
};

struct share_group_describe_response;

/// Key 77. State of share groups.
struct share_group_describe_request {
    using response_type = share_group_describe_response;
    static constexpr api_info api{.key = 77, .versions = {1, 1}, .flexible = 0, .described = {0, 1}};

    std::vector<std::string> group_ids;
    bool include_authorized_operations = false;

    share_group_describe_request() {}
    friend bool operator==(const share_group_describe_request&,
                           const share_group_describe_request&) = default;
};

/// Members with their assignments.
struct share_group_describe_response {
    static constexpr api_info api = share_group_describe_request::api;

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
        std::optional<std::string> rack_id;
        std::int32_t member_epoch = 0;
        std::string client_id;
        std::string client_host;
        std::vector<std::string> subscribed_topic_names;
        assignment_t assignment;

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

    share_group_describe_response() {}
    friend bool operator==(const share_group_describe_response&,
                           const share_group_describe_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
