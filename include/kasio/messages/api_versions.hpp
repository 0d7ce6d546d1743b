// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What a broker offers.

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct api_versions_response;

/// Key 18. The first request on a connection: which versions of which requests does the broker serve?
/// (KIP-511)
struct api_versions_request {
    using response_type = api_versions_response;
    static constexpr api_info api{.key = 18, .versions = {0, 5}, .flexible = 3};

    std::string client_software_name;
    std::string client_software_version;
    std::optional<std::string> cluster_id;
    std::int32_t node_id = -1;

    api_versions_request() {}
    friend bool operator==(const api_versions_request&, const api_versions_request&) = default;
};

/// The versions served, and the features of the cluster (KIP-584). Read as version 0 when the error is 35.
struct api_versions_response {
    static constexpr api_info api = api_versions_request::api;

    struct api_version {
        std::int16_t api_key = 0;
        std::int16_t min_version = 0;
        std::int16_t max_version = 0;

        api_version() {}
        friend bool operator==(const api_version&, const api_version&) = default;
    };

    struct supported_feature_key {
        std::string name;
        std::int16_t min_version = 0;
        std::int16_t max_version = 0;

        supported_feature_key() {}
        friend bool operator==(const supported_feature_key&, const supported_feature_key&) = default;
    };

    struct finalized_feature_key {
        std::string name;
        std::int16_t max_version_level = 0;
        std::int16_t min_version_level = 0;

        finalized_feature_key() {}
        friend bool operator==(const finalized_feature_key&, const finalized_feature_key&) = default;
    };

    std::int16_t error_code = 0;
    std::vector<api_version> api_keys;
    std::int32_t throttle_time_ms = 0;
    std::vector<supported_feature_key> supported_features;
    std::int64_t finalized_features_epoch = -1;
    std::vector<finalized_feature_key> finalized_features;
    bool zk_migration_ready = false;

    api_versions_response() {}
    friend bool operator==(const api_versions_response&, const api_versions_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
