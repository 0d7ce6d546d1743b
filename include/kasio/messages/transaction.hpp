// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>
#include <kasio/uuid.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Producer ids and transactions.

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct add_partitions_to_txn_response;

/// Key 24. Partitions that the transaction will write to. Versions 4 and 5 are for brokers among themselves
/// (KIP-890).
struct add_partitions_to_txn_request {
    using response_type = add_partitions_to_txn_response;
    static constexpr api_info api{.key = 24, .versions = {0, 3}, .flexible = 3, .described = {0, 5}};

    struct add_partitions_to_txn_topic {
        std::string name;
        std::vector<std::int32_t> partitions;

        add_partitions_to_txn_topic() {}
        friend bool operator==(const add_partitions_to_txn_topic&,
                               const add_partitions_to_txn_topic&) = default;
    };

    struct add_partitions_to_txn_transaction {
        std::string transactional_id;
        std::int64_t producer_id = 0;
        std::int16_t producer_epoch = 0;
        bool verify_only = false;
        std::vector<add_partitions_to_txn_topic> topics;

        add_partitions_to_txn_transaction() {}
        friend bool operator==(const add_partitions_to_txn_transaction&,
                               const add_partitions_to_txn_transaction&) = default;
    };

    std::vector<add_partitions_to_txn_transaction> transactions;
    std::string v3_and_below_transactional_id;
    std::int64_t v3_and_below_producer_id = 0;
    std::int16_t v3_and_below_producer_epoch = 0;
    std::vector<add_partitions_to_txn_topic> v3_and_below_topics;

    add_partitions_to_txn_request() {}
    friend bool operator==(const add_partitions_to_txn_request&,
                           const add_partitions_to_txn_request&) = default;
};

/// An error a partition.
struct add_partitions_to_txn_response {
    static constexpr api_info api = add_partitions_to_txn_request::api;

    struct add_partitions_to_txn_partition_result {
        std::int32_t partition_index = 0;
        std::int16_t partition_error_code = 0;

        add_partitions_to_txn_partition_result() {}
        friend bool operator==(const add_partitions_to_txn_partition_result&,
                               const add_partitions_to_txn_partition_result&) = default;
    };

    struct add_partitions_to_txn_topic_result {
        std::string name;
        std::vector<add_partitions_to_txn_partition_result> results_by_partition;

        add_partitions_to_txn_topic_result() {}
        friend bool operator==(const add_partitions_to_txn_topic_result&,
                               const add_partitions_to_txn_topic_result&) = default;
    };

    struct add_partitions_to_txn_result {
        std::string transactional_id;
        std::vector<add_partitions_to_txn_topic_result> topic_results;

        add_partitions_to_txn_result() {}
        friend bool operator==(const add_partitions_to_txn_result&,
                               const add_partitions_to_txn_result&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::vector<add_partitions_to_txn_result> results_by_transaction;
    std::vector<add_partitions_to_txn_topic_result> results_by_topic_v3_and_below;

    add_partitions_to_txn_response() {}
    friend bool operator==(const add_partitions_to_txn_response&,
                           const add_partitions_to_txn_response&) = default;
};

struct add_offsets_to_txn_response;

/// Key 25. The transaction will commit offsets of this group. Not needed in transaction version 2.
struct add_offsets_to_txn_request {
    using response_type = add_offsets_to_txn_response;
    static constexpr api_info api{.key = 25, .versions = {0, 4}, .flexible = 3};

    std::string transactional_id;
    std::int64_t producer_id = 0;
    std::int16_t producer_epoch = 0;
    std::string group_id;

    add_offsets_to_txn_request() {}
    friend bool operator==(const add_offsets_to_txn_request&, const add_offsets_to_txn_request&) = default;
};

/// Whether it may.
struct add_offsets_to_txn_response {
    static constexpr api_info api = add_offsets_to_txn_request::api;

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;

    add_offsets_to_txn_response() {}
    friend bool operator==(const add_offsets_to_txn_response&, const add_offsets_to_txn_response&) = default;
};

struct end_txn_response;

/// Key 26. Commits or aborts.
struct end_txn_request {
    using response_type = end_txn_response;
    static constexpr api_info api{.key = 26, .versions = {0, 5}, .flexible = 3};

    std::string transactional_id;
    std::int64_t producer_id = 0;
    std::int16_t producer_epoch = 0;
    bool committed = false;

    end_txn_request() {}
    friend bool operator==(const end_txn_request&, const end_txn_request&) = default;
};

/// From version 5 the id and epoch of the next transaction.
struct end_txn_response {
    static constexpr api_info api = end_txn_request::api;

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::int64_t producer_id = -1;
    std::int16_t producer_epoch = -1;

    end_txn_response() {}
    friend bool operator==(const end_txn_response&, const end_txn_response&) = default;
};

struct txn_offset_commit_response;

/// Key 28. Commits offsets of a group with the transaction.
struct txn_offset_commit_request {
    using response_type = txn_offset_commit_response;
    static constexpr api_info api{.key = 28, .versions = {0, 6}, .flexible = 3};

    struct txn_offset_commit_request_partition {
        std::int32_t partition_index = 0;
        std::int64_t committed_offset = 0;
        std::int32_t committed_leader_epoch = -1;
        std::optional<std::string> committed_metadata = "";

        txn_offset_commit_request_partition() {}
        friend bool operator==(const txn_offset_commit_request_partition&,
                               const txn_offset_commit_request_partition&) = default;
    };

    struct txn_offset_commit_request_topic {
        std::string name;
        uuid topic_id;
        std::vector<txn_offset_commit_request_partition> partitions;

        txn_offset_commit_request_topic() {}
        friend bool operator==(const txn_offset_commit_request_topic&,
                               const txn_offset_commit_request_topic&) = default;
    };

    std::string transactional_id;
    std::string group_id;
    std::int64_t producer_id = 0;
    std::int16_t producer_epoch = 0;
    std::int32_t generation_id_or_member_epoch = -1;
    std::string member_id;
    std::optional<std::string> group_instance_id;
    std::vector<txn_offset_commit_request_topic> topics;

    txn_offset_commit_request() {}
    friend bool operator==(const txn_offset_commit_request&, const txn_offset_commit_request&) = default;
};

/// An error a partition.
struct txn_offset_commit_response {
    static constexpr api_info api = txn_offset_commit_request::api;

    struct txn_offset_commit_response_partition {
        std::int32_t partition_index = 0;
        std::int16_t error_code = 0;

        txn_offset_commit_response_partition() {}
        friend bool operator==(const txn_offset_commit_response_partition&,
                               const txn_offset_commit_response_partition&) = default;
    };

    struct txn_offset_commit_response_topic {
        std::string name;
        uuid topic_id;
        std::vector<txn_offset_commit_response_partition> partitions;

        txn_offset_commit_response_topic() {}
        friend bool operator==(const txn_offset_commit_response_topic&,
                               const txn_offset_commit_response_topic&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<txn_offset_commit_response_topic> topics;

    txn_offset_commit_response() {}
    friend bool operator==(const txn_offset_commit_response&, const txn_offset_commit_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
