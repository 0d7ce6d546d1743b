// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Where brokers keep partitions.

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct alter_replica_log_dirs_response;

/// Key 34. Moves replicas to other directories of the broker asked.
struct alter_replica_log_dirs_request {
    using response_type = alter_replica_log_dirs_response;
    static constexpr api_info api{.key = 34, .versions = {0, 2}, .flexible = 2};

    struct alter_replica_log_dir_topic {
        std::string name;
        std::vector<std::int32_t> partitions;

        alter_replica_log_dir_topic() {}
        friend bool operator==(const alter_replica_log_dir_topic&,
                               const alter_replica_log_dir_topic&) = default;
    };

    struct alter_replica_log_dir {
        std::string path;
        std::vector<alter_replica_log_dir_topic> topics;

        alter_replica_log_dir() {}
        friend bool operator==(const alter_replica_log_dir&, const alter_replica_log_dir&) = default;
    };

    std::vector<alter_replica_log_dir> dirs;

    alter_replica_log_dirs_request() {}
    friend bool operator==(const alter_replica_log_dirs_request&,
                           const alter_replica_log_dirs_request&) = default;
};

/// An error a partition.
struct alter_replica_log_dirs_response {
    static constexpr api_info api = alter_replica_log_dirs_request::api;

    struct alter_replica_log_dir_partition_result {
        std::int32_t partition_index = 0;
        std::int16_t error_code = 0;

        alter_replica_log_dir_partition_result() {}
        friend bool operator==(const alter_replica_log_dir_partition_result&,
                               const alter_replica_log_dir_partition_result&) = default;
    };

    struct alter_replica_log_dir_topic_result {
        std::string topic_name;
        std::vector<alter_replica_log_dir_partition_result> partitions;

        alter_replica_log_dir_topic_result() {}
        friend bool operator==(const alter_replica_log_dir_topic_result&,
                               const alter_replica_log_dir_topic_result&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<alter_replica_log_dir_topic_result> results;

    alter_replica_log_dirs_response() {}
    friend bool operator==(const alter_replica_log_dirs_response&,
                           const alter_replica_log_dirs_response&) = default;
};

struct describe_log_dirs_response;

/// Key 35. Directories of the broker asked; null asks for all partitions.
struct describe_log_dirs_request {
    using response_type = describe_log_dirs_response;
    static constexpr api_info api{.key = 35, .versions = {0, 5}, .flexible = 2};

    struct describable_log_dir_topic {
        std::string topic;
        std::vector<std::int32_t> partitions;

        describable_log_dir_topic() {}
        friend bool operator==(const describable_log_dir_topic&, const describable_log_dir_topic&) = default;
    };

    std::optional<std::vector<describable_log_dir_topic>> topics{std::in_place};

    describe_log_dirs_request() {}
    friend bool operator==(const describe_log_dirs_request&, const describe_log_dirs_request&) = default;
};

/// Sizes by directory and partition.
struct describe_log_dirs_response {
    static constexpr api_info api = describe_log_dirs_request::api;

    struct describe_log_dirs_partition {
        std::int32_t partition_index = 0;
        std::int64_t partition_size = 0;
        std::int64_t offset_lag = 0;
        bool is_future_key = false;

        describe_log_dirs_partition() {}
        friend bool operator==(const describe_log_dirs_partition&,
                               const describe_log_dirs_partition&) = default;
    };

    struct describe_log_dirs_topic {
        std::string name;
        std::vector<describe_log_dirs_partition> partitions;

        describe_log_dirs_topic() {}
        friend bool operator==(const describe_log_dirs_topic&, const describe_log_dirs_topic&) = default;
    };

    struct describe_log_dirs_result {
        std::int16_t error_code = 0;
        std::string log_dir;
        std::vector<describe_log_dirs_topic> topics;
        std::int64_t total_bytes = -1;
        std::int64_t usable_bytes = -1;
        bool is_cordoned = false;

        describe_log_dirs_result() {}
        friend bool operator==(const describe_log_dirs_result&, const describe_log_dirs_result&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::vector<describe_log_dirs_result> results;

    describe_log_dirs_response() {}
    friend bool operator==(const describe_log_dirs_response&, const describe_log_dirs_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
