// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>
#include <kasio/uuid.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The controllers of a KRaft cluster.

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct describe_quorum_response;

/// Key 55. Voters and observers of the metadata log (KIP-595).
struct describe_quorum_request {
    using response_type = describe_quorum_response;
    static constexpr api_info api{.key = 55, .versions = {0, 2}, .flexible = 0};

    struct partition_data {
        std::int32_t partition_index = 0;

        partition_data() {}
        friend bool operator==(const partition_data&, const partition_data&) = default;
    };

    struct topic_data {
        std::string topic_name;
        std::vector<partition_data> partitions;

        topic_data() {}
        friend bool operator==(const topic_data&, const topic_data&) = default;
    };

    std::vector<topic_data> topics;

    describe_quorum_request() {}
    friend bool operator==(const describe_quorum_request&, const describe_quorum_request&) = default;
};

/// How far each of them is.
struct describe_quorum_response {
    static constexpr api_info api = describe_quorum_request::api;

    struct replica_state {
        std::int32_t replica_id = 0;
        uuid replica_directory_id;
        std::int64_t log_end_offset = 0;
        std::int64_t last_fetch_timestamp = -1;
        std::int64_t last_caught_up_timestamp = -1;

        replica_state() {}
        friend bool operator==(const replica_state&, const replica_state&) = default;
    };

    struct partition_data {
        std::int32_t partition_index = 0;
        std::int16_t error_code = 0;
        std::optional<std::string> error_message = "";
        std::int32_t leader_id = 0;
        std::int32_t leader_epoch = 0;
        std::int64_t high_watermark = 0;
        std::vector<replica_state> current_voters;
        std::vector<replica_state> observers;

        partition_data() {}
        friend bool operator==(const partition_data&, const partition_data&) = default;
    };

    struct topic_data {
        std::string topic_name;
        std::vector<partition_data> partitions;

        topic_data() {}
        friend bool operator==(const topic_data&, const topic_data&) = default;
    };

    struct listener {
        std::string name;
        std::string host;
        std::uint16_t port = 0;

        listener() {}
        friend bool operator==(const listener&, const listener&) = default;
    };

    struct node {
        std::int32_t node_id = 0;
        std::vector<listener> listeners;

        node() {}
        friend bool operator==(const node&, const node&) = default;
    };

    std::int16_t error_code = 0;
    std::optional<std::string> error_message = "";
    std::vector<topic_data> topics;
    std::vector<node> nodes;

    describe_quorum_response() {}
    friend bool operator==(const describe_quorum_response&, const describe_quorum_response&) = default;
};

struct unregister_broker_response;

/// Key 64. Forgets a broker that is gone for good.
struct unregister_broker_request {
    using response_type = unregister_broker_response;
    static constexpr api_info api{.key = 64, .versions = {0, 0}, .flexible = 0};

    std::int32_t broker_id = 0;

    unregister_broker_request() {}
    friend bool operator==(const unregister_broker_request&, const unregister_broker_request&) = default;
};

/// Whether it did.
struct unregister_broker_response {
    static constexpr api_info api = unregister_broker_request::api;

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::optional<std::string> error_message = "";

    unregister_broker_response() {}
    friend bool operator==(const unregister_broker_response&, const unregister_broker_response&) = default;
};

struct unregister_controller_response;

/// Key 94. Forgets a controller that is gone for good.
struct unregister_controller_request {
    using response_type = unregister_controller_response;
    static constexpr api_info api{.key = 94, .versions = {0, 0}, .flexible = 0};

    std::int32_t controller_id = 0;

    unregister_controller_request() {}
    friend bool operator==(const unregister_controller_request&,
                           const unregister_controller_request&) = default;
};

/// Whether it did.
struct unregister_controller_response {
    static constexpr api_info api = unregister_controller_request::api;

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::optional<std::string> error_message = "";

    unregister_controller_response() {}
    friend bool operator==(const unregister_controller_response&,
                           const unregister_controller_response&) = default;
};

struct add_raft_voter_response;

/// Key 80. Adds a controller to the voters (KIP-853).
struct add_raft_voter_request {
    using response_type = add_raft_voter_response;
    static constexpr api_info api{.key = 80, .versions = {0, 1}, .flexible = 0};

    struct listener {
        std::string name;
        std::string host;
        std::uint16_t port = 0;

        listener() {}
        friend bool operator==(const listener&, const listener&) = default;
    };

    std::optional<std::string> cluster_id = "";
    std::int32_t timeout_ms = 0;
    std::int32_t voter_id = 0;
    uuid voter_directory_id;
    std::vector<listener> listeners;
    bool ack_when_committed = true;

    add_raft_voter_request() {}
    friend bool operator==(const add_raft_voter_request&, const add_raft_voter_request&) = default;
};

/// Whether it did.
struct add_raft_voter_response {
    static constexpr api_info api = add_raft_voter_request::api;

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::optional<std::string> error_message = "";

    add_raft_voter_response() {}
    friend bool operator==(const add_raft_voter_response&, const add_raft_voter_response&) = default;
};

struct remove_raft_voter_response;

/// Key 81. Removes a controller from the voters.
struct remove_raft_voter_request {
    using response_type = remove_raft_voter_response;
    static constexpr api_info api{.key = 81, .versions = {0, 0}, .flexible = 0};

    std::optional<std::string> cluster_id = "";
    std::int32_t voter_id = 0;
    uuid voter_directory_id;

    remove_raft_voter_request() {}
    friend bool operator==(const remove_raft_voter_request&, const remove_raft_voter_request&) = default;
};

/// Whether it did.
struct remove_raft_voter_response {
    static constexpr api_info api = remove_raft_voter_request::api;

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::optional<std::string> error_message = "";

    remove_raft_voter_response() {}
    friend bool operator==(const remove_raft_voter_response&, const remove_raft_voter_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
