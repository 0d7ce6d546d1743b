// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Access control lists.

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct describe_acls_response;

/// Key 29. Entries that match a filter.
struct describe_acls_request {
    using response_type = describe_acls_response;
    static constexpr api_info api{.key = 29, .versions = {0, 3}, .flexible = 2};

    std::int8_t resource_type_filter = 0;
    std::optional<std::string> resource_name_filter = "";
    std::int8_t pattern_type_filter = 3;
    std::optional<std::string> principal_filter = "";
    std::optional<std::string> host_filter = "";
    std::int8_t operation = 0;
    std::int8_t permission_type = 0;

    describe_acls_request() {}
    friend bool operator==(const describe_acls_request&, const describe_acls_request&) = default;
};

/// The entries by resource.
struct describe_acls_response {
    static constexpr api_info api = describe_acls_request::api;

    struct acl_description {
        std::string principal;
        std::string host;
        std::int8_t operation = 0;
        std::int8_t permission_type = 0;

        acl_description() {}
        friend bool operator==(const acl_description&, const acl_description&) = default;
    };

    struct describe_acls_resource {
        std::int8_t resource_type = 0;
        std::string resource_name;
        std::int8_t pattern_type = 3;
        std::vector<acl_description> acls;

        describe_acls_resource() {}
        friend bool operator==(const describe_acls_resource&, const describe_acls_resource&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::optional<std::string> error_message = "";
    std::vector<describe_acls_resource> resources;

    describe_acls_response() {}
    friend bool operator==(const describe_acls_response&, const describe_acls_response&) = default;
};

struct create_acls_response;

/// Key 30. Adds entries.
struct create_acls_request {
    using response_type = create_acls_response;
    static constexpr api_info api{.key = 30, .versions = {0, 3}, .flexible = 2};

    struct acl_creation {
        std::int8_t resource_type = 0;
        std::string resource_name;
        std::int8_t resource_pattern_type = 3;
        std::string principal;
        std::string host;
        std::int8_t operation = 0;
        std::int8_t permission_type = 0;

        acl_creation() {}
        friend bool operator==(const acl_creation&, const acl_creation&) = default;
    };

    std::vector<acl_creation> creations;

    create_acls_request() {}
    friend bool operator==(const create_acls_request&, const create_acls_request&) = default;
};

/// An error an entry, in the order asked.
struct create_acls_response {
    static constexpr api_info api = create_acls_request::api;

    struct acl_creation_result {
        std::int16_t error_code = 0;
        std::optional<std::string> error_message = "";

        acl_creation_result() {}
        friend bool operator==(const acl_creation_result&, const acl_creation_result&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<acl_creation_result> results;

    create_acls_response() {}
    friend bool operator==(const create_acls_response&, const create_acls_response&) = default;
};

struct delete_acls_response;

/// Key 31. Deletes what matches the filters.
struct delete_acls_request {
    using response_type = delete_acls_response;
    static constexpr api_info api{.key = 31, .versions = {0, 3}, .flexible = 2};

    struct delete_acls_filter {
        std::int8_t resource_type_filter = 0;
        std::optional<std::string> resource_name_filter = "";
        std::int8_t pattern_type_filter = 3;
        std::optional<std::string> principal_filter = "";
        std::optional<std::string> host_filter = "";
        std::int8_t operation = 0;
        std::int8_t permission_type = 0;

        delete_acls_filter() {}
        friend bool operator==(const delete_acls_filter&, const delete_acls_filter&) = default;
    };

    std::vector<delete_acls_filter> filters;

    delete_acls_request() {}
    friend bool operator==(const delete_acls_request&, const delete_acls_request&) = default;
};

/// What was deleted, by filter.
struct delete_acls_response {
    static constexpr api_info api = delete_acls_request::api;

    struct delete_acls_matching_acl {
        std::int16_t error_code = 0;
        std::optional<std::string> error_message = "";
        std::int8_t resource_type = 0;
        std::string resource_name;
        std::int8_t pattern_type = 3;
        std::string principal;
        std::string host;
        std::int8_t operation = 0;
        std::int8_t permission_type = 0;

        delete_acls_matching_acl() {}
        friend bool operator==(const delete_acls_matching_acl&, const delete_acls_matching_acl&) = default;
    };

    struct delete_acls_filter_result {
        std::int16_t error_code = 0;
        std::optional<std::string> error_message = "";
        std::vector<delete_acls_matching_acl> matching_acls;

        delete_acls_filter_result() {}
        friend bool operator==(const delete_acls_filter_result&, const delete_acls_filter_result&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<delete_acls_filter_result> filter_results;

    delete_acls_response() {}
    friend bool operator==(const delete_acls_response&, const delete_acls_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
