// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/field.hpp"

#include <kasio/uuid.hpp>

#include <cstdint>
#include <vector>

// What stands in the values of control records. As stored: a 16-bit version and the body.

KASIO_BEGIN_NAMESPACE
namespace protocol {

/// The end of a producer's transaction in a partition (KIP-98).
struct end_txn_marker {
    static constexpr api_info api{.versions = {0, 0}};

    std::int32_t coordinator_epoch = 0;

    end_txn_marker() {}
    friend bool operator==(const end_txn_marker&, const end_txn_marker&) = default;
};

/// What a new leader of a KRaft quorum writes first (KIP-595, KIP-853).
struct leader_change_message {
    static constexpr api_info api{.versions = {0, 1}, .flexible = 0};

    struct voter {
        std::int32_t voter_id = 0;
        uuid voter_directory_id;

        voter() {}
        friend bool operator==(const voter&, const voter&) = default;
    };

    std::int32_t leader_id = 0;
    std::vector<voter> voters;
    std::vector<voter> granting_voters;

    leader_change_message() {}
    friend bool operator==(const leader_change_message&, const leader_change_message&) = default;
};

} // namespace protocol
KASIO_END_NAMESPACE
