// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>

#include <cstdint>
#include <string>
#include <vector>

// Committed offsets that are dropped.

KASIO_BEGIN_NAMESPACE
namespace protocol {

struct offset_delete_response;

/// Key 47. Forgets positions of topics that the group no longer reads (KIP-496).
struct offset_delete_request {
    using response_type = offset_delete_response;
    static constexpr api_info api{.key = 47, .versions = {0, 0}};

    struct offset_delete_request_partition {
        std::int32_t partition_index = 0;

        offset_delete_request_partition() {}
        friend bool operator==(const offset_delete_request_partition&,
                               const offset_delete_request_partition&) = default;
    };

    struct offset_delete_request_topic {
        std::string name;
        std::vector<offset_delete_request_partition> partitions;

        offset_delete_request_topic() {}
        friend bool operator==(const offset_delete_request_topic&,
                               const offset_delete_request_topic&) = default;
    };

    std::string group_id;
    std::vector<offset_delete_request_topic> topics;

    offset_delete_request() {}
    friend bool operator==(const offset_delete_request&, const offset_delete_request&) = default;
};

/// An error a partition.
struct offset_delete_response {
    static constexpr api_info api = offset_delete_request::api;

    struct offset_delete_response_partition {
        std::int32_t partition_index = 0;
        std::int16_t error_code = 0;

        offset_delete_response_partition() {}
        friend bool operator==(const offset_delete_response_partition&,
                               const offset_delete_response_partition&) = default;
    };

    struct offset_delete_response_topic {
        std::string name;
        std::vector<offset_delete_response_partition> partitions;

        offset_delete_response_topic() {}
        friend bool operator==(const offset_delete_response_topic&,
                               const offset_delete_response_topic&) = default;
    };

    std::int16_t error_code = 0;
    std::int32_t throttle_time_ms = 0;
    std::vector<offset_delete_response_topic> topics;

    offset_delete_response() {}
    friend bool operator==(const offset_delete_response&, const offset_delete_response&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
