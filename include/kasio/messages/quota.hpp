// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Client quotas (KIP-546).

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct describe_client_quotas_response;

/// Key 48. Quotas of entities that match.
struct describe_client_quotas_request {
    using response_type = describe_client_quotas_response;
    static constexpr api_info api{.key = 48, .versions = {0, 1}, .flexible = 1};

    struct component_data {
        std::string entity_type;
        std::int8_t match_type = 0;
        std::optional<std::string> match = "";

        component_data() {}
        friend bool operator==(const component_data&, const component_data&) = default;
    };

    std::vector<component_data> components;
    bool strict = false;

    describe_client_quotas_request() {}
    friend bool operator==(const describe_client_quotas_request&,
                           const describe_client_quotas_request&) = default;
};

/// Entities with their quotas.
struct describe_client_quotas_response {
    static constexpr api_info api = describe_client_quotas_request::api;

    struct entity_data {
        std::string entity_type;
        std::optional<std::string> entity_name = "";

        entity_data() {}
        friend bool operator==(const entity_data&, const entity_data&) = default;
    };

    struct value_data {
        std::string key;
        double value = 0;

        value_data() {}
        friend bool operator==(const value_data&, const value_data&) = default;
    };

    struct entry_data {
        std::vector<entity_data> entity;
        std::vector<value_data> values;

        entry_data() {}
        friend bool operator==(const entry_data&, const entry_data&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::optional<std::string> error_message = "";
    std::optional<std::vector<entry_data>> entries{std::in_place};

    describe_client_quotas_response() {}
    friend bool operator==(const describe_client_quotas_response&,
                           const describe_client_quotas_response&) = default;
};

struct alter_client_quotas_response;

/// Key 49. Sets and removes quotas.
struct alter_client_quotas_request {
    using response_type = alter_client_quotas_response;
    static constexpr api_info api{.key = 49, .versions = {0, 1}, .flexible = 1};

    struct entity_data {
        std::string entity_type;
        std::optional<std::string> entity_name = "";

        entity_data() {}
        friend bool operator==(const entity_data&, const entity_data&) = default;
    };

    struct op_data {
        std::string key;
        double value = 0;
        bool remove = false;

        op_data() {}
        friend bool operator==(const op_data&, const op_data&) = default;
    };

    struct entry_data {
        std::vector<entity_data> entity;
        std::vector<op_data> ops;

        entry_data() {}
        friend bool operator==(const entry_data&, const entry_data&) = default;
    };

    std::vector<entry_data> entries;
    bool validate_only = false;

    alter_client_quotas_request() {}
    friend bool operator==(const alter_client_quotas_request&, const alter_client_quotas_request&) = default;
};

/// An error an entity.
struct alter_client_quotas_response {
    static constexpr api_info api = alter_client_quotas_request::api;

    struct entity_data {
        std::string entity_type;
        std::optional<std::string> entity_name = "";

        entity_data() {}
        friend bool operator==(const entity_data&, const entity_data&) = default;
    };

    struct entry_data {
        std::int16_t error_code = 0;
        std::optional<std::string> error_message = "";
        std::vector<entity_data> entity;

        entry_data() {}
        friend bool operator==(const entry_data&, const entry_data&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<entry_data> entries;

    alter_client_quotas_response() {}
    friend bool operator==(const alter_client_quotas_response&,
                           const alter_client_quotas_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
