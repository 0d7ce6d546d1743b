// SPDX-License-Identifier: BSL-1.0
#include "testing/answers.hpp"

KASIO_BEGIN_NAMESPACE
namespace testing {

using verdict = sasl_server::reply::verdict;

protocol::sasl_handshake_response answer(call& call, const protocol::sasl_handshake_request& request) {
    protocol::sasl_handshake_response response;
    const auto& whom = call.state.sasl;
    response.mechanisms = whom.mechanisms;
    const auto error =
        call.is_injected() ? call.injected : call.gate->on_handshake(request.mechanism, call.version, whom);
    if (call.is_injected()) call.gate->refuse();
    response.error_code = number(error);
    return response;
}

protocol::sasl_authenticate_response answer(call& call, const protocol::sasl_authenticate_request& request) {
    protocol::sasl_authenticate_response response;
    if (call.state.sasl.mechanisms.empty() || call.is_injected()) {
        call.gate->refuse();
        response.error_code = number(call.is_injected() ? call.injected : broker_errc::illegal_sasl_state);
        response.error_message = "Authentication failed on demand";
        return response;
    }
    auto reply = call.gate->on_token(request.auth_bytes.view(), call.state.sasl, call.now);
    if (reply.what == verdict::refused) {
        response.error_code = number(broker_errc::sasl_authentication_failed);
        response.error_message = reply.text;
        return response;
    }
    call.sasl_token = std::move(reply.token);
    response.auth_bytes = call.sasl_token;
    response.error_message.reset();
    if (reply.what == verdict::accepted) response.session_lifetime_ms = call.gate->lifetime();
    return response;
}

} // namespace testing
KASIO_END_NAMESPACE
