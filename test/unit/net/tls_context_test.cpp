// SPDX-License-Identifier: BSL-1.0
#include "net/tls_context.hpp"

#include "support/catch.hpp"
#include "support/certificates.hpp"

#include <boost/asio/ssl/context.hpp>

#include <functional>

using namespace kasio;
using namespace kasio_test;
using Catch::Matchers::Contains;

namespace {

std::size_t trusted_in(const tls_context& made) {
    REQUIRE(made.context);
    auto* const objects = X509_STORE_get0_objects(SSL_CTX_get_cert_store(made.context->native_handle()));
    return static_cast<std::size_t>(sk_X509_OBJECT_num(objects));
}

} // namespace

TEST_CASE("default options make a context that knows no version below TLS 1.2") {
    const auto made = make_tls_context({});
    REQUIRE(made.context);
    CHECK_FALSE(made.error);
    CHECK(SSL_CTX_get_min_proto_version(made.context->native_handle()) == TLS1_2_VERSION);
}

TEST_CASE("whom to trust comes from texts, files and stores, told by their first bytes") {
    certificate_authority first;
    certificate_authority second{"another"};
    const temporary_file pem{first.pem() + second.pem()};
    const temporary_file store{first.trust_store("secret")};
    tls_options options;
    options.ca_pem = first.pem();
    CHECK(trusted_in(make_tls_context(options)) == 1);
    options = {};
    options.ca_file = pem.path();
    CHECK(trusted_in(make_tls_context(options)) == 2);
    options.ca_file = store.path();
    options.ca_password = "secret";
    CHECK(trusted_in(make_tls_context(options)) == 1);
    options.ca_password = "wrong";
    const auto wrong = make_tls_context(options);
    CHECK(wrong.error == errc::invalid_option);
    CHECK_THAT(wrong.text, Contains("wrong password") && Contains(store.path()));
}

TEST_CASE("each option that cannot be used is named") {
    certificate_authority ca;
    const auto client = ca.client();
    const auto other = ca.client();
    const temporary_file jks{std::string{"\xfe\xed\xfe\xed\x00\x00\x00\x02", 8}};
    const temporary_file empty{""};
    const struct {
        const char* words;
        std::function<void(tls_options&)> set;
    } cases[] = {
        {"No such file", [](auto& o) { o.ca_file = "/no/such/file"; }},
        {"holds no certificate", [&](auto& o) { o.ca_file = empty.path(); }},
        {"is no directory", [](auto& o) { o.ca_directory = "/no/such/folder"; }},
        {"ca_pem holds no certificate", [](auto& o) { o.ca_pem = "nothing"; }},
        {"damaged",
         [](auto& o) { o.ca_pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"; }},
        {"keytool -importkeystore", [&](auto& o) { o.ca_file = jks.path(); }},
        {"keytool -importkeystore", [&](auto& o) { o.certificate_file = jks.path(); }},
        {"crl_file", [&](auto& o) { o.crl_file = empty.path(); }},
        {"no PKCS#12 store", [](auto& o) { o.certificate_pem = "\x30\x82 what?"; }},
        {"no certificate", [&](auto& o) { o.private_key_pem = client.key_pem(); }},
        {"private key of certificate_pem", [&](auto& o) { o.certificate_pem = client.certificate_pem(); }},
        {"does not fit",
         [&](auto& o) {
             o.certificate_pem = client.certificate_pem();
             o.private_key_pem = other.key_pem();
         }},
        {"private_key_password is empty",
         [&](auto& o) {
             o.certificate_pem = client.certificate_pem();
             o.private_key_pem = client.key_pem("secret");
         }},
        {"wrong private_key_password",
         [&](auto& o) {
             o.certificate_pem = client.certificate_pem();
             o.private_key_pem = client.key_pem("secret");
             o.private_key_password = "guess";
         }},
        {"min_version is above",
         [](auto& o) {
             o.min_version = tls_version::tls_1_3;
             o.max_version = tls_version::tls_1_2;
         }},
        {"ciphers 'x'", [](auto& o) { o.ciphers = "x"; }},
        {"cipher_suites 'x'", [](auto& o) { o.cipher_suites = "x"; }},
        {"curves 'x'", [](auto& o) { o.curves = "x"; }},
        {"signature_algorithms 'x'", [](auto& o) { o.signature_algorithms = "x"; }},
    };
    for (const auto& one : cases) {
        tls_options options;
        one.set(options);
        const auto made = make_tls_context(options);
        INFO(one.words);
        CHECK_FALSE(made.context);
        CHECK(made.error == errc::invalid_option);
        CHECK_THAT(made.text, Contains(one.words));
        CHECK_THAT(made.text, !Contains("secret") && !Contains("guess"));
    }
}

TEST_CASE("a context is shared while options and files stay as they are") {
    certificate_authority ca;
    const temporary_file file{ca.pem()};
    tls_options options;
    options.ca_file = file.path();
    const auto first = tls_context_of(options);
    CHECK(tls_context_of(options).context == first.context);
    auto others = options;
    others.ciphers = "HIGH";
    CHECK(tls_context_of(others).context != first.context);
    file.replace(ca.pem() + certificate_authority{"another"}.pem());
    const auto second = tls_context_of(options);
    CHECK(second.context != first.context);
    CHECK(trusted_in(second) == 2);
}

TEST_CASE("the user's own context is handed out untouched") {
    tls_options options;
    options.context = std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_client);
    options.ca_file = "/no/such/file";
    CHECK(tls_context_of(options).context == options.context);
}
