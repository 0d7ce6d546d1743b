// SPDX-License-Identifier: BSL-1.0
#include "security/scram.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"

#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace kasio;
using action = sasl_step::action;

namespace {

// The example of RFC 7677.
const std::string our_nonce = "rOprNGfwEbeRWgbNEkqO";
const std::string nonce = our_nonce + "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
const std::string salt = "W22ZaJ0SNY7soEsUEjb6gQ==";
const std::string good_final = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

/// The rows of scram.tsv without its comments.
std::vector<std::vector<std::string>> scram_rows() {
    std::vector<std::vector<std::string>> rows;
    for (const auto& line :
         kasio_test::read_lines(kasio_test::data_path("KASIO_SCRAM_VECTORS", "scram.tsv"))) {
        if (line.starts_with('#')) continue;
        std::vector<std::string> cells;
        std::istringstream text{line};
        for (std::string cell; std::getline(text, cell, '\t');) cells.push_back(cell);
        REQUIRE(cells.size() == 5);
        rows.push_back(std::move(cells));
    }
    return rows;
}

std::unique_ptr<sasl_machine> started(std::uint32_t max_iterations = 65'536) {
    auto machine = make_scram(
        {.username = "user", .password = "pencil", .max_iterations = max_iterations, .nonce = our_nonce});
    REQUIRE(machine->start().what == action::send);
    return machine;
}

sasl_step worked(sasl_machine& machine) {
    auto step = machine.on_work();
    while (step.what == action::work) step = machine.on_work();
    return step;
}

sasl_step final_answer(const std::string& message) {
    auto machine = started();
    REQUIRE(machine->on_message("r=" + nonce + ",s=" + salt + ",i=4096").what == action::work);
    REQUIRE(worked(*machine).what == action::send);
    return machine->on_message(message);
}

void check_refused(const std::string& server_first, errc code) {
    INFO(server_first);
    auto machine = started();
    const auto step = machine->on_message(server_first);
    CHECK(step.what == action::fail);
    CHECK(step.error == make_error_code(code));
    CHECK_FALSE(step.text.empty());
    CHECK(machine->on_work().what == action::fail);
    CHECK(machine->on_message("r=" + nonce + ",s=" + salt + ",i=4096").what == action::fail);
}

} // namespace

TEST_CASE("SCRAM says and accepts what the vectors hold", "[security]") {
    const auto rows = scram_rows();
    REQUIRE_FALSE(rows.empty());
    REQUIRE(rows.size() % 4 == 0);
    for (std::size_t i = 0; i < rows.size(); i += 4) {
        const auto& first = rows[i];
        INFO(first[0] << ' ' << first[1]);
        auto machine =
            make_scram({.hash = first[0] == "SCRAM-SHA-512" ? scram_hash::sha_512 : scram_hash::sha_256,
                        .username = first[1],
                        .password = first[2],
                        .nonce = first[4].substr(first[4].rfind(",r=") + 3)});
        CHECK(machine->start().message.view() == first[4]);
        CHECK(machine->on_message(rows[i + 1][4]).what == action::work);
        CHECK(worked(*machine).message.view() == rows[i + 2][4]);
        CHECK(machine->on_message(rows[i + 3][4]).what == action::done);
        CHECK(machine->on_message("").what == action::fail);
    }
}

TEST_CASE("a salt or a number of iterations that cannot be is refused before any hashing", "[security][A2]") {
    const auto r = "r=" + nonce;
    for (const std::string i : {"4095", "65537", "0", "-4096", "+4096", "04096", "4096x", "", "2147483648",
                                "4294971392", "99999999999999999999"})
        check_refused(r + ",s=" + salt + ",i=" + i, errc::authentication_failed);
    for (const std::string s : {"", "W22ZaJ0SNY7soEsUEjb6gQ=", "W22ZaJ0SNY7soEsUEjb6g!==", "W"})
        check_refused(r + ",s=" + s + ",i=4096", errc::authentication_failed);
    auto lenient = started(70'000);
    CHECK(lenient->on_message(r + ",s=" + salt + ",i=70000").what == action::work);
}

TEST_CASE("hashing runs in slices", "[security][A2]") {
    auto machine = started();
    auto step = machine->on_message("r=" + nonce + ",s=" + salt + ",i=65536");
    int slices = 0;
    for (; step.what == action::work; ++slices) step = machine->on_work();
    CHECK(step.what == action::send);
    CHECK(slices == 65'536 / static_cast<int>(scram_rounds_per_slice));
}

TEST_CASE("a nonce that does not continue ours ends the exchange", "[security][A3]") {
    for (const std::string& r : {our_nonce, std::string{"x"} + nonce, std::string{}, nonce.substr(1),
                                 our_nonce + " ", our_nonce + "\x01"})
        check_refused("r=" + r + ",s=" + salt + ",i=4096", errc::server_proof_invalid);
}

TEST_CASE("a broken first message or an unknown demand ends the exchange", "[security][A3]") {
    const auto tail = ",s=" + salt + ",i=4096";
    for (const auto& message :
         {std::string{}, std::string{"r"}, "m=x,r=" + nonce + tail, "r=" + nonce,
          "s=" + salt + ",r=" + nonce + ",i=4096", "r=" + nonce + tail + ",", "r=" + nonce + tail + ",m=x",
          "r=" + nonce + tail + ",7=x", std::string{"e=unknown-user"}})
        check_refused(message, errc::authentication_failed);
}

TEST_CASE("a wrong or missing proof of the broker ends the exchange", "[security][A3]") {
    CHECK(final_answer(good_final).what == action::done);
    CHECK(final_answer(good_final + ",x=ignored").what == action::done);
    auto flipped = good_final;
    flipped[2] = '7';
    for (const auto& message :
         {flipped, std::string{}, std::string{"v="}, std::string{"v=AAAA"}, good_final + ",",
          good_final + ",m=x", good_final.substr(2), good_final.substr(0, 20)}) {
        INFO(message);
        CHECK(final_answer(message).error == make_error_code(errc::server_proof_invalid));
    }
    const auto refused = final_answer("e=invalid-proof\n");
    CHECK(refused.error == make_error_code(errc::authentication_failed));
    CHECK(refused.text == "SCRAM: the broker refused: invalid-proof?");
}

TEST_CASE("a SCRAM exchange out of order fails", "[security]") {
    CHECK(make_scram({.username = "u", .password = "p", .nonce = "n"})->on_message("").what == action::fail);
    CHECK(started()->start().what == action::fail);
    CHECK(started()->on_work().what == action::fail);
    CHECK(make_scram({.username = "", .password = "p", .nonce = "n"})->start().what == action::fail);
    CHECK(make_scram({.username = "u", .password = "", .nonce = "n"})->start().what == action::fail);
    CHECK(make_scram({.username = "u", .password = "p"})->start().what == action::fail);
    CHECK(make_scram_nonce().size() == 24);
    CHECK(make_scram_nonce() != make_scram_nonce());
}

TEST_CASE("a delegation token is announced", "[security]") {
    auto machine =
        make_scram({.username = "id", .password = "mac", .token_authentication = true, .nonce = "abc"});
    CHECK(machine->start().message.view() == "n,,n=id,r=abc,tokenauth=true");
}

TEST_CASE("no damage to any byte of what the broker says lets the exchange succeed", "[security][A2][A3]") {
    const auto rows = scram_rows();
    for (std::size_t i = 0; i < rows.size(); i += 4) {
        const auto& first = rows[i];
        const bool long_hash = first[0] == "SCRAM-SHA-512";
        // The end of the exchange when the broker says `messages`.
        const auto end_of = [&](const std::string& server_first, const std::string& server_final) {
            auto machine = make_scram({.hash = long_hash ? scram_hash::sha_512 : scram_hash::sha_256,
                                       .username = first[1],
                                       .password = first[2],
                                       .max_iterations = 16'384,
                                       .nonce = first[4].substr(first[4].rfind(",r=") + 3)});
            REQUIRE(machine->start().what == action::send);
            auto step = machine->on_message(server_first);
            if (step.what == action::work) step = worked(*machine);
            if (step.what == action::send) step = machine->on_message(server_final);
            return step;
        };
        const auto& said_first = rows[i + 1][4];
        const auto& said_final = rows[i + 3][4];
        INFO(first[0] << ' ' << first[1]);
        REQUIRE(end_of(said_first, said_final).what == action::done);
        for (std::size_t at = 0; at < said_first.size(); ++at) {
            auto flipped = said_first;
            flipped[at] ^= 1;
            INFO(flipped);
            const auto step = end_of(flipped, said_final);
            CHECK(step.what == action::fail);
            CHECK((step.error == make_error_code(errc::server_proof_invalid) ||
                   step.error == make_error_code(errc::authentication_failed)));
            CHECK(end_of(said_first.substr(0, at), said_final).what == action::fail);
        }
        // The proof is checked against the whole exchange; one is enough for each hash.
        for (std::size_t at = 0; at < said_final.size(); at += i < 8 ? 1 : 7) {
            auto flipped = said_final;
            flipped[at] ^= 1;
            INFO(flipped);
            CHECK(end_of(said_first, flipped).error == make_error_code(errc::server_proof_invalid));
            CHECK(end_of(said_first, said_final.substr(0, at)).error ==
                  make_error_code(errc::server_proof_invalid));
        }
    }
}

TEST_CASE("whichever step of a SCRAM exchange fails, nothing follows it", "[security][A3]") {
    const auto server_first = "r=" + nonce + ",s=" + salt + ",i=4096";
    for (int failing = 0; failing != 4; ++failing) {
        auto machine = make_scram({.username = "user", .password = "pencil", .nonce = our_nonce});
        const std::string bad = "no message of SCRAM";
        auto step = failing == 0 ? machine->on_message(server_first) : machine->start();
        if (failing > 0) step = machine->on_message(failing == 1 ? bad : server_first);
        if (failing > 1) step = failing == 2 ? machine->on_message(good_final) : worked(*machine);
        if (failing > 2) step = machine->on_message(bad);
        INFO("step " << failing);
        CHECK(step.what == action::fail);
        // In any order.
        for (const auto& again : {machine->start(), machine->on_message(server_first), machine->on_work(),
                                  machine->on_message(good_final)})
            CHECK(again.what == action::fail);
    }
}
