// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#include "net/sasl_exchange.hpp"

#include <kasio/broker_error.hpp>

#include <algorithm>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

using action = sasl_exchange::step::action;

sasl_exchange::step failed(error_code error, std::string text) {
    sasl_exchange::step next{action::fail};
    next.error = error;
    next.text = std::move(text);
    return next;
}

/// Codes of the broker that no waiting would mend are ours by name; any other stays what it is.
error_code verdict(std::int16_t code) {
    switch (static_cast<broker_errc>(code)) {
        case broker_errc::sasl_authentication_failed:
        case broker_errc::unsupported_sasl_mechanism:
        case broker_errc::illegal_sasl_state: return errc::authentication_failed;
        default: return from_broker(code);
    }
}

std::string list(const std::vector<std::string>& names) {
    // A broker may name any number of anything.
    constexpr std::size_t most = 16;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), most); ++i)
        text += (i == 0 ? "" : ", ") + printable(std::string_view{names[i]}.substr(0, 32));
    return text.empty() ? "none" : text;
}

} // namespace

sasl_exchange::sasl_exchange(std::string mechanism, std::unique_ptr<sasl_machine> machine, versions common)
    : mechanism_{std::move(mechanism)}, machine_{std::move(machine)}, common_{common} {}

std::int16_t sasl_exchange::handshake_version() const noexcept {
    const auto highest = common_.handshake.value_or(0);
    // Version 1 promises tokens in SaslAuthenticate.
    return common_.authenticate ? highest : std::min<std::int16_t>(highest, 0);
}

sasl_exchange::step sasl_exchange::start() {
    if (!common_.handshake)
        return failed(errc::authentication_failed,
                      "the broker does not know SaslHandshake: it takes no SASL");
    raw_ = handshake_version() == 0;
    return step{action::send_handshake};
}

sasl_exchange::step sasl_exchange::on_handshake(const protocol::sasl_handshake_response& answer) {
    switch (static_cast<broker_errc>(answer.error_code)) {
        case broker_errc::none: return follow(machine_->start());
        case broker_errc::unsupported_sasl_mechanism:
            return failed(errc::authentication_failed,
                          "the broker does not offer " + mechanism_ + ", but: " + list(answer.mechanisms));
        case broker_errc::illegal_sasl_state:
            return failed(errc::authentication_failed, "this port of the broker takes no SASL, or not now");
        default: return failed(verdict(answer.error_code), "the broker refused SaslHandshake");
    }
}

sasl_exchange::step sasl_exchange::on_authenticate(const protocol::sasl_authenticate_response& answer) {
    if (answer.error_code != 0) {
        auto text = printable(answer.error_message.value_or(""));
        if (text.empty()) text = complaint_.empty() ? "no reason was given" : complaint_;
        else if (!complaint_.empty() && text.find(complaint_) == text.npos) text += "; " + complaint_;
        return failed(verdict(answer.error_code), mechanism_ + ": the broker refused: " + text);
    }
    // What a hostile broker names must not overflow a point in time.
    constexpr std::int64_t longest = std::int64_t{1000} * 3600 * 24 * 365;
    lifetime_ = std::chrono::milliseconds{std::clamp(answer.session_lifetime_ms, std::int64_t{0}, longest)};
    return on_raw(answer.auth_bytes.view());
}

sasl_exchange::step sasl_exchange::on_raw(std::string_view token) {
    return follow(machine_->on_message(token));
}

sasl_exchange::step sasl_exchange::on_work() { return follow(machine_->on_work()); }

sasl_exchange::step sasl_exchange::follow(sasl_step next) {
    switch (next.what) {
        case sasl_step::action::send: {
            complaint_ = std::move(next.text);
            step out{raw_ ? action::send_raw : action::send_authenticate};
            out.token = std::move(next.message);
            return out;
        }
        case sasl_step::action::work: return step{action::work};
        case sasl_step::action::block: return step{action::block};
        case sasl_step::action::done: return step{action::done};
        case sasl_step::action::fail: break;
    }
    return failed(next.error, std::move(next.text));
}

KASIO_END_NAMESPACE
