// SPDX-License-Identifier: BSL-1.0
#include "security/sasl_machine.hpp"

KASIO_BEGIN_NAMESPACE

sasl_step sasl_machine::on_work() {
    return sasl_failure(errc::authentication_failed, "this mechanism has no work to do");
}

sasl_step sasl_failure(errc code, std::string text) {
    sasl_step step{sasl_step::action::fail};
    step.error = make_error_code(code);
    step.text = std::move(text);
    return step;
}

std::string printable(std::string_view text) {
    std::string result{text.substr(0, 512)};
    for (char& c : result)
        if (c < 0x20 || c > 0x7e) c = '?';
    return result;
}

KASIO_END_NAMESPACE
