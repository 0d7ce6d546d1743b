// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Partitions of topics, and what is deleted from them.

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct create_partitions_response;

/// Key 37. Raises the number of partitions.
struct create_partitions_request {
    using response_type = create_partitions_response;
    static constexpr api_info api{.key = 37, .versions = {0, 3}, .flexible = 2};

    struct create_partitions_assignment {
        std::vector<std::int32_t> broker_ids;

        create_partitions_assignment() {}
        friend bool operator==(const create_partitions_assignment&,
                               const create_partitions_assignment&) = default;
    };

    struct create_partitions_topic {
        std::string name;
        std::int32_t count = 0;
        std::optional<std::vector<create_partitions_assignment>> assignments{std::in_place};

        create_partitions_topic() {}
        friend bool operator==(const create_partitions_topic&, const create_partitions_topic&) = default;
    };

    std::vector<create_partitions_topic> topics;
    std::int32_t timeout_ms = 0;
    bool validate_only = false;

    create_partitions_request() {}
    friend bool operator==(const create_partitions_request&, const create_partitions_request&) = default;
};

/// An error a topic.
struct create_partitions_response {
    static constexpr api_info api = create_partitions_request::api;

    struct create_partitions_topic_result {
        std::string name;
        std::int16_t error_code = 0;
        std::optional<std::string> error_message;

        create_partitions_topic_result() {}
        friend bool operator==(const create_partitions_topic_result&,
                               const create_partitions_topic_result&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<create_partitions_topic_result> results;

    create_partitions_response() {}
    friend bool operator==(const create_partitions_response&, const create_partitions_response&) = default;
};

struct delete_records_response;

/// Key 21. Moves the start of partitions up to an offset; asked of their leaders.
struct delete_records_request {
    using response_type = delete_records_response;
    static constexpr api_info api{.key = 21, .versions = {0, 2}, .flexible = 2};

    struct delete_records_partition {
        std::int32_t partition_index = 0;
        std::int64_t offset = 0;

        delete_records_partition() {}
        friend bool operator==(const delete_records_partition&, const delete_records_partition&) = default;
    };

    struct delete_records_topic {
        std::string name;
        std::vector<delete_records_partition> partitions;

        delete_records_topic() {}
        friend bool operator==(const delete_records_topic&, const delete_records_topic&) = default;
    };

    std::vector<delete_records_topic> topics;
    std::int32_t timeout_ms = 0;

    delete_records_request() {}
    friend bool operator==(const delete_records_request&, const delete_records_request&) = default;
};

/// The new start of each.
struct delete_records_response {
    static constexpr api_info api = delete_records_request::api;

    struct delete_records_partition_result {
        std::int32_t partition_index = 0;
        std::int64_t low_watermark = 0;
        std::int16_t error_code = 0;

        delete_records_partition_result() {}
        friend bool operator==(const delete_records_partition_result&,
                               const delete_records_partition_result&) = default;
    };

    struct delete_records_topic_result {
        std::string name;
        std::vector<delete_records_partition_result> partitions;

        delete_records_topic_result() {}
        friend bool operator==(const delete_records_topic_result&,
                               const delete_records_topic_result&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<delete_records_topic_result> topics;

    delete_records_response() {}
    friend bool operator==(const delete_records_response&, const delete_records_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
