// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>
#include <kasio/bytes.hpp>
#include <kasio/uuid.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Writing records.

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct produce_response;

/// Key 0. Appends one record batch a partition. With acks = 0 there is no answer.
struct produce_request {
    using response_type = produce_response;
    static constexpr api_info api{.key = 0, .versions = {3, 13}, .flexible = 9, .described = {0, 13}};

    struct partition_produce_data {
        std::int32_t index = 0;
        bytes_view records;

        partition_produce_data() {}
        friend bool operator==(const partition_produce_data&, const partition_produce_data&) = default;
    };

    struct topic_produce_data {
        std::string name;
        uuid topic_id;
        std::vector<partition_produce_data> partition_data;

        topic_produce_data() {}
        friend bool operator==(const topic_produce_data&, const topic_produce_data&) = default;
    };

    std::optional<std::string> transactional_id;
    std::int16_t acks = 0;
    std::int32_t timeout_ms = 0;
    std::vector<topic_produce_data> topic_data;

    produce_request() {}
    friend bool operator==(const produce_request&, const produce_request&) = default;
};

/// Offsets by partition; from version 10 with hints to the new leader (KIP-951).
struct produce_response {
    static constexpr api_info api = produce_request::api;

    struct batch_index_and_error_message {
        std::int32_t batch_index = 0;
        std::optional<std::string> batch_index_error_message;

        batch_index_and_error_message() {}
        friend bool operator==(const batch_index_and_error_message&,
                               const batch_index_and_error_message&) = default;
    };

    struct leader_id_and_epoch {
        std::int32_t leader_id = -1;
        std::int32_t leader_epoch = -1;

        leader_id_and_epoch() {}
        friend bool operator==(const leader_id_and_epoch&, const leader_id_and_epoch&) = default;
    };

    struct partition_produce_response {
        std::int32_t index = 0;
        std::int16_t error_code = 0;
        std::int64_t base_offset = 0;
        std::int64_t log_append_time_ms = -1;
        std::int64_t log_start_offset = -1;
        std::vector<batch_index_and_error_message> record_errors;
        std::optional<std::string> error_message;
        leader_id_and_epoch current_leader;

        partition_produce_response() {}
        friend bool operator==(const partition_produce_response&,
                               const partition_produce_response&) = default;
    };

    struct topic_produce_response {
        std::string name;
        uuid topic_id;
        std::vector<partition_produce_response> partition_responses;

        topic_produce_response() {}
        friend bool operator==(const topic_produce_response&, const topic_produce_response&) = default;
    };

    struct node_endpoint {
        std::int32_t node_id = 0;
        std::string host;
        std::int32_t port = 0;
        std::optional<std::string> rack;

        node_endpoint() {}
        friend bool operator==(const node_endpoint&, const node_endpoint&) = default;
    };

    std::vector<topic_produce_response> responses;
    std::int32_t throttle_time_ms = 0;
    std::vector<node_endpoint> node_endpoints;

    produce_response() {}
    friend bool operator==(const produce_response&, const produce_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
