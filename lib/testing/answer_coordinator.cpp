// SPDX-License-Identifier: BSL-1.0
// FindCoordinator and InitProducerId.
#include "testing/answers.hpp"

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

/// Both shapes of the answer, the only one before version 4 and the list since, have the same members.
template <class Shown>
void show_coordinator(const call& call, const std::string& key, std::int8_t type, Shown& shown) {
    group_coordinators& coordinators = call.state.coordinators;
    const bool is_group = type == group_coordinators::group_type;
    const int id =
        is_group && !coordinators.is_available(key) ? -1 : coordinators.node_of(call.state.nodes, key, type);
    const node_state* const node = call.state.node(id);
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
        show_coordinator(call, request.key, request.key_type, response);
        return response;
    }
    for (const std::string& key : request.coordinator_keys) {
        auto& shown = response.coordinators.emplace_back();
        shown.key = key;
        show_coordinator(call, key, request.key_type, shown);
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
