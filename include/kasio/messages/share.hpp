// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>
#include <kasio/bytes.hpp>
#include <kasio/uuid.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Share groups (KIP-932).

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct share_fetch_response;

/// Key 78. Acquires records and acknowledges earlier ones on the way.
struct share_fetch_request {
    using response_type = share_fetch_response;
    static constexpr api_info api{.key = 78, .versions = {1, 2}, .flexible = 0, .described = {0, 2}};

    struct acknowledgement_batch {
        std::int64_t first_offset = 0;
        std::int64_t last_offset = 0;
        std::vector<std::int8_t> acknowledge_types;

        acknowledgement_batch() {}
        friend bool operator==(const acknowledgement_batch&, const acknowledgement_batch&) = default;
    };

    struct fetch_partition {
        std::int32_t partition_index = 0;
        std::int32_t partition_max_bytes = 0;
        std::vector<acknowledgement_batch> acknowledgement_batches;

        fetch_partition() {}
        friend bool operator==(const fetch_partition&, const fetch_partition&) = default;
    };

    struct fetch_topic {
        uuid topic_id;
        std::vector<fetch_partition> partitions;

        fetch_topic() {}
        friend bool operator==(const fetch_topic&, const fetch_topic&) = default;
    };

    struct forgotten_topic {
        uuid topic_id;
        std::vector<std::int32_t> partitions;

        forgotten_topic() {}
        friend bool operator==(const forgotten_topic&, const forgotten_topic&) = default;
    };

    std::optional<std::string> group_id;
    std::optional<std::string> member_id = "";
    std::int32_t share_session_epoch = 0;
    std::int32_t max_wait_ms = 0;
    std::int32_t min_bytes = 0;
    std::int32_t max_bytes = 0x7fffffff;
    std::int32_t max_records = 0;
    std::int32_t batch_size = 0;
    std::int8_t share_acquire_mode = 0;
    bool is_renew_ack = false;
    std::vector<fetch_topic> topics;
    std::vector<forgotten_topic> forgotten_topics_data;

    share_fetch_request() {}
    friend bool operator==(const share_fetch_request&, const share_fetch_request&) = default;
};

/// Records, and which of them were acquired for how long.
struct share_fetch_response {
    static constexpr api_info api = share_fetch_request::api;

    struct leader_id_and_epoch {
        std::int32_t leader_id = 0;
        std::int32_t leader_epoch = 0;

        leader_id_and_epoch() {}
        friend bool operator==(const leader_id_and_epoch&, const leader_id_and_epoch&) = default;
    };

    struct acquired_records_t {
        std::int64_t first_offset = 0;
        std::int64_t last_offset = 0;
        std::int16_t delivery_count = 0;

        acquired_records_t() {}
        friend bool operator==(const acquired_records_t&, const acquired_records_t&) = default;
    };

    struct partition_data {
        std::int32_t partition_index = 0;
        std::int16_t error_code = 0;
        std::optional<std::string> error_message;
        std::int16_t acknowledge_error_code = 0;
        std::optional<std::string> acknowledge_error_message;
        leader_id_and_epoch current_leader;
        bytes_view records;
        std::vector<acquired_records_t> acquired_records;

        partition_data() {}
        friend bool operator==(const partition_data&, const partition_data&) = default;
    };

    struct share_fetchable_topic_response {
        uuid topic_id;
        std::vector<partition_data> partitions;

        share_fetchable_topic_response() {}
        friend bool operator==(const share_fetchable_topic_response&,
                               const share_fetchable_topic_response&) = default;
    };

    struct node_endpoint {
        std::int32_t node_id = 0;
        std::string host;
        std::int32_t port = 0;
        std::optional<std::string> rack;

        node_endpoint() {}
        friend bool operator==(const node_endpoint&, const node_endpoint&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::optional<std::string> error_message;
    std::int32_t acquisition_lock_timeout_ms = 0;
    std::vector<share_fetchable_topic_response> responses;
    std::vector<node_endpoint> node_endpoints;

    share_fetch_response() {}
    friend bool operator==(const share_fetch_response&, const share_fetch_response&) = default;
};

struct share_acknowledge_response;

/// Key 79. Acknowledges without fetching.
struct share_acknowledge_request {
    using response_type = share_acknowledge_response;
    static constexpr api_info api{.key = 79, .versions = {1, 2}, .flexible = 0, .described = {0, 2}};

    struct acknowledgement_batch {
        std::int64_t first_offset = 0;
        std::int64_t last_offset = 0;
        std::vector<std::int8_t> acknowledge_types;

        acknowledgement_batch() {}
        friend bool operator==(const acknowledgement_batch&, const acknowledgement_batch&) = default;
    };

    struct acknowledge_partition {
        std::int32_t partition_index = 0;
        std::vector<acknowledgement_batch> acknowledgement_batches;

        acknowledge_partition() {}
        friend bool operator==(const acknowledge_partition&, const acknowledge_partition&) = default;
    };

    struct acknowledge_topic {
        uuid topic_id;
        std::vector<acknowledge_partition> partitions;

        acknowledge_topic() {}
        friend bool operator==(const acknowledge_topic&, const acknowledge_topic&) = default;
    };

    std::optional<std::string> group_id;
    std::optional<std::string> member_id = "";
    std::int32_t share_session_epoch = 0;
    bool is_renew_ack = false;
    std::vector<acknowledge_topic> topics;

    share_acknowledge_request() {}
    friend bool operator==(const share_acknowledge_request&, const share_acknowledge_request&) = default;
};

/// An error a partition.
struct share_acknowledge_response {
    static constexpr api_info api = share_acknowledge_request::api;

    struct leader_id_and_epoch {
        std::int32_t leader_id = 0;
        std::int32_t leader_epoch = 0;

        leader_id_and_epoch() {}
        friend bool operator==(const leader_id_and_epoch&, const leader_id_and_epoch&) = default;
    };

    struct partition_data {
        std::int32_t partition_index = 0;
        std::int16_t error_code = 0;
        std::optional<std::string> error_message;
        leader_id_and_epoch current_leader;

        partition_data() {}
        friend bool operator==(const partition_data&, const partition_data&) = default;
    };

    struct share_acknowledge_topic_response {
        uuid topic_id;
        std::vector<partition_data> partitions;

        share_acknowledge_topic_response() {}
        friend bool operator==(const share_acknowledge_topic_response&,
                               const share_acknowledge_topic_response&) = default;
    };

    struct node_endpoint {
        std::int32_t node_id = 0;
        std::string host;
        std::int32_t port = 0;
        std::optional<std::string> rack;

        node_endpoint() {}
        friend bool operator==(const node_endpoint&, const node_endpoint&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::optional<std::string> error_message;
    std::int32_t acquisition_lock_timeout_ms = 0;
    std::vector<share_acknowledge_topic_response> responses;
    std::vector<node_endpoint> node_endpoints;

    share_acknowledge_response() {}
    friend bool operator==(const share_acknowledge_response&, const share_acknowledge_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
