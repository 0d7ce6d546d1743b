// SPDX-License-Identifier: BSL-1.0
#include "security/sasl_machine.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE

namespace {

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_visible(char c) { return c > 0x20 && c < 0x7f; }
bool is_value(char c) { return is_visible(c) || c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

class oauthbearer final : public sasl_machine {
public:
    oauthbearer(std::string_view token, std::vector<std::pair<std::string, std::string>> extensions)
        : token_{token}, extensions_{std::move(extensions)} {}

    sasl_step start() override {
        if (state_ != state::fresh)
            return sasl_failure(errc::authentication_failed, "OAUTHBEARER: started twice");
        state_ = state::over;
        const auto token = token_.view();
        if (token.empty() || !std::all_of(token.begin(), token.end(), is_visible))
            return sasl_failure(errc::token_unavailable,
                                "OAUTHBEARER: the token is empty or holds foreign bytes");
        std::string tail;
        for (const auto& [name, value] : extensions_) {
            if (name.empty() || name == "auth" || !std::all_of(name.begin(), name.end(), is_alpha))
                return sasl_failure(errc::invalid_option,
                                    "OAUTHBEARER: an extension's name must be letters, and not 'auth'");
            if (value.empty() || !std::all_of(value.begin(), value.end(), is_value))
                return sasl_failure(errc::invalid_option, "OAUTHBEARER: the value of extension " + name +
                                                              " is empty or not ASCII text");
            tail += '\x01' + name + '=' + value;
        }
        tail += "\x01\x01";
        constexpr std::string_view head =
            "n,,\x01"
            "auth=Bearer ";
        sasl_step step{sasl_step::action::send};
        step.message = secret{head.size() + token.size() + tail.size()};
        auto* out = std::copy(head.begin(), head.end(), step.message.data());
        out = std::copy(token.begin(), token.end(), out);
        std::copy(tail.begin(), tail.end(), out);
        state_ = state::sent;
        return step;
    }

    sasl_step on_message(std::string_view message) override {
        if (state_ == state::sent && message.empty()) {
            state_ = state::over;
            return sasl_step{sasl_step::action::done};
        }
        if (state_ == state::sent) { // RFC 7628 section 3.2.3: the failure is told once our reply is there
            state_ = state::refused;
            server_error_ = printable(message);
            sasl_step step{sasl_step::action::send};
            step.message = secret{std::string_view{"\x01"}};
            step.text = server_error_;
            return step;
        }
        const bool refused = state_ == state::refused;
        state_ = state::over;
        return sasl_failure(errc::authentication_failed,
                            refused ? server_error_ : "OAUTHBEARER: the broker spoke out of turn");
    }

private:
    enum class state : std::uint8_t { fresh, sent, refused, over };
    secret token_;
    std::vector<std::pair<std::string, std::string>> extensions_;
    std::string server_error_;
    state state_ = state::fresh;
};

} // namespace

std::unique_ptr<sasl_machine> make_oauthbearer(std::string_view token,
                                               std::vector<std::pair<std::string, std::string>> extensions) {
    return std::make_unique<oauthbearer>(token, std::move(extensions));
}

KASIO_END_NAMESPACE
