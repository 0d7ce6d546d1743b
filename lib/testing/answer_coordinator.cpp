// SPDX-License-Identifier: BSL-1.0
// FindCoordinator and InitProducerId.
#include "testing/answers.hpp"

#include <kasio/hash.hpp>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

/// The listed node that coordinates `key`; null when no node is listed.
const node_state* coordinator_of(const cluster_state& state, const std::string& key) {
    std::vector<const node_state*> listed;
    for (const node_state& node : state.nodes)
        if (node.listed) listed.push_back(&node);
    if (listed.empty()) return nullptr;
    return listed[static_cast<std::uint32_t>(murmur2(key)) % listed.size()];
}

/// Both shapes of the answer, the only one before version 4 and the list since, have the same members.
template <class Shown>
void show_coordinator(const call& call, const std::string& key, Shown& shown) {
    const node_state* const node = coordinator_of(call.state, key);
    broker_errc error = node == nullptr ? broker_errc::coordinator_not_available : broker_errc::none;
    if (call.is_injected()) error = call.injected;
    shown.error_code = number(error);
    shown.node_id = -1;
    shown.port = -1;
    if (error != broker_errc::none) return;
    shown.node_id = node->id;
    shown.host = node->host;
    shown.port = node->port;
}

} // namespace

protocol::find_coordinator_response answer(call& call, const protocol::find_coordinator_request& request) {
    protocol::find_coordinator_response response;
    if (call.version < 4) {
        show_coordinator(call, request.key, response);
        return response;
    }
    for (const std::string& key : request.coordinator_keys) {
        auto& shown = response.coordinators.emplace_back();
        shown.key = key;
        show_coordinator(call, key, shown);
    }
    return response;
}

protocol::init_producer_id_response answer(call& call, const protocol::init_producer_id_request& request) {
    protocol::init_producer_id_response response;
    if (call.is_injected() || request.transactional_id) {
        // The cluster has no transactions; a definite code tells the client so.
        response.error_code = number(call.is_injected() ? call.injected : broker_errc::unsupported_version);
        response.producer_epoch = -1;
        return response;
    }
    const bool bumps =
        request.producer_id >= 0 && request.producer_epoch >= 0 && request.producer_epoch < 0x7ffe;
    response.producer_id = bumps ? request.producer_id : call.state.new_producer_id();
    response.producer_epoch = bumps ? static_cast<std::int16_t>(request.producer_epoch + 1) : std::int16_t{0};
    return response;
}

} // namespace testing
KASIO_END_NAMESPACE
