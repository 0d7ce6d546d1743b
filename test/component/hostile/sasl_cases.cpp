// SPDX-License-Identifier: BSL-1.0
#include "session_cases.hpp"

#include <utility>

using namespace std::string_literals;

namespace kasio_test {

using namespace kasio;

namespace {

constexpr auto refused = errc::authentication_failed;
constexpr auto unproved = errc::server_proof_invalid;

/// The answer to SaslAuthenticate v1 with a token of the broker's.
std::string token_frame(const raw_request& to, const std::string& token, const std::string& lifetime) {
    return answer_frame(
        to.correlation_id,
        be16(0) + be16(-1) + be32(static_cast<std::int32_t>(token.size())) + token + lifetime);
}
const std::string for_ever = std::string(8, '\0');

/// Plays a broker up to the first token of the client's.
raw_peer::script up_to_tokens(std::function<void(raw_connection&, const raw_request&)> then) {
    return [then = std::move(then)](raw_connection& client) {
        client.write(offer(client.read_request(), {{3, 0, 4}, {17, 1, 1}, {18, 0, 3}, {36, 1, 1}}));
        client.write(answer_frame(client.read_request().correlation_id, be16(0) + be32(0)));
        then(client, client.read_request());
    };
}

session_case scram(const char* name, std::function<void(raw_connection&, const raw_request&)> then,
                   error_code ends) {
    return {name, up_to_tokens(std::move(then)), ends, {}, false, sasl_mechanism::scram_sha_256};
}

/// The client's nonce in its first message.
std::string nonce_in(const raw_request& request) {
    return request.frame.substr(request.frame.rfind(",r=") + 3);
}
const std::string salt = "W22ZaJ0SNY7soEsUEjb6gQ==";

using first_of = std::function<std::string(const std::string& nonce)>;

/// The first message is this, and nothing may follow it but the end.
session_case scram_first(const char* name, first_of message, error_code ends) {
    const auto play = [message = std::move(message)](raw_connection& client, const raw_request& request) {
        client.write(token_frame(request, message(nonce_in(request)), for_ever));
        client.wait_for_close();
    };
    return scram(name, play, ends);
}

/// The last message is this.
session_case scram_final(const char* name, const std::string& message, error_code ends) {
    const auto play = [message](raw_connection& client, const raw_request& request) {
        const auto first = "r=" + nonce_in(request) + "more,s=" + salt + ",i=4096";
        client.write(token_frame(request, first, for_ever));
        client.write(token_frame(client.read_request(), message, for_ever));
        client.wait_for_close();
    };
    return scram(name, play, ends);
}

session_case asks_for(const char* name, const std::string& iterations) {
    const auto first = [iterations](const std::string& nonce) {
        return "r=" + nonce + "more,s=" + salt + ",i=" + iterations;
    };
    return scram_first(name, first, refused);
}

session_case has_salt(const char* name, const std::string& text) {
    const auto first = [text](const std::string& nonce) {
        return "r=" + nonce + "more,s=" + text + ",i=4096";
    };
    return scram_first(name, first, refused);
}

session_case says(const char* name, const std::string& message, error_code ends) {
    return scram_first(
        name, [message](const std::string&) { return message; }, ends);
}

/// SaslAuthenticate is answered with this body.
session_case has_body(const char* name, const std::string& body, error_code ends) {
    const auto play = [body](raw_connection& client, const raw_request& request) {
        client.write(answer_frame(request.correlation_id, body));
        client.wait_for_close();
    };
    return scram(name, play, ends);
}

/// SaslHandshake is answered with this body.
session_case shakes(const char* name, const std::string& body, error_code ends) {
    const auto play = [body](raw_connection& client) {
        client.write(offer(client.read_request(), {{17, 1, 1}, {18, 0, 3}, {36, 1, 1}}));
        client.write(answer_frame(client.read_request().correlation_id, body));
        client.wait_for_close();
    };
    return {name, play, ends, {}, false, sasl_mechanism::scram_sha_256};
}

/// Lets in for that long, and says nothing more.
session_case lets_in(const char* name, const std::string& lifetime) {
    const auto play = [lifetime](raw_connection& client, const raw_request& request) {
        client.write(token_frame(request, "", lifetime));
        client.wait_for_close();
    };
    return {name, up_to_tokens(play), {}, errc::request_timed_out, false, sasl_mechanism::plain};
}

session_case bearer(const char* name, std::function<void(raw_connection&, const raw_request&)> then,
                    error_code ends) {
    return {name, up_to_tokens(std::move(then)), ends, {}, false, sasl_mechanism::oauthbearer};
}

std::vector<session_case> scram_cases() {
    return {
        asks_for("asks for 2^31 iterations", "2147483648"),
        asks_for("asks for one iteration less than 2^31", "2147483647"),
        asks_for("asks for 2^64 iterations", "18446744073709551616"),
        asks_for("asks for one iteration", "1"),
        asks_for("asks for no iteration", "0"),
        asks_for("asks for iterations below none", "-4096"),
        has_salt("has no salt", ""),
        has_salt("has a salt that is no base 64", "W22ZaJ0SNY7soEsUEjb6g!=="),
        has_salt("has a salt cut short", "W22ZaJ0SNY7soEsUEjb6gQ="),
        scram_first(
            "has another nonce", [](const std::string&) { return "r=stranger,s=" + salt + ",i=4096"; },
            unproved),
        scram_first(
            "adds nothing to the nonce",
            [](const std::string& nonce) { return "r=" + nonce + ",s=" + salt + ",i=4096"; }, unproved),
        says("says no word", "", refused),
        says("says a megabyte", std::string(1 << 20, 'x'), refused),
        says("has an error in place of a salt", "e=unknown-user", refused),
        says("has an error of a megabyte", "e=" + std::string(1 << 20, 'x'), refused),
        says("demands an extension", "m=whatever,r=x", refused),
        scram_final("has a wrong proof", "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", unproved),
        scram_final("has a proof that is no base 64",
                    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G!=", unproved),
        scram_final("has half a proof", "v=6rriTRBi23WpRR/wtup+mA==", unproved),
        scram_final("has no proof", "", unproved),
        scram_final("has an error in place of a proof", "e=invalid-proof", refused),
        scram_final("begins once more", "r=x,s=" + salt + ",i=4096", unproved),
    };
}

} // namespace

std::vector<session_case> cases_of_sasl() {
    auto cases = scram_cases();
    const std::vector<session_case> others = {
        scram(
            "never answers a token",
            [](raw_connection& client, const raw_request&) { client.wait_for_close(); },
            errc::connect_timed_out),
        scram(
            "hangs up at a token", [](raw_connection&, const raw_request&) {}, errc::connection_lost),
        has_body("has a token of 2^31 bytes", be16(0) + be16(-1) + "\x7f\xff\xff\xff"s,
                 errc::malformed_response),
        has_body("has a token longer than its frame",
                 be16(0) + be16(-1) + be32(100) + "r=", errc::malformed_response),
        has_body("ends before its token", be16(0) + be16(-1), errc::malformed_response),
        has_body("refuses with as much as a string may hold",
                 be16(58) + be16(32'767) + std::string(32'767, 'x') + be32(0) + for_ever, refused),
        has_body("refuses without a word", be16(58) + be16(-1) + be32(0) + for_ever, refused),
        shakes("offers 2^31 mechanisms", be16(33) + "\x7f\xff\xff\xff"s, errc::malformed_response),
        shakes("offers a mechanism with a name longer than its frame",
               be16(33) + be32(1) + be16(32'767) + "PLAIN", errc::malformed_response),
        shakes("offers ten thousand mechanisms without a name",
               be16(33) + be32(10'000) + std::string(20'000, '\0'), refused),
        shakes("ends in the middle of its handshake", "\0"s, errc::malformed_response),
        lets_in("lets in until long after the end of time", "\x7f\xff\xff\xff\xff\xff\xff\xff"s),
        lets_in("lets in until long before", "\x80\0\0\0\0\0\0\0"s),
        lets_in("lets in for a millisecond", "\0\0\0\0\0\0\0\x01"s),
        bearer(
            "has an endless dispute",
            [](raw_connection& client, const raw_request& request) {
                client.write(token_frame(request, std::string(1 << 20, '{'), for_ever));
                while (true) client.write(token_frame(client.read_request(), "{}", for_ever));
            },
            refused),
    };
    cases.insert(cases.end(), others.begin(), others.end());
    return cases;
}

} // namespace kasio_test
