// SPDX-License-Identifier: BSL-1.0
#include "security/sasl_machine.hpp"
#include "support/catch.hpp"

#include <string>
#include <type_traits>

using namespace kasio;
using namespace std::string_view_literals;
using action = sasl_step::action;

TEST_CASE("PLAIN sends name and password and takes any answer", "[security]") {
    auto machine = make_plain("user", "p,=w\xc3\xa4");
    CHECK(machine->on_message("").what == action::fail);
    CHECK(machine->start().message.view() == "\0user\0p,=w\xc3\xa4"sv);
    CHECK(machine->start().what == action::fail);
    CHECK(machine->on_message("hello").what == action::done);
    CHECK(machine->on_message("").what == action::fail);
    CHECK(machine->on_work().what == action::fail);
}

TEST_CASE("PLAIN refuses names and passwords that it cannot carry", "[security]") {
    for (const auto& [user, password] :
         {std::pair{""sv, "p"sv}, {"u"sv, ""sv}, {"u\0x"sv, "p"sv}, {"u"sv, "p\0"sv}})
        CHECK(make_plain(user, password)->start().error == make_error_code(errc::invalid_option));
}

TEST_CASE("OAUTHBEARER sends the token and its extensions", "[security]") {
    auto machine = make_oauthbearer("a.b.c", {{"logicalCluster", "lkc-1"}, {"pool", "x y"}});
    CHECK(machine->start().message.view() ==
          "n,,\x01"
          "auth=Bearer a.b.c\x01logicalCluster=lkc-1\x01pool=x y\x01\x01"sv);
    CHECK(machine->on_message("").what == action::done);
    CHECK(machine->on_message("").what == action::fail);
    CHECK(make_oauthbearer("t", {})->start().message.view() ==
          "n,,\x01"
          "auth=Bearer t\x01\x01"sv);
}

TEST_CASE("OAUTHBEARER refuses what cannot be sent", "[security]") {
    for (const auto token : {""sv, "a b"sv, "a\x01"sv, "a\0"sv, "\xc3\xa4"sv})
        CHECK(make_oauthbearer(token, {})->start().error == make_error_code(errc::token_unavailable));
    using list = std::vector<std::pair<std::string, std::string>>;
    for (const auto& extensions : {list{{"auth", "x"}}, list{{"", "x"}}, list{{"a1", "x"}}, list{{"a", ""}},
                                   list{{"a", "x\x01y"}}, list{{"a", "\xc3\xa4"}}})
        CHECK(make_oauthbearer("t", extensions)->start().error == make_error_code(errc::invalid_option));
}

TEST_CASE("the broker's complaint about a token is answered, then reported", "[security]") {
    auto machine = make_oauthbearer("t", {});
    REQUIRE(machine->start().what == action::send);
    const auto reply = machine->on_message("{\"status\":\"invalid_token\"}\n");
    CHECK(reply.what == action::send);
    CHECK(reply.message.view() == "\x01");
    CHECK(reply.text == "{\"status\":\"invalid_token\"}?");
    const auto end = machine->on_message("");
    CHECK(end.error == make_error_code(errc::authentication_failed));
    CHECK(end.text == reply.text);
}

TEST_CASE("whatever but silence a broker says to a token is a refusal, and nothing follows it",
          "[security]") {
    const std::string complaint = "{\"status\":\"invalid_token\"}";
    for (std::size_t size = 1; size <= complaint.size(); ++size) {
        auto machine = make_oauthbearer("t", {});
        REQUIRE(machine->start().what == action::send);
        CHECK(machine->on_message(complaint.substr(0, size)).what == action::send);
        CHECK(machine->on_message(size % 2 == 0 ? "" : "more").what == action::fail);
        CHECK(machine->on_message("").what == action::fail);
        CHECK(machine->start().what == action::fail);
    }
    auto early = make_oauthbearer("t", {});
    CHECK(early->on_message("").what == action::fail);
    CHECK(early->on_work().what == action::fail);
    auto failed = make_oauthbearer("a b", {});
    CHECK(failed->start().what == action::fail);
    CHECK(failed->on_message("").what == action::fail);
    auto refused = make_plain("", "p");
    CHECK(refused->start().what == action::fail);
    CHECK(refused->on_message("").what == action::fail);
}

TEST_CASE("text of a broker is bounded and printable", "[security]") {
    CHECK(printable(std::string(5'000, 'a')).size() == 512);
    CHECK(printable("a\x1b[0m\xff") == "a?[0m?");
}

TEST_CASE("a secret cannot be copied, and moving it leaves nothing behind", "[security]") {
    STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<secret>);
    secret first{"pencil"sv};
    const secret second{std::move(first)};
    CHECK(second.view() == "pencil");
    CHECK(first.size() == 0);
}
