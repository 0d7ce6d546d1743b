// SPDX-License-Identifier: BSL-1.0
#include "base/base64.hpp"
#include "support/catch.hpp"

#include <kasio/properties.hpp>

#include <chrono>
#include <cstdlib>
#include <string>

using namespace kasio;
using namespace std::chrono_literals;

namespace {

std::string refusal_of(const properties& given) {
    try {
        (void)options_from(given);
    } catch (const property_error& error) {
        CHECK(error.code() == errc::invalid_option);
        return error.what();
    }
    FAIL("nothing was refused");
    return {};
}

bool holds(const std::string& text, const std::string& piece) { return text.find(piece) != text.npos; }

sasl_options sasl_of(properties given) {
    given.emplace_back("security.protocol", "SASL_SSL");
    return options_from(given).cluster.sasl;
}

oauth_token token_of(const token_source& source) {
    REQUIRE(source);
    oauth_token found;
    source([&](error_code error, oauth_token token) {
        CHECK_FALSE(error);
        found = std::move(token);
    });
    return found;
}

/// The claims of a token that nobody signed.
std::string claims_of(const oauth_token& token) {
    const auto text = token.value.view();
    const auto first = text.find('.');
    CHECK(from_base64url(text.substr(0, first)) == R"({"alg":"none"})");
    REQUIRE(text.ends_with('.'));
    const auto claims = from_base64url(text.substr(first + 1, text.size() - first - 2));
    REQUIRE(claims);
    return *claims;
}

const std::string plain_line = "org.apache.kafka.common.security.plain.PlainLoginModule required ";
const std::string scram_line = "org.apache.kafka.common.security.scram.ScramLoginModule required ";
const std::string token_line =
    "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required ";

} // namespace

TEST_CASE("SASL is filled from librdkafka's names, with TLS or by name without") {
    const auto secure = options_from({{"security.protocol", "sasl_ssl"},
                                      {"sasl.mechanisms", "SCRAM-SHA-512"},
                                      {"sasl.username", "alice"},
                                      {"sasl.password", " wonderland "}});
    CHECK(secure.cluster.tls.enabled);
    CHECK(secure.cluster.sasl.mechanism == sasl_mechanism::scram_sha_512);
    CHECK(secure.cluster.sasl.username == "alice");
    CHECK(secure.cluster.sasl.password.view() == " wonderland ");
    CHECK_FALSE(secure.cluster.sasl.allow_plaintext);
    const auto open = options_from({{"security.protocol", "SASL_PLAINTEXT"}, {"sasl.mechanism", "plain"}});
    CHECK_FALSE(open.cluster.tls.enabled);
    CHECK(open.cluster.sasl.mechanism == sasl_mechanism::plain);
    CHECK(open.cluster.sasl.allow_plaintext);
    CHECK(sasl_of({{"sasl.mechanism", "scram-sha-256"}}).mechanism == sasl_mechanism::scram_sha_256);
    CHECK(sasl_of({{"sasl.mechanism", "OAUTHBEARER"}}).mechanism == sasl_mechanism::oauthbearer);
}

TEST_CASE("SASL is filled from the environment") {
    const std::pair<const char*, const char*> variables[] = {{"KASIO_SECURITY_PROTOCOL", "SASL_SSL"},
                                                             {"KASIO_SASL_MECHANISM", "SCRAM-SHA-256"},
                                                             {"KASIO_SASL_USERNAME", "alice"},
                                                             {"KASIO_SASL_PASSWORD", "wonderland"}};
    for (const auto& [name, value] : variables) ::setenv(name, value, 1);
    const auto sasl = options_from(environment_properties()).cluster.sasl;
    for (const auto& [name, value] : variables) ::unsetenv(name);
    CHECK(sasl.mechanism == sasl_mechanism::scram_sha_256);
    CHECK(sasl.username == "alice");
    CHECK(sasl.password.view() == "wonderland");
}

TEST_CASE("SASL is filled from Java's JAAS lines") {
    const auto plain =
        sasl_of({{"sasl.mechanism", "PLAIN"},
                 {"sasl.jaas.config", plain_line + R"(username="alice" password="a\"b;c" user_bob="x";)"}});
    CHECK(plain.username == "alice");
    CHECK(plain.password.view() == "a\"b;c");
    const auto token =
        sasl_of({{"sasl.mechanism", "SCRAM-SHA-512"},
                 {"sasl.jaas.config", scram_line + R"(username="id" password="mac" tokenauth=true;)"}});
    CHECK(token.token_authentication);
    // Said twice is no contradiction.
    CHECK(sasl_of({{"sasl.mechanism", "PLAIN"},
                   {"sasl.username", "alice"},
                   {"sasl.jaas.config", plain_line + "username=alice password=p;"}})
              .username == "alice");
}

TEST_CASE("GSSAPI is filled from either world's names") {
    const auto ours = sasl_of({{"sasl.mechanism", "GSSAPI"},
                               {"sasl.kerberos.service.name", "broker"},
                               {"sasl.kerberos.principal", "alice@REALM"},
                               {"sasl.kerberos.keytab", "/alice.keytab"}});
    CHECK(ours.mechanism == sasl_mechanism::gssapi);
    CHECK(ours.kerberos_service_name == "broker");
    const auto java = sasl_of({{"sasl.mechanism", "GSSAPI"},
                               {"sasl.jaas.config",
                                "com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true "
                                "storeKey=true keyTab=\"/alice.keytab\" principal=\"alice@REALM\";"}});
    CHECK(java.kerberos_service_name == "kafka");
    for (const auto* each : {&ours, &java}) {
        CHECK(each->kerberos_principal == "alice@REALM");
        CHECK(each->kerberos_keytab == "/alice.keytab");
    }
}

TEST_CASE("a mechanism is never guessed, and counts only where SASL is wanted") {
    CHECK(holds(refusal_of({{"security.protocol", "SASL_SSL"}}), "no sasl.mechanism"));
    CHECK(holds(refusal_of({{"security.protocol", "SASL_SSL"},
                            {"sasl.jaas.config", plain_line + "username=a password=b;"}}),
                "no sasl.mechanism"));
    for (const auto& protocol : {"PLAINTEXT", "SSL", ""}) {
        properties given{{"sasl.mechanism", "PLAIN"}, {"sasl.username", "a"}, {"sasl.password", "b"}};
        if (*protocol != '\0') given.emplace_back("security.protocol", protocol);
        const auto all = options_from(given);
        CHECK(all.cluster.sasl.mechanism == sasl_mechanism::none);
        REQUIRE(all.notes.size() == 1);
        CHECK(holds(all.notes[0].text, "security.protocol"));
    }
    // What the program began with stays where nothing is said.
    client_options start;
    start.cluster.sasl.mechanism = sasl_mechanism::scram_sha_256;
    CHECK(options_from({{"sasl.username", "a"}}, start).cluster.sasl.username == "a");
    CHECK(options_from({{"security.protocol", "SSL"}}, start).cluster.sasl.mechanism == sasl_mechanism::none);
    CHECK(options_from({{"security.protocol", "SASL_SSL"}}, start).cluster.sasl.mechanism ==
          sasl_mechanism::scram_sha_256);
}

TEST_CASE("what does not go together about SASL is refused, without the secrets") {
    const std::pair<properties, const char*> cases[] = {
        {{{"sasl.mechanism", "DIGEST-MD5"}}, "sasl.mechanism 'DIGEST-MD5' is none of"},
        {{{"sasl.mechanism", "PLAIN"}, {"sasl.mechanisms", "OAUTHBEARER"}}, "differ"},
        {{{"sasl.mechanism", "PLAIN"}, {"sasl.jaas.config", scram_line + "username=a password=hunter2;"}},
         "sasl.jaas.config is not for PLAIN"},
        {{{"sasl.mechanism", "PLAIN"},
          {"sasl.username", "b"},
          {"sasl.jaas.config", plain_line + "username=a;"}},
         "differ"},
        {{{"sasl.mechanism", "PLAIN"},
          {"sasl.password", "hunter1"},
          {"sasl.jaas.config", plain_line + "username=a password=hunter2;"}},
         "differ"},
        {{{"sasl.mechanism", "PLAIN"}, {"sasl.jaas.config", plain_line + "hunter2=a;"}}, "not known here"},
        {{{"sasl.mechanism", "SCRAM-SHA-256"}, {"sasl.jaas.config", scram_line + "tokenauth=hunter2;"}},
         "tokenauth"},
        {{{"sasl.mechanism", "PLAIN"}, {"sasl.jaas.config", "hunter2"}}, "sasl.jaas.config: the value"},
        {{{"sasl.mechanism", "OAUTHBEARER"},
          {"sasl.jaas.config", token_line + "clientId=a clientSecret=hunter2;"}},
         "come from the program"},
        {{{"sasl.mechanism", "OAUTHBEARER"},
          {"sasl.jaas.config", token_line + "unsecuredLoginLifetimeSeconds=1;"}},
         "unsecuredLoginStringClaim_sub"},
        {{{"sasl.mechanism", "OAUTHBEARER"}, {"sasl.jaas.config", token_line + "hunter2=1;"}},
         "not known here"},
        {{{"sasl.mechanism", "OAUTHBEARER"}, {"enable.sasl.oauthbearer.unsecure.jwt", "true"}},
         "no principal"},
        {{{"sasl.mechanism", "OAUTHBEARER"},
          {"enable.sasl.oauthbearer.unsecure.jwt", "true"},
          {"sasl.oauthbearer.config", "principal=a lifeSeconds=hunter2"}},
         "lifeSeconds"},
        {{{"sasl.mechanism", "OAUTHBEARER"},
          {"enable.sasl.oauthbearer.unsecure.jwt", "true"},
          {"sasl.oauthbearer.config", "principal=a hunter2=b"}},
         "nobody knows"},
        {{{"sasl.mechanism", "OAUTHBEARER"}, {"sasl.oauthbearer.config", "hunter2"}}, "the value is no list"},
        {{{"sasl.mechanism", "OAUTHBEARER"}, {"sasl.oauthbearer.extensions", "a"}},
         "is no list of name=value"},
        {{{"sasl.mechanism", "OAUTHBEARER"}, {"sasl.oauthbearer.token.endpoint.url", "https://x"}},
         "come from the program"},
    };
    for (auto [given, words] : cases) {
        given.emplace_back("security.protocol", "SASL_SSL");
        const auto text = refusal_of(given);
        INFO(text);
        CHECK(holds(text, words));
        CHECK_FALSE(holds(text, "hunter"));
    }
}

TEST_CASE("tokens that nobody signed are asked for in either world's words") {
    const auto ours =
        sasl_of({{"sasl.mechanism", "OAUTHBEARER"},
                 {"enable.sasl.oauthbearer.unsecure.jwt", "true"},
                 {"sasl.oauthbearer.config",
                  "principal=alice scope=role1 lifeSeconds=600 extension_pool=p1 principalClaimName=name"},
                 {"sasl.oauthbearer.extensions", "cluster=c1, zone=z"}});
    const auto before = std::chrono::system_clock::now();
    const auto token = token_of(ours.token_source);
    const auto claims = claims_of(token);
    CHECK(claims.starts_with(R"({"sub":"alice","iat":)"));
    CHECK(holds(claims, R"(,"name":"alice","scope":"role1"})"));
    CHECK(token.expires > before + 598s);
    CHECK(token.expires < before + 605s);
    CHECK(ours.extensions ==
          std::vector<std::pair<std::string, std::string>>{{"cluster", "c1"}, {"zone", "z"}, {"pool", "p1"}});
    const auto java =
        sasl_of({{"sasl.mechanism", "OAUTHBEARER"},
                 {"sasl.jaas.config",
                  token_line + R"(unsecuredLoginStringClaim_sub="al\"i" unsecuredLoginStringClaim_scope="s"
            unsecuredLoginLifetimeSeconds="60" unsecuredLoginExtension_pool="p2";)"}});
    CHECK(holds(claims_of(token_of(java.token_source)), R"({"sub":"al\"i",)"));
    CHECK(holds(claims_of(token_of(java.token_source)), R"(,"scope":"s"})"));
    CHECK(java.extensions == std::vector<std::pair<std::string, std::string>>{{"pool", "p2"}});
    // Others come from the program.
    CHECK_FALSE(
        sasl_of({{"sasl.mechanism", "OAUTHBEARER"}, {"sasl.jaas.config", token_line + ";"}}).token_source);
}

TEST_CASE("a secret among options is copied as a secret and reads as a text") {
    sasl_options options;
    options.password = "wonderland";
    const sasl_options copy = options;
    options.password = std::string{"other"};
    CHECK(copy.password.view() == "wonderland");
    CHECK(copy.password == secret_text{"wonderland"});
    secret_text moved{std::move(options.password)};
    CHECK(moved.view() == "other");
    CHECK(options.password.empty());
    moved = moved;
    CHECK(moved.view() == "other");
}
