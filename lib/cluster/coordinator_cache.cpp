// SPDX-License-Identifier: BSL-1.0
#include "cluster/coordinator_cache.hpp"

KASIO_BEGIN_NAMESPACE

protocol::find_coordinator_request about_coordinator(const coordinator_cache::name& which, bool in_lists) {
    protocol::find_coordinator_request request;
    request.key_type = static_cast<std::int8_t>(which.first);
    if (in_lists) request.coordinator_keys.push_back(which.second);
    else request.key = which.second;
    return request;
}

found_coordinator coordinator_in(const protocol::find_coordinator_response& answer, std::string_view key,
                                 bool in_lists) {
    found_coordinator found;
    const auto take = [&found](const auto& said) {
        found.error = from_broker(said.error_code);
        found.node = said.node_id;
        found.host = said.host;
        found.port = said.port;
    };
    if (!in_lists) {
        take(answer);
    } else {
        // A list without the key says nothing.
        found.error = errc::malformed_response;
        for (const auto& each : answer.coordinators) {
            if (each.key == key) take(each);
        }
    }
    const bool usable = found.node >= 0 && !found.host.empty() && found.port > 0 && found.port <= 65535;
    if (!found.error && !usable) found.error = broker_errc::coordinator_not_available;
    return found;
}

KASIO_END_NAMESPACE
