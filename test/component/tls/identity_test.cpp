// SPDX-License-Identifier: BSL-1.0
// Who is at the other end, and who we are.
#include "tls_fixture.hpp"

using namespace kasio_test;
using Catch::Matchers::Contains;

TEST_CASE("a broker with a certificate that we trust is let in, by name and by address") {
    certificate_authority ca;
    testing::broker broker{behind(ca.server())};
    CHECK_FALSE(open_session(broker.port(1), trusting(ca)).error);
    CHECK_FALSE(open_session(broker.port(1), trusting(ca), "localhost").error);
}

TEST_CASE("the versions of TLS can be bounded") {
    certificate_authority ca;
    testing::broker broker{behind(ca.server())};
    const auto version = GENERATE(tls_version::tls_1_2, tls_version::tls_1_3);
    auto options = trusting(ca);
    options.tls.min_version = options.tls.max_version = version;
    CHECK_FALSE(open_session(broker.port(1), options).error);
}

TEST_CASE("a version of TLS that the peer does not speak is named", "[T4]") {
    certificate_authority ca;
    tls_peer peer{ca.server(), [](tls_peer::line& line) {
                      SSL_set_max_proto_version(line.native_handle(), TLS1_2_VERSION);
                      line.handshake(boost::asio::ssl::stream_base::server);
                  }};
    auto options = trusting(ca);
    options.tls.min_version = tls_version::tls_1_3;
    const auto found = shake_hands(peer.port(), "localhost", options);
    CHECK(found.error == errc::tls_handshake_failed);
    CHECK_THAT(found.text, Contains("protocol version"));
}

TEST_CASE("a certificate that cannot be trusted is refused with OpenSSL's reason", "[T1]") {
    certificate_authority ca;
    certificate_authority stranger{"somebody else"};
    certificate_authority namesake;
    const std::string names = "DNS:localhost,IP:127.0.0.1";
    const auto expired = ca.issue({.alternative_names = names, .from = -3, .to = -1});
    const auto early = ca.issue({.alternative_names = names, .from = 1, .to = 3});
    const auto client = ca.issue({.alternative_names = names, .purpose = "clientAuth"});
    const struct {
        identity server;
        const char* words;
    } cases[] = {
        {stranger.server(), "unable to get local issuer certificate"},
        {namesake.server(), "certificate signature failure"},
        {expired, "certificate has expired"},
        {early, "certificate is not yet valid"},
        {client, "unsuitable certificate purpose"},
    };
    for (const auto& one : cases) {
        testing::broker broker{behind(one.server)};
        const auto found = open_session(broker.port(1), trusting(ca));
        CHECK(found.error == errc::authentication_failed);
        CHECK_THAT(found.text, Contains(one.words) && Contains("127.0.0.1"));
        auto careless = trusting(ca);
        careless.tls.verify = false;
        CHECK_FALSE(open_session(broker.port(1), careless).error);
    }
}

TEST_CASE("a certificate must be for the host that is dialled", "[T2]") {
    certificate_authority ca;
    const struct {
        const char* names;
        const char* host;
        bool fits;
    } cases[] = {
        {"DNS:kafka.example.org", "kafka.example.org", true},
        {"DNS:kafka.example.org", "KAFKA.Example.org", true},
        {"DNS:kafka.example.org", "kafka.example.org.", true},
        {"DNS:kafka.example.org", "other.example.org", false},
        {"DNS:*.example.org", "kafka.example.org", true},
        {"DNS:*.example.org", "a.kafka.example.org", false},
        {"DNS:*.example.org", "example.org", false},
        {"DNS:k*.example.org", "kafka.example.org", false},
        {"IP:127.0.0.1", "127.0.0.1", true},
        {"IP:127.0.0.1", "127.0.0.2", false},
        {"IP:::1", "::1", true},
        {"IP:fe80::1", "fe80::1%lo", true},
        {"DNS:127.0.0.1", "127.0.0.1", false},
        {"IP:127.0.0.1", "localhost", false},
    };
    for (const auto& one : cases) {
        INFO(one.names << " for " << one.host);
        testing::broker broker{behind(ca.issue({.name = "x", .alternative_names = one.names}))};
        const auto found = shake_hands(broker.port(1), one.host, trusting(ca));
        CHECK(!found.error == one.fits);
        auto careless = trusting(ca);
        careless.tls.verify_host_name = false;
        CHECK_FALSE(shake_hands(broker.port(1), one.host, careless).error);
        if (one.fits) continue;
        CHECK(found.error == errc::authentication_failed);
        CHECK_THAT(found.text, Contains("mismatch") && Contains(one.names));
    }
}

TEST_CASE("the server is told the name that is dialled, but no address") {
    certificate_authority ca;
    std::optional<std::string> told;
    const auto note_name = [&](tls_peer::line& line) {
        line.handshake(boost::asio::ssl::stream_base::server);
        const char* const name = SSL_get_servername(line.native_handle(), TLSEXT_NAMETYPE_host_name);
        if (name != nullptr) told = name;
    };
    {
        tls_peer peer{ca.server(), note_name};
        CHECK_FALSE(shake_hands(peer.port(), "localhost.", trusting(ca)).error);
    }
    CHECK(told == "localhost");
    told.reset();
    {
        tls_peer peer{ca.server(), note_name};
        CHECK_FALSE(shake_hands(peer.port(), "127.0.0.1", trusting(ca)).error);
    }
    CHECK_FALSE(told);
}

TEST_CASE("a broker that wants to know its clients lets in who has a certificate", "[T1]") {
    certificate_authority ca;
    certificate_authority stranger{"somebody else"};
    auto set_up = behind(ca.server());
    set_up.tls.client_ca_pem = ca.pem();
    testing::broker broker{set_up};
    const auto client = ca.client();
    auto options = trusting(ca);
    options.tls.max_version = GENERATE(tls_version::tls_1_2, tls_version::tls_1_3);

    const auto nobody = open_session(broker.port(1), options);
    CHECK(nobody.error == errc::authentication_failed);
    CHECK_THAT(nobody.text,
               Contains("client's certificate") && Contains("alert") && !Contains("first request"));

    options.tls.certificate_pem = client.certificate_pem();
    options.tls.private_key_pem = client.key_pem("secret");
    options.tls.private_key_password = "secret";
    CHECK_FALSE(open_session(broker.port(1), options).error);

    // As Kafka's PEM key stores: key and certificate in one text.
    options.tls.certificate_pem = client.key_pem() + client.certificate_pem();
    options.tls.private_key_pem.clear();
    CHECK_FALSE(open_session(broker.port(1), options).error);

    const temporary_file store{client.pkcs12("secret")};
    options.tls.certificate_pem.clear();
    options.tls.certificate_file = store.path();
    CHECK_FALSE(open_session(broker.port(1), options).error);

    const auto wrong = stranger.client();
    options.tls.certificate_file.clear();
    options.tls.certificate_pem = wrong.certificate_pem();
    options.tls.private_key_pem = wrong.key_pem();
    CHECK(open_session(broker.port(1), options).error == errc::authentication_failed);
}

TEST_CASE("a revoked certificate is refused", "[T1]") {
    certificate_authority ca;
    const auto server = ca.server();
    testing::broker broker{behind(server)};
    const temporary_file revoked{ca.revoke(server)};
    auto options = trusting(ca);
    options.tls.crl_file = revoked.path();
    const auto found = open_session(broker.port(1), options);
    CHECK(found.error == errc::authentication_failed);
    CHECK_THAT(found.text, Contains("revoked"));
}

TEST_CASE("a file that is replaced counts from the next connection on") {
    certificate_authority ca;
    certificate_authority stranger{"somebody else"};
    testing::broker broker{behind(ca.server())};
    const temporary_file trusted{stranger.pem()};
    cluster_options options;
    options.tls.enabled = true;
    options.tls.ca_file = trusted.path();
    CHECK(open_session(broker.port(1), options).error == errc::authentication_failed);
    trusted.replace(ca.pem());
    CHECK_FALSE(open_session(broker.port(1), options).error);
    trusted.replace("nothing");
    const auto broken = open_session(broker.port(1), options);
    CHECK(broken.error == errc::invalid_option);
    CHECK_THAT(broken.text, Contains(trusted.path()));
}

TEST_CASE("a context of the user's is used as it is") {
    certificate_authority ca;
    testing::broker broker{behind(ca.server())};
    cluster_options options;
    options.tls.enabled = true;
    options.tls.context = std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_client);
    CHECK(open_session(broker.port(1), options).error == errc::authentication_failed);
    options.tls.context->add_certificate_authority(boost::asio::buffer(ca.pem()));
    CHECK_FALSE(open_session(broker.port(1), options).error);
    CHECK(shake_hands(broker.port(1), "elsewhere", options).error == errc::authentication_failed);
}
