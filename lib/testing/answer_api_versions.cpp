// SPDX-License-Identifier: BSL-1.0
#include "testing/answers.hpp"

#include <algorithm>
#include <string_view>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

/// KIP-511's rule for the name and version of client software.
bool is_software_name(std::string_view text) {
    const auto is_alphanumeric = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    return !text.empty() && is_alphanumeric(text.front()) && is_alphanumeric(text.back()) &&
           std::all_of(text.begin(), text.end(),
                       [&](char c) { return is_alphanumeric(c) || c == '-' || c == '.'; });
}

/// KIP-1242: the client says whom it believes to talk to.
bool is_for_other_broker(const call& call, const protocol::api_versions_request& request) {
    return call.version >= 5 && request.cluster_id &&
           (*request.cluster_id != call.state.cluster_id || request.node_id != call.node);
}

broker_errc check(const call& call, const protocol::api_versions_request& request) {
    if (call.is_injected()) return call.injected;
    if (call.version >= 3 && !(is_software_name(request.client_software_name) &&
                               is_software_name(request.client_software_version))) {
        return broker_errc::invalid_request;
    }
    return is_for_other_broker(call, request) ? broker_errc::rebootstrap_required : broker_errc::none;
}

/// Whether the answer names that api.
bool is_shown(const call& call, broker_errc error, api which) {
    if (error != broker_errc::unsupported_version) return error == broker_errc::none;
    switch (refusal_of(call.state.versions.profile(call.node))) {
        case refusal_body::empty: return false;
        case refusal_body::own_range: return which == api::api_versions;
        case refusal_body::everything: return true;
    }
    return false;
}

} // namespace

protocol::api_versions_response answer(call& call, const protocol::api_versions_request& request) {
    protocol::api_versions_response response;
    const broker_errc error = check(call, request);
    response.error_code = number(error);
    for (const auto& [which, served] : version_table::served()) {
        const version_range offered = call.state.versions.offered(which, call.node);
        if (offered.empty() || !is_shown(call, error, which)) continue;
        auto& shown = response.api_keys.emplace_back();
        shown.api_key = static_cast<std::int16_t>(which);
        shown.min_version = offered.min;
        shown.max_version = offered.max;
    }
    return response;
}

} // namespace testing
KASIO_END_NAMESPACE
