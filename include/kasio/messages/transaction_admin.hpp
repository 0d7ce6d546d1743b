// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Looking at producers and transactions.

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct describe_producers_response;

/// Key 61. Producers with state on a partition (KIP-664).
struct describe_producers_request {
    using response_type = describe_producers_response;
    static constexpr api_info api{.key = 61, .versions = {0, 0}, .flexible = 0};

    struct topic_request {
        std::string name;
        std::vector<std::int32_t> partition_indexes;

        topic_request() {}
        friend bool operator==(const topic_request&, const topic_request&) = default;
    };

    std::vector<topic_request> topics;

    describe_producers_request() {}
    friend bool operator==(const describe_producers_request&, const describe_producers_request&) = default;
};

/// Their ids, epochs and open transactions.
struct describe_producers_response {
    static constexpr api_info api = describe_producers_request::api;

    struct producer_state {
        std::int64_t producer_id = 0;
        std::int32_t producer_epoch = 0;
        std::int32_t last_sequence = -1;
        std::int64_t last_timestamp = -1;
        std::int32_t coordinator_epoch = 0;
        std::int64_t current_txn_start_offset = -1;

        producer_state() {}
        friend bool operator==(const producer_state&, const producer_state&) = default;
    };

    struct partition_response {
        std::int32_t partition_index = 0;
        std::int16_t error_code = 0;
        std::optional<std::string> error_message;
        std::vector<producer_state> active_producers;

        partition_response() {}
        friend bool operator==(const partition_response&, const partition_response&) = default;
    };

    struct topic_response {
        std::string name;
        std::vector<partition_response> partitions;

        topic_response() {}
        friend bool operator==(const topic_response&, const topic_response&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<topic_response> topics;

    describe_producers_response() {}
    friend bool operator==(const describe_producers_response&, const describe_producers_response&) = default;
};

struct describe_transactions_response;

/// Key 65. State of transactional ids, asked of their coordinator.
struct describe_transactions_request {
    using response_type = describe_transactions_response;
    static constexpr api_info api{.key = 65, .versions = {0, 0}, .flexible = 0};

    std::vector<std::string> transactional_ids;

    describe_transactions_request() {}
    friend bool operator==(const describe_transactions_request&,
                           const describe_transactions_request&) = default;
};

/// State, time-out and partitions of each.
struct describe_transactions_response {
    static constexpr api_info api = describe_transactions_request::api;

    struct topic_data {
        std::string topic;
        std::vector<std::int32_t> partitions;

        topic_data() {}
        friend bool operator==(const topic_data&, const topic_data&) = default;
    };

    struct transaction_state_t {
        std::int16_t error_code = 0;
        std::string transactional_id;
        std::string transaction_state;
        std::int32_t transaction_timeout_ms = 0;
        std::int64_t transaction_start_time_ms = 0;
        std::int64_t producer_id = 0;
        std::int16_t producer_epoch = 0;
        std::vector<topic_data> topics;

        transaction_state_t() {}
        friend bool operator==(const transaction_state_t&, const transaction_state_t&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<transaction_state_t> transaction_states;

    describe_transactions_response() {}
    friend bool operator==(const describe_transactions_response&,
                           const describe_transactions_response&) = default;
};

struct list_transactions_response;

/// Key 66. All transactions of which the broker is the coordinator.
struct list_transactions_request {
    using response_type = list_transactions_response;
    static constexpr api_info api{.key = 66, .versions = {0, 2}, .flexible = 0};

    std::vector<std::string> state_filters;
    std::vector<std::int64_t> producer_id_filters;
    std::int64_t duration_filter = -1;
    std::optional<std::string> transactional_id_pattern;

    list_transactions_request() {}
    friend bool operator==(const list_transactions_request&, const list_transactions_request&) = default;
};

/// Transactional ids with state.
struct list_transactions_response {
    static constexpr api_info api = list_transactions_request::api;

    struct transaction_state_t {
        std::string transactional_id;
        std::int64_t producer_id = 0;
        std::string transaction_state;

        transaction_state_t() {}
        friend bool operator==(const transaction_state_t&, const transaction_state_t&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::vector<std::string> unknown_state_filters;
    std::vector<transaction_state_t> transaction_states;

    list_transactions_response() {}
    friend bool operator==(const list_transactions_response&, const list_transactions_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
