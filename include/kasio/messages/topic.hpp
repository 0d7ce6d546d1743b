// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>
#include <kasio/uuid.hpp>

#include <cstdint>
#include <optional>
#include <string>
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

} // namespace protocol
KASIO_END_NAMESPACE
