// SPDX-License-Identifier: BSL-1.0
#include "security/sasl_machine.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE

namespace {

class plain final : public sasl_machine {
public:
    plain(std::string_view username, std::string_view password) : username_{username}, password_{password} {}

    sasl_step start() override {
        const auto user = username_.view();
        const auto password = password_.view();
        if (started_) return sasl_failure(errc::authentication_failed, "PLAIN: started twice");
        started_ = true;
        if (user.empty() || password.empty())
            return sasl_failure(errc::invalid_option, "PLAIN: user name and password must not be empty");
        if (user.find('\0') != user.npos || password.find('\0') != password.npos)
            return sasl_failure(errc::invalid_option,
                                "PLAIN: user name and password must not hold a zero byte");
        sasl_step step{sasl_step::action::send};
        step.message = secret{user.size() + password.size() + 2}; // zeroed: the separators are there
        std::copy(user.begin(), user.end(), step.message.data() + 1);
        std::copy(password.begin(), password.end(), step.message.data() + user.size() + 2);
        waiting_ = true;
        return step;
    }

    sasl_step on_message(std::string_view) override {
        if (!waiting_)
            return sasl_failure(errc::authentication_failed, "PLAIN: the broker spoke out of turn");
        waiting_ = false;
        return sasl_step{sasl_step::action::done};
    }

private:
    secret username_;
    secret password_;
    bool started_ = false;
    bool waiting_ = false;
};

} // namespace

std::unique_ptr<sasl_machine> make_plain(std::string_view username, std::string_view password) {
    return std::make_unique<plain>(username, password);
}

KASIO_END_NAMESPACE
