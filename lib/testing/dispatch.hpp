// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/broker_codec.hpp"
#include "testing/cluster_state.hpp"
#include "testing/sasl_gate.hpp"

#include <kasio/config.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// Bytes on their way to a client, and what keeps them in place.
struct outgoing_answer {
    protocol::outgoing_frame frame;
    std::vector<std::shared_ptr<const std::byte[]>> keepers;
    /// Used instead of the frame when an action edits or cuts it.
    std::string edited;
    bool is_edited = false;
    /// The connection is reset when these bytes are written.
    bool resets_after = false;
    /// Not zero: a byte at a time, with that pause after each.
    std::chrono::milliseconds byte_interval{0};
};

enum class outcome {
    /// There is an answer to send.
    answered,
    /// There will be none (acks=0).
    unanswered,
    /// Fetch has too little to give, or a member waits for the others: to be asked again when something
    /// changes, or with `last_try`.
    waiting,
    /// What Kafka closes the connection for: an api or a version that is not offered, a body that makes no
    /// sense.
    refused,
};

/// A request as it lies in a connection's buffer.
struct incoming_request {
    int node = 0;
    std::uint64_t connection = 0;
    protocol::request_header header;
    std::span<const std::byte> body;
    /// Of the connection.
    sasl_gate* gate = nullptr;
};

/// Does the request, as far as `action` lets it, and encodes the answer. Reads no clock but the log-append
/// time and that of groups.
[[nodiscard]] outcome dispatch(cluster_state& state, const incoming_request& request,
                               const request_action& action, bool last_try, outgoing_answer& out);

/// How long the request wants to wait at most: Fetch's `max_wait_ms`; for members of a group as long as their
/// group lets them; else nothing.
[[nodiscard]] std::chrono::milliseconds max_wait(const incoming_request& request);

/// What Produce, Fetch and ListOffsets name; empty for others and when the body makes no sense.
[[nodiscard]] std::vector<request_target> targets_of(cluster_state& state, const incoming_request& request);

} // namespace testing
KASIO_END_NAMESPACE
