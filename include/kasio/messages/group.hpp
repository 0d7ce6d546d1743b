// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>
#include <kasio/bytes.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The classic group protocol.

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct join_group_response;

/// Key 11. Enters a group, or a new generation of it, with metadata for each assignor.
struct join_group_request {
    using response_type = join_group_response;
    static constexpr api_info api{.key = 11, .versions = {2, 9}, .flexible = 6, .described = {0, 9}};

    struct join_group_request_protocol {
        std::string name;
        bytes_view metadata = "";

        join_group_request_protocol() {}
        friend bool operator==(const join_group_request_protocol&,
                               const join_group_request_protocol&) = default;
    };

    std::string group_id;
    std::int32_t session_timeout_ms = 0;
    std::int32_t rebalance_timeout_ms = -1;
    std::string member_id;
    std::optional<std::string> group_instance_id;
    std::string protocol_type;
    std::vector<join_group_request_protocol> protocols;
    std::optional<std::string> reason;

    join_group_request() {}
    friend bool operator==(const join_group_request&, const join_group_request&) = default;
};

/// The generation; its leader gets the metadata of all members.
struct join_group_response {
    static constexpr api_info api = join_group_request::api;

    struct join_group_response_member {
        std::string member_id;
        std::optional<std::string> group_instance_id;
        bytes_view metadata = "";

        join_group_response_member() {}
        friend bool operator==(const join_group_response_member&,
                               const join_group_response_member&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::int32_t generation_id = -1;
    std::optional<std::string> protocol_type;
    std::optional<std::string> protocol_name = "";
    std::string leader;
    bool skip_assignment = false;
    std::string member_id;
    std::vector<join_group_response_member> members;

    join_group_response() {}
    friend bool operator==(const join_group_response&, const join_group_response&) = default;
};

struct sync_group_response;

/// Key 14. The leader sends the assignments; the others wait for theirs.
struct sync_group_request {
    using response_type = sync_group_response;
    static constexpr api_info api{.key = 14, .versions = {0, 5}, .flexible = 4};

    struct sync_group_request_assignment {
        std::string member_id;
        bytes_view assignment = "";

        sync_group_request_assignment() {}
        friend bool operator==(const sync_group_request_assignment&,
                               const sync_group_request_assignment&) = default;
    };

    std::string group_id;
    std::int32_t generation_id = 0;
    std::string member_id;
    std::optional<std::string> group_instance_id;
    std::optional<std::string> protocol_type;
    std::optional<std::string> protocol_name;
    std::vector<sync_group_request_assignment> assignments;

    sync_group_request() {}
    friend bool operator==(const sync_group_request&, const sync_group_request&) = default;
};

/// The assignment of this member.
struct sync_group_response {
    static constexpr api_info api = sync_group_request::api;

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::optional<std::string> protocol_type;
    std::optional<std::string> protocol_name;
    bytes_view assignment = "";

    sync_group_response() {}
    friend bool operator==(const sync_group_response&, const sync_group_response&) = default;
};

struct heartbeat_response;

/// Key 12. Still here.
struct heartbeat_request {
    using response_type = heartbeat_response;
    static constexpr api_info api{.key = 12, .versions = {0, 4}, .flexible = 4};

    std::string group_id;
    std::int32_t generation_id = 0;
    std::string member_id;
    std::optional<std::string> group_instance_id;

    heartbeat_request() {}
    friend bool operator==(const heartbeat_request&, const heartbeat_request&) = default;
};

/// Error 27 means: rejoin.
struct heartbeat_response {
    static constexpr api_info api = heartbeat_request::api;

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;

    heartbeat_response() {}
    friend bool operator==(const heartbeat_response&, const heartbeat_response&) = default;
};

struct leave_group_response;

/// Key 13. One member up to version 2, many from version 3 (KIP-345).
struct leave_group_request {
    using response_type = leave_group_response;
    static constexpr api_info api{.key = 13, .versions = {0, 5}, .flexible = 4};

    struct member_identity {
        std::string member_id;
        std::optional<std::string> group_instance_id;
        std::optional<std::string> reason;

        member_identity() {}
        friend bool operator==(const member_identity&, const member_identity&) = default;
    };

    std::string group_id;
    std::string member_id;
    std::vector<member_identity> members;

    leave_group_request() {}
    friend bool operator==(const leave_group_request&, const leave_group_request&) = default;
};

/// An error a member from version 3.
struct leave_group_response {
    static constexpr api_info api = leave_group_request::api;

    struct member_response {
        std::string member_id;
        std::optional<std::string> group_instance_id = "";
        std::int16_t error_code = 0;

        member_response() {}
        friend bool operator==(const member_response&, const member_response&) = default;
    };

    std::int32_t throttle_time_ms = 0;
    std::int16_t error_code = 0;
    std::vector<member_response> members;

    leave_group_response() {}
    friend bool operator==(const leave_group_response&, const leave_group_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
