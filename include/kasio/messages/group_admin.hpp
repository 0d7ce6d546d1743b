// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>
#include <kasio/bytes.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Looking at groups and deleting them.

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct describe_groups_response;

/// Key 15. State of classic groups, asked of their coordinator.
struct describe_groups_request {
    using response_type = describe_groups_response;
    static constexpr api_info api{.key = 15, .versions = {0, 6}, .flexible = 5};

    std::vector<std::string> groups;
    bool include_authorized_operations = false;

    describe_groups_request() {}
    friend bool operator==(const describe_groups_request&, const describe_groups_request&) = default;
};

/// Members with their metadata and assignments.
struct describe_groups_response {
    static constexpr api_info api = describe_groups_request::api;

    struct described_group_member {
        std::string member_id;
        std::optional<std::string> group_instance_id;
        std::string client_id;
        std::string client_host;
        bytes_view member_metadata = "";
        bytes_view member_assignment = "";

        described_group_member() {}
        friend bool operator==(const described_group_member&, const described_group_member&) = default;
    };

    struct described_group {
        std::int16_t error_code = 0;
        std::optional<std::string> error_message;
        std::string group_id;
        std::string group_state;
        std::string protocol_type;
        std::string protocol_data;
        std::vector<described_group_member> members;
        std::int32_t authorized_operations = -2147483648;

        described_group() {}
        friend bool operator==(const described_group&, const described_group&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<described_group> groups;

    describe_groups_response() {}
    friend bool operator==(const describe_groups_response&, const describe_groups_response&) = default;
};

struct list_groups_response;

/// Key 16. All groups of which the broker is the coordinator.
struct list_groups_request {
    using response_type = list_groups_response;
    static constexpr api_info api{.key = 16, .versions = {0, 5}, .flexible = 3};

    std::vector<std::string> states_filter;
    std::vector<std::string> types_filter;

    list_groups_request() {}
    friend bool operator==(const list_groups_request&, const list_groups_request&) = default;
};

/// Group ids with type and state.
struct list_groups_response {
    static constexpr api_info api = list_groups_request::api;

    struct listed_group {
        std::string group_id;
        std::string protocol_type;
        std::string group_state;
        std::string group_type;

        listed_group() {}
        friend bool operator==(const listed_group&, const listed_group&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::vector<listed_group> groups;

    list_groups_response() {}
    friend bool operator==(const list_groups_response&, const list_groups_response&) = default;
};

struct delete_groups_response;

/// Key 42. Deletes empty groups.
struct delete_groups_request {
    using response_type = delete_groups_response;
    static constexpr api_info api{.key = 42, .versions = {0, 3}, .flexible = 2};

    std::vector<std::string> groups_names;

    delete_groups_request() {}
    friend bool operator==(const delete_groups_request&, const delete_groups_request&) = default;
};

/// An error a group.
struct delete_groups_response {
    static constexpr api_info api = delete_groups_request::api;

    struct deletable_group_result {
        std::string group_id;
        std::int16_t error_code = 0;
        std::optional<std::string> error_message;

        deletable_group_result() {}
        friend bool operator==(const deletable_group_result&, const deletable_group_result&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::vector<deletable_group_result> results;

    delete_groups_response() {}
    friend bool operator==(const delete_groups_response&, const delete_groups_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
