// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/field.hpp"

#include <kasio/uuid.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// Creating, growing, emptying and deleting topics.

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct create_topics_response;

/// Key 19. Asks the controller; -1 partitions or replicas means the default of the cluster (version 4 and
/// later).
struct create_topics_request {
    using response_type = create_topics_response;
    static constexpr api_info api{.key = 19, .versions = {2, 7}, .flexible = 5, .described = {0, 7}};

    struct creatable_replica_assignment {
        std::int32_t partition_index = 0;
        std::vector<std::int32_t> broker_ids;

        creatable_replica_assignment() {}
        friend bool operator==(const creatable_replica_assignment&,
                               const creatable_replica_assignment&) = default;
    };

    struct creatable_topic_config {
        std::string name;
        std::optional<std::string> value = "";

        creatable_topic_config() {}
        friend bool operator==(const creatable_topic_config&, const creatable_topic_config&) = default;
    };

    struct creatable_topic {
        std::string name;
        std::int32_t num_partitions = 0;
        std::int16_t replication_factor = 0;
        std::vector<creatable_replica_assignment> assignments;
        std::vector<creatable_topic_config> configs;

        creatable_topic() {}
        friend bool operator==(const creatable_topic&, const creatable_topic&) = default;
    };

    std::vector<creatable_topic> topics;
    std::int32_t timeout_ms = 60000;
    bool validate_only = false;

    create_topics_request() {}
    friend bool operator==(const create_topics_request&, const create_topics_request&) = default;
};

/// An error a topic; from version 5 what it was created with.
struct create_topics_response {
    static constexpr api_info api = create_topics_request::api;

    struct creatable_topic_configs {
        std::string name;
        std::optional<std::string> value = "";
        bool read_only = false;
        std::int8_t config_source = -1;
        bool is_sensitive = false;

        creatable_topic_configs() {}
        friend bool operator==(const creatable_topic_configs&, const creatable_topic_configs&) = default;
    };

    struct creatable_topic_result {
        std::string name;
        uuid topic_id;
        std::int16_t error_code = 0;
        std::optional<std::string> error_message = "";
        std::int16_t topic_config_error_code = 0;
        std::int32_t num_partitions = -1;
        std::int16_t replication_factor = -1;
        std::optional<std::vector<creatable_topic_configs>> configs{std::in_place};

        creatable_topic_result() {}
        friend bool operator==(const creatable_topic_result&, const creatable_topic_result&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<creatable_topic_result> topics;

    create_topics_response() {}
    friend bool operator==(const create_topics_response&, const create_topics_response&) = default;
};

struct delete_topics_response;

/// Key 20. By name, or from version 6 by id.
struct delete_topics_request {
    using response_type = delete_topics_response;
    static constexpr api_info api{.key = 20, .versions = {1, 6}, .flexible = 4, .described = {0, 6}};

    struct delete_topic_state {
        std::optional<std::string> name;
        uuid topic_id;

        delete_topic_state() {}
        friend bool operator==(const delete_topic_state&, const delete_topic_state&) = default;
    };

    std::vector<delete_topic_state> topics;
    std::vector<std::string> topic_names;
    std::int32_t timeout_ms = 0;

    delete_topics_request() {}
    friend bool operator==(const delete_topics_request&, const delete_topics_request&) = default;
};

/// An error a topic.
struct delete_topics_response {
    static constexpr api_info api = delete_topics_request::api;

    struct deletable_topic_result {
        std::optional<std::string> name = "";
        uuid topic_id;
        std::int16_t error_code = 0;
        std::optional<std::string> error_message;

        deletable_topic_result() {}
        friend bool operator==(const deletable_topic_result&, const deletable_topic_result&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<deletable_topic_result> responses;

    delete_topics_response() {}
    friend bool operator==(const delete_topics_response&, const delete_topics_response&) = default;
};

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
