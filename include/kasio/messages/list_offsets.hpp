// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>

#include <cstdint>
#include <string>
#include <vector>

// Offsets by time, and ends of leader epochs.

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct list_offsets_response;

/// Key 2. The first offset at or after a time; -1 asks for the end, -2 for the start of the log.
struct list_offsets_request {
    using response_type = list_offsets_response;
    static constexpr api_info api{.key = 2, .versions = {1, 11}, .flexible = 6, .described = {0, 11}};

    struct list_offsets_partition {
        std::int32_t partition_index = 0;
        std::int32_t current_leader_epoch = -1;
        std::int64_t timestamp = 0;
        std::int32_t max_num_offsets = 1;

        list_offsets_partition() {}
        friend bool operator==(const list_offsets_partition&, const list_offsets_partition&) = default;
    };

    struct list_offsets_topic {
        std::string name;
        std::vector<list_offsets_partition> partitions;

        list_offsets_topic() {}
        friend bool operator==(const list_offsets_topic&, const list_offsets_topic&) = default;
    };

    std::int32_t replica_id = 0;
    std::int8_t isolation_level = 0;
    std::vector<list_offsets_topic> topics;
    std::int32_t timeout_ms = 0;

    list_offsets_request() {}
    friend bool operator==(const list_offsets_request&, const list_offsets_request&) = default;
};

/// One offset a partition; a list of them in version 0.
struct list_offsets_response {
    static constexpr api_info api = list_offsets_request::api;

    struct list_offsets_partition_response {
        std::int32_t partition_index = 0;
        std::int16_t error_code = 0;
        std::vector<std::int64_t> old_style_offsets;
        std::int64_t timestamp = -1;
        std::int64_t offset = -1;
        std::int32_t leader_epoch = -1;

        list_offsets_partition_response() {}
        friend bool operator==(const list_offsets_partition_response&,
                               const list_offsets_partition_response&) = default;
    };

    struct list_offsets_topic_response {
        std::string name;
        std::vector<list_offsets_partition_response> partitions;

        list_offsets_topic_response() {}
        friend bool operator==(const list_offsets_topic_response&,
                               const list_offsets_topic_response&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<list_offsets_topic_response> topics;

    list_offsets_response() {}
    friend bool operator==(const list_offsets_response&, const list_offsets_response&) = default;
};

struct offset_for_leader_epoch_response;

/// Key 23. Where does a leader epoch end? Finds out whether the log was cut (KIP-320).
struct offset_for_leader_epoch_request {
    using response_type = offset_for_leader_epoch_response;
    static constexpr api_info api{.key = 23, .versions = {3, 4}, .flexible = 4, .described = {0, 4}};

    struct offset_for_leader_partition {
        std::int32_t partition = 0;
        std::int32_t current_leader_epoch = -1;
        std::int32_t leader_epoch = 0;

        offset_for_leader_partition() {}
        friend bool operator==(const offset_for_leader_partition&,
                               const offset_for_leader_partition&) = default;
    };

    struct offset_for_leader_topic {
        std::string topic;
        std::vector<offset_for_leader_partition> partitions;

        offset_for_leader_topic() {}
        friend bool operator==(const offset_for_leader_topic&, const offset_for_leader_topic&) = default;
    };

    std::int32_t replica_id = -2;
    std::vector<offset_for_leader_topic> topics;

    offset_for_leader_epoch_request() {}
    friend bool operator==(const offset_for_leader_epoch_request&,
                           const offset_for_leader_epoch_request&) = default;
};

/// The end of each epoch asked for.
struct offset_for_leader_epoch_response {
    static constexpr api_info api = offset_for_leader_epoch_request::api;

    struct epoch_end_offset {
        std::int16_t error_code = 0;
        std::int32_t partition = 0;
        std::int32_t leader_epoch = -1;
        std::int64_t end_offset = -1;

        epoch_end_offset() {}
        friend bool operator==(const epoch_end_offset&, const epoch_end_offset&) = default;
    };

    struct offset_for_leader_topic_result {
        std::string topic;
        std::vector<epoch_end_offset> partitions;

        offset_for_leader_topic_result() {}
        friend bool operator==(const offset_for_leader_topic_result&,
                               const offset_for_leader_topic_result&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<offset_for_leader_topic_result> topics;

    offset_for_leader_epoch_response() {}
    friend bool operator==(const offset_for_leader_epoch_response&,
                           const offset_for_leader_epoch_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
