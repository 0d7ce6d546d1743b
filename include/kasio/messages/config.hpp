// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Configuration of topics, brokers and groups.

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct describe_configs_response;

/// Key 32. Values of the named keys, or of all.
struct describe_configs_request {
    using response_type = describe_configs_response;
    static constexpr api_info api{.key = 32, .versions = {0, 4}, .flexible = 4};

    struct describe_configs_resource {
        std::int8_t resource_type = 0;
        std::string resource_name;
        std::optional<std::vector<std::string>> configuration_keys{std::in_place};

        describe_configs_resource() {}
        friend bool operator==(const describe_configs_resource&, const describe_configs_resource&) = default;
    };

    std::vector<describe_configs_resource> resources;
    bool include_synonyms = false;
    bool include_documentation = false;

    describe_configs_request() {}
    friend bool operator==(const describe_configs_request&, const describe_configs_request&) = default;
};

/// Values with their sources; sensitive ones come as null.
struct describe_configs_response {
    static constexpr api_info api = describe_configs_request::api;

    struct describe_configs_synonym {
        std::string name;
        std::optional<std::string> value = "";
        std::int8_t source = 0;

        describe_configs_synonym() {}
        friend bool operator==(const describe_configs_synonym&, const describe_configs_synonym&) = default;
    };

    struct describe_configs_resource_result {
        std::string name;
        std::optional<std::string> value = "";
        bool read_only = false;
        bool is_default = false;
        std::int8_t config_source = -1;
        bool is_sensitive = false;
        std::vector<describe_configs_synonym> synonyms;
        std::int8_t config_type = 0;
        std::optional<std::string> documentation = "";

        describe_configs_resource_result() {}
        friend bool operator==(const describe_configs_resource_result&,
                               const describe_configs_resource_result&) = default;
    };

    struct describe_configs_result {
        std::int16_t error_code = 0;
        std::optional<std::string> error_message = "";
        std::int8_t resource_type = 0;
        std::string resource_name;
        std::vector<describe_configs_resource_result> configs;

        describe_configs_result() {}
        friend bool operator==(const describe_configs_result&, const describe_configs_result&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<describe_configs_result> results;

    describe_configs_response() {}
    friend bool operator==(const describe_configs_response&, const describe_configs_response&) = default;
};

struct alter_configs_response;

/// Key 33. Replaces the whole configuration of a resource: what is not named goes back to its default.
struct alter_configs_request {
    using response_type = alter_configs_response;
    static constexpr api_info api{.key = 33, .versions = {0, 2}, .flexible = 2};

    struct alterable_config {
        std::string name;
        std::optional<std::string> value = "";

        alterable_config() {}
        friend bool operator==(const alterable_config&, const alterable_config&) = default;
    };

    struct alter_configs_resource {
        std::int8_t resource_type = 0;
        std::string resource_name;
        std::vector<alterable_config> configs;

        alter_configs_resource() {}
        friend bool operator==(const alter_configs_resource&, const alter_configs_resource&) = default;
    };

    std::vector<alter_configs_resource> resources;
    bool validate_only = false;

    alter_configs_request() {}
    friend bool operator==(const alter_configs_request&, const alter_configs_request&) = default;
};

/// An error a resource.
struct alter_configs_response {
    static constexpr api_info api = alter_configs_request::api;

    struct alter_configs_resource_response {
        std::int16_t error_code = 0;
        std::optional<std::string> error_message = "";
        std::int8_t resource_type = 0;
        std::string resource_name;

        alter_configs_resource_response() {}
        friend bool operator==(const alter_configs_resource_response&,
                               const alter_configs_resource_response&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<alter_configs_resource_response> responses;

    alter_configs_response() {}
    friend bool operator==(const alter_configs_response&, const alter_configs_response&) = default;
};

struct incremental_alter_configs_response;

/// Key 44. Sets, deletes, appends and subtracts single keys (KIP-339).
struct incremental_alter_configs_request {
    using response_type = incremental_alter_configs_response;
    static constexpr api_info api{.key = 44, .versions = {0, 1}, .flexible = 1};

    struct alterable_config {
        std::string name;
        std::int8_t config_operation = 0;
        std::optional<std::string> value = "";

        alterable_config() {}
        friend bool operator==(const alterable_config&, const alterable_config&) = default;
    };

    struct alter_configs_resource {
        std::int8_t resource_type = 0;
        std::string resource_name;
        std::vector<alterable_config> configs;

        alter_configs_resource() {}
        friend bool operator==(const alter_configs_resource&, const alter_configs_resource&) = default;
    };

    std::vector<alter_configs_resource> resources;
    bool validate_only = false;

    incremental_alter_configs_request() {}
    friend bool operator==(const incremental_alter_configs_request&,
                           const incremental_alter_configs_request&) = default;
};

/// An error a resource.
struct incremental_alter_configs_response {
    static constexpr api_info api = incremental_alter_configs_request::api;

    struct alter_configs_resource_response {
        std::int16_t error_code = 0;
        std::optional<std::string> error_message = "";
        std::int8_t resource_type = 0;
        std::string resource_name;

        alter_configs_resource_response() {}
        friend bool operator==(const alter_configs_resource_response&,
                               const alter_configs_resource_response&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<alter_configs_resource_response> responses;

    incremental_alter_configs_response() {}
    friend bool operator==(const incremental_alter_configs_response&,
                           const incremental_alter_configs_response&) = default;
};

struct list_config_resources_response;

/// Key 74. Which resources have configuration; in version 0 only client metrics (KIP-1142).
struct list_config_resources_request {
    using response_type = list_config_resources_response;
    static constexpr api_info api{.key = 74, .versions = {0, 1}, .flexible = 0};

    std::vector<std::int8_t> resource_types;

    list_config_resources_request() {}
    friend bool operator==(const list_config_resources_request&,
                           const list_config_resources_request&) = default;
};

/// Their names and types.
struct list_config_resources_response {
    static constexpr api_info api = list_config_resources_request::api;

    struct config_resource {
        std::string resource_name;
        std::int8_t resource_type = 16;

        config_resource() {}
        friend bool operator==(const config_resource&, const config_resource&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::vector<config_resource> config_resources;

    list_config_resources_response() {}
    friend bool operator==(const list_config_resources_response&,
                           const list_config_resources_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
