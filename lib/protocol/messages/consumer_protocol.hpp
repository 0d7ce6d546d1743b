// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/field.hpp"

#include <kasio/bytes.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What consumers put into the bytes of the classic group protocol. Not framed: as stored, a 16-bit version
// and the body.

KASIO_BEGIN_NAMESPACE
namespace protocol {

/// What a member wants, and what it owns (KIP-429, KIP-792, KIP-881). Kafka writes the lowest version that
/// holds it.
struct consumer_protocol_subscription {
    static constexpr api_info api{.versions = {0, 3}};

    struct topic_partition {
        std::string topic;
        std::vector<std::int32_t> partitions;

        topic_partition() {}
        friend bool operator==(const topic_partition&, const topic_partition&) = default;
    };

    std::vector<std::string> topics;
    bytes_view user_data;
    std::vector<topic_partition> owned_partitions;
    std::int32_t generation_id = -1;
    std::optional<std::string> rack_id;

    consumer_protocol_subscription() {}
    friend bool operator==(const consumer_protocol_subscription&,
                           const consumer_protocol_subscription&) = default;
};

/// What the leader gives to a member.
struct consumer_protocol_assignment {
    static constexpr api_info api{.versions = {0, 3}};

    struct topic_partition {
        std::string topic;
        std::vector<std::int32_t> partitions;

        topic_partition() {}
        friend bool operator==(const topic_partition&, const topic_partition&) = default;
    };

    std::vector<topic_partition> assigned_partitions;
    bytes_view user_data;

    consumer_protocol_assignment() {}
    friend bool operator==(const consumer_protocol_assignment&,
                           const consumer_protocol_assignment&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
