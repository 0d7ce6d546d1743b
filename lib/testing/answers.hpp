// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "testing/cluster_state.hpp"
#include "testing/sasl_gate.hpp"

#include <kasio/config.hpp>
#include <kasio/messages/api_versions.hpp>
#include <kasio/messages/coordinator.hpp>
#include <kasio/messages/fetch.hpp>
#include <kasio/messages/list_offsets.hpp>
#include <kasio/messages/metadata.hpp>
#include <kasio/messages/produce.hpp>
#include <kasio/messages/producer_id.hpp>
#include <kasio/messages/sasl.hpp>
#include <kasio/messages/topic.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// One request under way, as the functions below see it. They are pure: what they change is the cluster's
/// state.
struct call {
    cluster_state& state;
    /// The node that was asked.
    int node = 0;
    std::int16_t version = 0;
    /// Not `none`: answer with that and do nothing.
    broker_errc injected = broker_errc::none;
    /// Milliseconds since the Unix epoch.
    std::int64_t now = 0;
    /// As the machines of groups are told it.
    group_time time{};
    std::uint64_t connection = 0;
    std::string client_id = {};
    std::string client_host = {};
    /// Of the connection.
    sasl_gate* gate = nullptr;
    /// Holds the bytes that an answer points to.
    std::string sasl_token = {};

    [[nodiscard]] bool is_injected() const noexcept { return injected != broker_errc::none; }
};

[[nodiscard]] constexpr std::int16_t number(broker_errc error) noexcept {
    return static_cast<std::int16_t>(error);
}

[[nodiscard]] protocol::api_versions_response answer(call&, const protocol::api_versions_request&);
[[nodiscard]] protocol::metadata_response answer(call&, const protocol::metadata_request&);
[[nodiscard]] protocol::produce_response answer(call&, const protocol::produce_request&);
[[nodiscard]] protocol::list_offsets_response answer(call&, const protocol::list_offsets_request&);
[[nodiscard]] protocol::find_coordinator_response answer(call&, const protocol::find_coordinator_request&);
[[nodiscard]] protocol::init_producer_id_response answer(call&, const protocol::init_producer_id_request&);
[[nodiscard]] protocol::sasl_handshake_response answer(call&, const protocol::sasl_handshake_request&);
[[nodiscard]] protocol::sasl_authenticate_response answer(call&, const protocol::sasl_authenticate_request&);
[[nodiscard]] protocol::create_topics_response answer(call&, const protocol::create_topics_request&);
[[nodiscard]] protocol::delete_topics_response answer(call&, const protocol::delete_topics_request&);

/// An answer whose records point into logs.
struct fetch_answer {
    protocol::fetch_response response;
    /// Keep the records in place until the answer is written.
    std::vector<std::shared_ptr<const std::byte[]>> keepers;
    /// To be settled when the answer leaves.
    fetch_context context;
    /// False while there are fewer bytes than the request wants and nothing went wrong: it may wait.
    bool is_ready = false;
};
[[nodiscard]] fetch_answer answer(call&, const protocol::fetch_request&);

/// The partition that a request means, or what to answer instead.
struct partition_lookup {
    broker_errc error = broker_errc::none;
    /// Set also with `not_leader_or_follower` and epoch errors, for hints.
    partition_state* partition = nullptr;
    topic_state* topic = nullptr;
};
/// Looks a partition up as its leader does; `epoch` -1: any.
[[nodiscard]] partition_lookup find_led_partition(const call& call, topic_state* topic,
                                                  broker_errc unknown_topic, std::int32_t index,
                                                  std::int32_t epoch);

/// True for errors that an answer explains by naming the leader (KIP-951).
[[nodiscard]] constexpr bool wants_leader_hint(broker_errc error) noexcept {
    return error == broker_errc::not_leader_or_follower || error == broker_errc::fenced_leader_epoch;
}

/// Adds the address of `leader` to the `node_endpoints` of an answer, once.
template <class Endpoints>
void add_endpoint(Endpoints& endpoints, cluster_state& state, int leader) {
    const node_state* const node = state.node(leader);
    if (node == nullptr) return;
    for (const auto& endpoint : endpoints)
        if (endpoint.node_id == leader) return;
    auto& endpoint = endpoints.emplace_back();
    endpoint.node_id = leader;
    endpoint.host = node->host;
    endpoint.port = node->port;
}

} // namespace testing
KASIO_END_NAMESPACE
