// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The cluster as a whole.

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct describe_cluster_response;

/// Key 60. Brokers or, from version 1, controllers (KIP-700, KIP-919).
struct describe_cluster_request {
    using response_type = describe_cluster_response;
    static constexpr api_info api{.key = 60, .versions = {0, 2}, .flexible = 0};

    bool include_cluster_authorized_operations = false;
    std::int8_t endpoint_type = 1;
    bool include_fenced_brokers = false;

    describe_cluster_request() {}
    friend bool operator==(const describe_cluster_request&, const describe_cluster_request&) = default;
};

/// Their addresses, and the id of the cluster.
struct describe_cluster_response {
    static constexpr api_info api = describe_cluster_request::api;

    struct describe_cluster_broker {
        std::int32_t broker_id = 0;
        std::string host;
        std::int32_t port = 0;
        std::optional<std::string> rack;
        bool is_fenced = false;

        describe_cluster_broker() {}
        friend bool operator==(const describe_cluster_broker&, const describe_cluster_broker&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::optional<std::string> error_message;
    std::int8_t endpoint_type = 1;
    std::string cluster_id;
    std::int32_t controller_id = -1;
    std::vector<describe_cluster_broker> brokers;
    std::int32_t cluster_authorized_operations = -2147483648;

    describe_cluster_response() {}
    friend bool operator==(const describe_cluster_response&, const describe_cluster_response&) = default;
};

struct update_features_response;

/// Key 57. Raises and lowers feature levels (KIP-584).
struct update_features_request {
    using response_type = update_features_response;
    static constexpr api_info api{.key = 57, .versions = {0, 2}, .flexible = 0};

    struct feature_update_key {
        std::string feature;
        std::int16_t max_version_level = 0;
        bool allow_downgrade = false;
        std::int8_t upgrade_type = 1;

        feature_update_key() {}
        friend bool operator==(const feature_update_key&, const feature_update_key&) = default;
    };

    std::int32_t timeout_ms = 60000;
    std::vector<feature_update_key> feature_updates;
    bool validate_only = false;

    update_features_request() {}
    friend bool operator==(const update_features_request&, const update_features_request&) = default;
};

/// An error a feature up to version 1, one for all from version 2.
struct update_features_response {
    static constexpr api_info api = update_features_request::api;

    struct updatable_feature_result {
        std::string feature;
        std::int16_t error_code = 0;
        std::optional<std::string> error_message = "";

        updatable_feature_result() {}
        friend bool operator==(const updatable_feature_result&, const updatable_feature_result&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::optional<std::string> error_message = "";
    std::vector<updatable_feature_result> results;

    update_features_response() {}
    friend bool operator==(const update_features_response&, const update_features_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
