// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#include "testing/sasl_gate.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE
namespace testing {

bool sasl_gate::admits(api which, const broker_sasl& whom, std::int64_t now) const {
    if (whom.mechanisms.empty()) return true;
    if (is_out_) return false;
    if (server_ != nullptr) return which == api::sasl_authenticate;
    if (which == api::sasl_handshake) return true;
    if (!is_in_) return which == api::api_versions;
    return end_ == 0 || now < end_;
}

broker_errc sasl_gate::on_handshake(const std::string& mechanism, std::int16_t version,
                                    const broker_sasl& whom) {
    if (whom.mechanisms.empty()) return broker_errc::illegal_sasl_state;
    server_ = sasl_server::create(mechanism, whom);
    raw_ = version == 0;
    if (server_ != nullptr) return broker_errc::none;
    is_out_ = true;
    return broker_errc::unsupported_sasl_mechanism;
}

sasl_server::reply sasl_gate::on_token(std::string_view token, const broker_sasl& whom, std::int64_t now) {
    if (server_ == nullptr) return {};
    auto reply = server_->on_token(token, now);
    if (reply.what == sasl_server::reply::verdict::refused) refuse();
    if (reply.what != sasl_server::reply::verdict::accepted) return reply;
    server_.reset();
    is_in_ = true;
    const std::int64_t bound = whom.session_lifetime.count();
    const std::int64_t left = reply.end ? std::max<std::int64_t>(*reply.end - now, 0) : bound;
    lifetime_ = bound == 0 ? left : std::min(left, bound);
    end_ = lifetime_ == 0 ? 0 : now + lifetime_;
    return reply;
}

void sasl_gate::refuse() noexcept {
    server_.reset();
    is_out_ = true;
}

} // namespace testing
KASIO_END_NAMESPACE
