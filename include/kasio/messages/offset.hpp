// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>
#include <kasio/uuid.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Committed offsets.

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct offset_commit_response;

/// Key 8. Commits positions of a group. Topics go by id from version 10.
struct offset_commit_request {
    using response_type = offset_commit_response;
    static constexpr api_info api{.key = 8, .versions = {2, 10}, .flexible = 8, .described = {0, 10}};

    struct offset_commit_request_partition {
        std::int32_t partition_index = 0;
        std::int64_t committed_offset = 0;
        std::int32_t committed_leader_epoch = -1;
        std::int64_t commit_timestamp = -1;
        std::optional<std::string> committed_metadata = "";

        offset_commit_request_partition() {}
        friend bool operator==(const offset_commit_request_partition&,
                               const offset_commit_request_partition&) = default;
    };

    struct offset_commit_request_topic {
        std::string name;
        uuid topic_id;
        std::vector<offset_commit_request_partition> partitions;

        offset_commit_request_topic() {}
        friend bool operator==(const offset_commit_request_topic&,
                               const offset_commit_request_topic&) = default;
    };

    std::string group_id;
    std::int32_t generation_id_or_member_epoch = -1;
    std::string member_id;
    std::optional<std::string> group_instance_id;
    std::int64_t retention_time_ms = -1;
    std::vector<offset_commit_request_topic> topics;

    offset_commit_request() {}
    friend bool operator==(const offset_commit_request&, const offset_commit_request&) = default;
};

/// An error a partition.
struct offset_commit_response {
    static constexpr api_info api = offset_commit_request::api;

    struct offset_commit_response_partition {
        std::int32_t partition_index = 0;
        std::int16_t error_code = 0;

        offset_commit_response_partition() {}
        friend bool operator==(const offset_commit_response_partition&,
                               const offset_commit_response_partition&) = default;
    };

    struct offset_commit_response_topic {
        std::string name;
        uuid topic_id;
        std::vector<offset_commit_response_partition> partitions;

        offset_commit_response_topic() {}
        friend bool operator==(const offset_commit_response_topic&,
                               const offset_commit_response_topic&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<offset_commit_response_topic> topics;

    offset_commit_response() {}
    friend bool operator==(const offset_commit_response&, const offset_commit_response&) = default;
};

struct offset_fetch_response;

/// Key 9. Committed positions; of one group up to version 7, of many from version 8 (KIP-709).
struct offset_fetch_request {
    using response_type = offset_fetch_response;
    static constexpr api_info api{.key = 9, .versions = {1, 10}, .flexible = 6, .described = {0, 10}};

    struct offset_fetch_request_topic {
        std::string name;
        std::vector<std::int32_t> partition_indexes;

        offset_fetch_request_topic() {}
        friend bool operator==(const offset_fetch_request_topic&,
                               const offset_fetch_request_topic&) = default;
    };

    struct offset_fetch_request_topics {
        std::string name;
        uuid topic_id;
        std::vector<std::int32_t> partition_indexes;

        offset_fetch_request_topics() {}
        friend bool operator==(const offset_fetch_request_topics&,
                               const offset_fetch_request_topics&) = default;
    };

    struct offset_fetch_request_group {
        std::string group_id;
        std::optional<std::string> member_id;
        std::int32_t member_epoch = -1;
        std::optional<std::vector<offset_fetch_request_topics>> topics{std::in_place};

        offset_fetch_request_group() {}
        friend bool operator==(const offset_fetch_request_group&,
                               const offset_fetch_request_group&) = default;
    };

    std::string group_id;
    std::optional<std::vector<offset_fetch_request_topic>> topics{std::in_place};
    std::vector<offset_fetch_request_group> groups;
    bool require_stable = false;

    offset_fetch_request() {}
    friend bool operator==(const offset_fetch_request&, const offset_fetch_request&) = default;
};

/// -1 is the offset of a partition without one.
struct offset_fetch_response {
    static constexpr api_info api = offset_fetch_request::api;

    struct offset_fetch_response_partition {
        std::int32_t partition_index = 0;
        std::int64_t committed_offset = 0;
        std::int32_t committed_leader_epoch = -1;
        std::optional<std::string> metadata = "";
        std::int16_t error_code = 0;

        offset_fetch_response_partition() {}
        friend bool operator==(const offset_fetch_response_partition&,
                               const offset_fetch_response_partition&) = default;
    };

    struct offset_fetch_response_topic {
        std::string name;
        std::vector<offset_fetch_response_partition> partitions;

        offset_fetch_response_topic() {}
        friend bool operator==(const offset_fetch_response_topic&,
                               const offset_fetch_response_topic&) = default;
    };

    struct offset_fetch_response_partitions {
        std::int32_t partition_index = 0;
        std::int64_t committed_offset = 0;
        std::int32_t committed_leader_epoch = -1;
        std::optional<std::string> metadata = "";
        std::int16_t error_code = 0;

        offset_fetch_response_partitions() {}
        friend bool operator==(const offset_fetch_response_partitions&,
                               const offset_fetch_response_partitions&) = default;
    };

    struct offset_fetch_response_topics {
        std::string name;
        uuid topic_id;
        std::vector<offset_fetch_response_partitions> partitions;

        offset_fetch_response_topics() {}
        friend bool operator==(const offset_fetch_response_topics&,
                               const offset_fetch_response_topics&) = default;
    };

    struct offset_fetch_response_group {
        std::string group_id;
        std::vector<offset_fetch_response_topics> topics;
        std::int16_t error_code = 0;

        offset_fetch_response_group() {}
        friend bool operator==(const offset_fetch_response_group&,
                               const offset_fetch_response_group&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<offset_fetch_response_topic> topics;
    std::int16_t error_code = 0;
    std::vector<offset_fetch_response_group> groups;

    offset_fetch_response() {}
    friend bool operator==(const offset_fetch_response&, const offset_fetch_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
