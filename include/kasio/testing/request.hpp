// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/broker_error.hpp>
#include <kasio/config.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// Nodes are numbered from 1.
inline constexpr int any_node = -1;

/// The requests that the in-process cluster answers, by Kafka's api keys.
enum class api : std::int16_t {
    any = -1,
    produce = 0,
    fetch = 1,
    list_offsets = 2,
    metadata = 3,
    offset_commit = 8,
    offset_fetch = 9,
    find_coordinator = 10,
    join_group = 11,
    heartbeat = 12,
    leave_group = 13,
    sync_group = 14,
    describe_groups = 15,
    list_groups = 16,
    sasl_handshake = 17,
    api_versions = 18,
    create_topics = 19,
    delete_topics = 20,
    init_producer_id = 22,
    offset_for_leader_epoch = 23,
    txn_offset_commit = 28,
    /// Also tokens that come without any header (Kafka before 1.0), as version -1.
    sasl_authenticate = 36,
    delete_groups = 42,
    offset_delete = 47,
    consumer_group_heartbeat = 68,
    consumer_group_describe = 69,
};

/// One partition that a request names.
struct request_target {
    std::string topic;
    std::int32_t partition = -1;
    friend bool operator==(const request_target&, const request_target&) = default;
};

/// A request as the cluster saw it.
struct request_record {
    std::chrono::steady_clock::time_point time{};
    int node = 0;
    /// Connections are numbered from 1 over the whole cluster, in the order in which they were accepted.
    std::uint64_t connection = 0;
    testing::api api = testing::api::any;
    std::int16_t version = 0;
    std::int32_t correlation_id = 0;
    /// Bytes of the frame, its length field included.
    std::size_t size = 0;
    std::string client_id;
    /// What Produce, Fetch, ListOffsets and OffsetForLeaderEpoch name, in their order. A topic asked for by
    /// an unknown id has no name.
    std::vector<request_target> targets;
    /// With `broker_options::print_requests`: name, version and all that it says, as JSON with Kafka's names.
    /// Secrets are masked, what is long is cut.
    std::string text = {};
};

/// What to do with one request instead of merely answering it. The members combine; all defaults: answer as
/// usual.
struct request_action {
    /// Not `none`: the request has no effect and its answer carries this code, wherever the api has a place
    /// for it: per partition or topic where it answers per partition or topic, at the top for the codes that
    /// stand there.
    broker_errc error = broker_errc::none;
    /// The answer says it was throttled by that long (KIP-219); it is not held back.
    std::chrono::milliseconds throttle_time{0};
    /// The request is looked at only after that time. What follows on its connection waits, as with Kafka.
    std::chrono::milliseconds delay{0};
    /// The request takes effect at once; its answer leaves after that time.
    std::chrono::milliseconds delay_answer{0};
    /// No effect and never an answer. Kafka answers in order, so the connection stays silent from then on.
    bool drop = false;
    /// Takes effect, never answered; the connection stays silent from then on.
    bool drop_answer = false;
    /// No effect; the connection is reset.
    bool close = false;
    /// The answer's first so many bytes, its length field included, are sent; then the connection is reset.
    std::optional<std::size_t> cut_answer_after = {};
    /// Edits the answer's whole frame, length field included, before it leaves: for malformed answers. Called
    /// on the cluster's thread.
    std::function<void(std::string& frame)> edit_answer = {};
    /// No effect; these bytes are sent instead of an answer, as they are.
    std::optional<std::string> raw_answer = {};
    /// Not zero: the answer goes out a byte at a time, with that pause after each.
    std::chrono::milliseconds byte_interval{0};
};

/// Which direction of a connection to cut.
enum class cut_side : std::uint8_t {
    /// What the client sends.
    request,
    /// What the cluster sends.
    answer,
};

} // namespace testing
KASIO_END_NAMESPACE
