// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>
#include <kasio/bytes.hpp>
#include <kasio/uuid.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Reading records.

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct fetch_response;

/// Key 1. Reads from partitions, within a session when its id is not zero (KIP-227). Topics go by id from
/// version 13.
struct fetch_request {
    using response_type = fetch_response;
    static constexpr api_info api{.key = 1, .versions = {4, 18}, .flexible = 12, .described = {0, 18}};

    struct replica_state_t {
        std::int32_t replica_id = -1;
        std::int64_t replica_epoch = -1;

        replica_state_t() {}
        friend bool operator==(const replica_state_t&, const replica_state_t&) = default;
    };

    struct fetch_partition {
        std::int32_t partition = 0;
        std::int32_t current_leader_epoch = -1;
        std::int64_t fetch_offset = 0;
        std::int32_t last_fetched_epoch = -1;
        std::int64_t log_start_offset = -1;
        std::int32_t partition_max_bytes = 0;
        uuid replica_directory_id;
        std::int64_t high_watermark = 9223372036854775807;

        fetch_partition() {}
        friend bool operator==(const fetch_partition&, const fetch_partition&) = default;
    };

    struct fetch_topic {
        std::string topic;
        uuid topic_id;
        std::vector<fetch_partition> partitions;

        fetch_topic() {}
        friend bool operator==(const fetch_topic&, const fetch_topic&) = default;
    };

    struct forgotten_topic {
        std::string topic;
        uuid topic_id;
        std::vector<std::int32_t> partitions;

        forgotten_topic() {}
        friend bool operator==(const forgotten_topic&, const forgotten_topic&) = default;
    };

    std::optional<std::string> cluster_id;
    std::int32_t replica_id = -1;
    replica_state_t replica_state;
    std::int32_t max_wait_ms = 0;
    std::int32_t min_bytes = 0;
    std::int32_t max_bytes = 0x7fffffff;
    std::int8_t isolation_level = 0;
    std::int32_t session_id = 0;
    std::int32_t session_epoch = -1;
    std::vector<fetch_topic> topics;
    std::vector<forgotten_topic> forgotten_topics_data;
    std::string rack_id;

    fetch_request() {}
    friend bool operator==(const fetch_request&, const fetch_request&) = default;
};

/// Record batches as slices of the frame; the last batch of a partition may be cut.
struct fetch_response {
    static constexpr api_info api = fetch_request::api;

    struct epoch_end_offset {
        std::int32_t epoch = -1;
        std::int64_t end_offset = -1;

        epoch_end_offset() {}
        friend bool operator==(const epoch_end_offset&, const epoch_end_offset&) = default;
    };

    struct leader_id_and_epoch {
        std::int32_t leader_id = -1;
        std::int32_t leader_epoch = -1;

        leader_id_and_epoch() {}
        friend bool operator==(const leader_id_and_epoch&, const leader_id_and_epoch&) = default;
    };

    struct snapshot_id_t {
        std::int64_t end_offset = -1;
        std::int32_t epoch = -1;

        snapshot_id_t() {}
        friend bool operator==(const snapshot_id_t&, const snapshot_id_t&) = default;
    };

    struct aborted_transaction {
        std::int64_t producer_id = 0;
        std::int64_t first_offset = 0;

        aborted_transaction() {}
        friend bool operator==(const aborted_transaction&, const aborted_transaction&) = default;
    };

    struct partition_data {
        std::int32_t partition_index = 0;
        std::int16_t error_code = 0;
        std::int64_t high_watermark = 0;
        std::int64_t last_stable_offset = -1;
        std::int64_t log_start_offset = -1;
        epoch_end_offset diverging_epoch;
        leader_id_and_epoch current_leader;
        snapshot_id_t snapshot_id;
        std::optional<std::vector<aborted_transaction>> aborted_transactions{std::in_place};
        std::int32_t preferred_read_replica = -1;
        bytes_view records;

        partition_data() {}
        friend bool operator==(const partition_data&, const partition_data&) = default;
    };

    struct fetchable_topic_response {
        std::string topic;
        uuid topic_id;
        std::vector<partition_data> partitions;

        fetchable_topic_response() {}
        friend bool operator==(const fetchable_topic_response&, const fetchable_topic_response&) = default;
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
    std::int32_t session_id = 0;
    std::vector<fetchable_topic_response> responses;
    std::vector<node_endpoint> node_endpoints;

    fetch_response() {}
    friend bool operator==(const fetch_response&, const fetch_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
