// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>
#include <kasio/uuid.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Where share groups start (KIP-932).

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct describe_share_group_offsets_response;

/// Key 90. Start offsets of groups; null asks for all topics.
struct describe_share_group_offsets_request {
    using response_type = describe_share_group_offsets_response;
    static constexpr api_info api{.key = 90, .versions = {0, 1}, .flexible = 0};

    struct describe_share_group_offsets_request_topic {
        std::string topic_name;
        std::vector<std::int32_t> partitions;

        describe_share_group_offsets_request_topic() {}
        friend bool operator==(const describe_share_group_offsets_request_topic&,
                               const describe_share_group_offsets_request_topic&) = default;
    };

    struct describe_share_group_offsets_request_group {
        std::string group_id;
        std::optional<std::vector<describe_share_group_offsets_request_topic>> topics{std::in_place};

        describe_share_group_offsets_request_group() {}
        friend bool operator==(const describe_share_group_offsets_request_group&,
                               const describe_share_group_offsets_request_group&) = default;
    };

    std::vector<describe_share_group_offsets_request_group> groups;

    describe_share_group_offsets_request() {}
    friend bool operator==(const describe_share_group_offsets_request&,
                           const describe_share_group_offsets_request&) = default;
};

/// Start offsets and, from version 1, lags.
struct describe_share_group_offsets_response {
    static constexpr api_info api = describe_share_group_offsets_request::api;

    struct describe_share_group_offsets_response_partition {
        std::int32_t partition_index = 0;
        std::int64_t start_offset = 0;
        std::int32_t leader_epoch = 0;
        std::int64_t lag = -1;
        std::int16_t error_code = 0;
        std::optional<std::string> error_message;

        describe_share_group_offsets_response_partition() {}
        friend bool operator==(const describe_share_group_offsets_response_partition&,
                               const describe_share_group_offsets_response_partition&) = default;
    };

    struct describe_share_group_offsets_response_topic {
        std::string topic_name;
        uuid topic_id;
        std::vector<describe_share_group_offsets_response_partition> partitions;

        describe_share_group_offsets_response_topic() {}
        friend bool operator==(const describe_share_group_offsets_response_topic&,
                               const describe_share_group_offsets_response_topic&) = default;
    };

    struct describe_share_group_offsets_response_group {
        std::string group_id;
        std::vector<describe_share_group_offsets_response_topic> topics;
        std::int16_t error_code = 0;
        std::optional<std::string> error_message;

        describe_share_group_offsets_response_group() {}
        friend bool operator==(const describe_share_group_offsets_response_group&,
                               const describe_share_group_offsets_response_group&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<describe_share_group_offsets_response_group> groups;

    describe_share_group_offsets_response() {}
    friend bool operator==(const describe_share_group_offsets_response&,
                           const describe_share_group_offsets_response&) = default;
};

struct alter_share_group_offsets_response;

/// Key 91. Sets start offsets of an empty group.
struct alter_share_group_offsets_request {
    using response_type = alter_share_group_offsets_response;
    static constexpr api_info api{.key = 91, .versions = {0, 0}, .flexible = 0};

    struct alter_share_group_offsets_request_partition {
        std::int32_t partition_index = 0;
        std::int64_t start_offset = 0;

        alter_share_group_offsets_request_partition() {}
        friend bool operator==(const alter_share_group_offsets_request_partition&,
                               const alter_share_group_offsets_request_partition&) = default;
    };

    struct alter_share_group_offsets_request_topic {
        std::string topic_name;
        std::vector<alter_share_group_offsets_request_partition> partitions;

        alter_share_group_offsets_request_topic() {}
        friend bool operator==(const alter_share_group_offsets_request_topic&,
                               const alter_share_group_offsets_request_topic&) = default;
    };

    std::string group_id;
    std::vector<alter_share_group_offsets_request_topic> topics;

    alter_share_group_offsets_request() {}
    friend bool operator==(const alter_share_group_offsets_request&,
                           const alter_share_group_offsets_request&) = default;
};

/// An error a partition.
struct alter_share_group_offsets_response {
    static constexpr api_info api = alter_share_group_offsets_request::api;

    struct alter_share_group_offsets_response_partition {
        std::int32_t partition_index = 0;
        std::int16_t error_code = 0;
        std::optional<std::string> error_message;

        alter_share_group_offsets_response_partition() {}
        friend bool operator==(const alter_share_group_offsets_response_partition&,
                               const alter_share_group_offsets_response_partition&) = default;
    };

    struct alter_share_group_offsets_response_topic {
        std::string topic_name;
        uuid topic_id;
        std::vector<alter_share_group_offsets_response_partition> partitions;

        alter_share_group_offsets_response_topic() {}
        friend bool operator==(const alter_share_group_offsets_response_topic&,
                               const alter_share_group_offsets_response_topic&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::optional<std::string> error_message;
    std::vector<alter_share_group_offsets_response_topic> responses;

    alter_share_group_offsets_response() {}
    friend bool operator==(const alter_share_group_offsets_response&,
                           const alter_share_group_offsets_response&) = default;
};

struct delete_share_group_offsets_response;

/// Key 92. Forgets topics of an empty group.
struct delete_share_group_offsets_request {
    using response_type = delete_share_group_offsets_response;
    static constexpr api_info api{.key = 92, .versions = {0, 0}, .flexible = 0};

    struct delete_share_group_offsets_request_topic {
        std::string topic_name;

        delete_share_group_offsets_request_topic() {}
        friend bool operator==(const delete_share_group_offsets_request_topic&,
                               const delete_share_group_offsets_request_topic&) = default;
    };

    std::string group_id;
    std::vector<delete_share_group_offsets_request_topic> topics;

    delete_share_group_offsets_request() {}
    friend bool operator==(const delete_share_group_offsets_request&,
                           const delete_share_group_offsets_request&) = default;
};

/// An error a topic.
struct delete_share_group_offsets_response {
    static constexpr api_info api = delete_share_group_offsets_request::api;

    struct delete_share_group_offsets_response_topic {
        std::string topic_name;
        uuid topic_id;
        std::int16_t error_code = 0;
        std::optional<std::string> error_message;

        delete_share_group_offsets_response_topic() {}
        friend bool operator==(const delete_share_group_offsets_response_topic&,
                               const delete_share_group_offsets_response_topic&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::optional<std::string> error_message;
    std::vector<delete_share_group_offsets_response_topic> responses;

    delete_share_group_offsets_response() {}
    friend bool operator==(const delete_share_group_offsets_response&,
                           const delete_share_group_offsets_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
