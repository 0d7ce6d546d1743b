// SPDX-License-Identifier: BSL-1.0
// Without any key distribution centre; with one it is tried in test/interop/kerberos.py.
#include "security/gssapi.hpp"

#include "support/catch.hpp"

#include <cstdlib>

using namespace kasio;
using action = sasl_step::action;

namespace {

/// A machine on a computer that knows no realm and has no tickets.
std::unique_ptr<sasl_machine> lonely(const std::string& keytab = {}) {
    ::setenv("KRB5_CONFIG", "/dev/null", 1);
    ::setenv("KRB5CCNAME", "FILE:/nonexistent/tickets", 1);
    gssapi_parameters parameters;
    parameters.service = "kafka";
    parameters.host = "localhost";
    parameters.principal = keytab.empty() ? "" : "alice@NOWHERE.TEST";
    parameters.keytab = keytab;
    return make_gssapi(parameters);
}

} // namespace

TEST_CASE("GSSAPI asks to be called where it may block, and tells in the library's words what is missing",
          "[security][A1]") {
    for (const auto* keytab : {"", "/nonexistent/alice.keytab"}) {
        auto machine = lonely(keytab);
        CHECK(machine->start().what == action::block);
        const auto step = machine->on_work();
        CHECK(step.what == action::fail);
        CHECK(step.error == errc::authentication_failed);
        INFO(step.text);
        CHECK(step.text.starts_with("GSSAPI: "));
        CHECK(step.text.size() > 30);
        CHECK(machine->on_message("").what == action::fail);
    }
}

TEST_CASE("a GSSAPI exchange out of order fails", "[security]") {
    auto machine = lonely();
    CHECK(machine->on_work().what == action::fail);
    CHECK(machine->start().what == action::fail);
    auto early = lonely();
    CHECK(early->on_message("token").what == action::fail);
    auto twice = lonely();
    CHECK(twice->start().what == action::block);
    CHECK(twice->start().what == action::fail);
    CHECK(twice->on_work().what == action::fail);
}
