// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <kasio/assignor.hpp>
#include <kasio/properties.hpp>

#include <chrono>
#include <cstdlib>
#include <string>

using namespace kasio;
using namespace std::chrono_literals;

namespace {

/// The text of the error; fails the test when there is none.
std::string refusal_of(const properties& given, errc expected = errc::invalid_option) {
    try {
        (void)options_from(given);
    } catch (const property_error& error) {
        CHECK(error.code() == expected);
        return error.what();
    }
    FAIL("nothing was refused");
    return {};
}

bool holds(const std::string& text, const std::string& piece) { return text.find(piece) != text.npos; }

} // namespace

TEST_CASE("names fill the members they stand for, in their units") {
    const auto all = options_from({
        {"bootstrap.servers", "a:1, SSL://b:2"},
        {"client.id", " exactly this "},
        {"client.dns.lookup", "resolve_canonical_bootstrap_servers_only"},
        {"broker.address.family", "v6"},
        {"request.timeout.ms", "1500"},
        {"connections.max.idle.ms", "-1"},
        {"send.buffer.bytes", "-1"},
        {"socket.nagle.disable", "false"},
        {"acks", "1"},
        {"enable.idempotence", "False"},
        {"linger.ms", "0.5"},
        {"queue.buffering.max.kbytes", "64"},
        {"delivery.timeout.ms", "0"},
        {"compression.type", "ZSTD"},
        {"max.in.flight", "7"},
        {"auto.offset.reset", "smallest"},
        {"isolation.level", "read_uncommitted"},
        {"queued.max.messages.kbytes", "2"},
        {"fetch.wait.max.ms", "20"},
        {"check.crcs", "off"},
        {"enable.partition.eof", "true"},
        {"max.poll.records", "10"},
    });
    CHECK(all.cluster.bootstrap_servers == "a:1,b:2");
    CHECK(all.cluster.client_id == " exactly this ");
    CHECK(all.cluster.dns_lookup == dns_lookup::resolve_canonical_bootstrap_servers_only);
    CHECK(all.cluster.address_family == address_family::v6);
    CHECK(all.cluster.request_timeout == 1500ms);
    CHECK(all.cluster.idle_timeout == 0ms);
    CHECK(all.cluster.send_buffer == 0);
    CHECK_FALSE(all.cluster.tcp_no_delay);
    CHECK(all.producer.acks == acks::leader);
    CHECK(all.producer.idempotence == false);
    CHECK(all.producer.linger == 1ms);
    CHECK(all.producer.buffer_memory == 64 * 1024);
    CHECK(all.producer.delivery_timeout > 24h);
    CHECK(all.producer.compression == compression::zstd);
    CHECK(all.producer.max_in_flight == 7);
    CHECK(all.consumer.offset_reset == offset_reset::earliest);
    CHECK(all.consumer.isolation_level == isolation_level::read_uncommitted);
    CHECK(all.consumer.buffer_memory == 2048);
    CHECK(all.consumer.fetch_max_wait == 20ms);
    CHECK_FALSE(all.consumer.check_crcs);
    CHECK(all.consumer.report_end);
    CHECK(all.consumer.max_poll_records == 10);
    CHECK(all.notes.empty());
}

TEST_CASE("names set only what they name, and keep what the caller started with") {
    client_options start;
    start.cluster.client_rack = "here";
    start.producer.linger = 99ms;
    const auto all = options_from({{"acks", "0"}}, start);
    CHECK(all.cluster.client_rack == "here");
    CHECK(all.producer.linger == 99ms);
    CHECK(options_from(properties{}).cluster.bootstrap_servers == cluster_options{}.bootstrap_servers);
}

TEST_CASE("TLS is filled from either world's names") {
    const auto java = options_from({
        {"security.protocol", "ssl"},
        {"ssl.truststore.location", "/no/such/ca.p12"},
        {"ssl.truststore.type", "PKCS12"},
        {"ssl.truststore.password", "open"},
        {"ssl.keystore.location", "me.pem"},
        {"ssl.keystore.password", "secret"},
        {"ssl.endpoint.identification.algorithm", ""},
        {"ssl.enabled.protocols", "TLSv1.3"},
    });
    CHECK(java.cluster.tls.enabled);
    CHECK(java.cluster.tls.ca_file == "/no/such/ca.p12");
    CHECK(java.cluster.tls.ca_password == "open");
    CHECK(java.cluster.tls.certificate_file == "me.pem");
    CHECK(java.cluster.tls.private_key_password == "secret");
    CHECK_FALSE(java.cluster.tls.verify_host_name);
    CHECK(java.cluster.tls.min_version == tls_version::tls_1_3);
    const auto other = options_from({
        {"security.protocol", "SSL"},
        {"ssl.ca.location", "/"},
        {"ssl.certificate.location", "me.crt"},
        {"ssl.key.location", "me.key"},
        {"ssl.crl.location", "crl.pem"},
        {"enable.ssl.certificate.verification", "false"},
        {"ssl.curves.list", "X25519"},
    });
    CHECK(other.cluster.tls.ca_directory == "/");
    CHECK(other.cluster.tls.ca_file.empty());
    CHECK(other.cluster.tls.certificate_file == "me.crt");
    CHECK(other.cluster.tls.private_key_file == "me.key");
    CHECK(other.cluster.tls.crl_file == "crl.pem");
    CHECK_FALSE(other.cluster.tls.verify);
    CHECK(other.cluster.tls.curves == "X25519");
    const auto texts =
        options_from({{"ssl.ca.pem", "ca"}, {"ssl.certificate.pem", "own"}, {"ssl.key.pem", "key"}});
    CHECK(texts.cluster.tls.ca_pem == "ca");
    CHECK(texts.cluster.tls.certificate_pem == "own");
    CHECK(texts.cluster.tls.private_key_pem == "key");
    CHECK_FALSE(texts.cluster.tls.enabled);
}

TEST_CASE("cipher suites are taken by IANA's and by OpenSSL's names") {
    const auto tls_of = [](const char* list) {
        return options_from({{"ssl.cipher.suites", list}}).cluster.tls;
    };
    const auto both = tls_of("TLS_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    CHECK(both.ciphers == "ECDHE-RSA-AES128-GCM-SHA256");
    CHECK(both.cipher_suites == "TLS_AES_128_GCM_SHA256");
    CHECK(both.min_version == tls_version::tls_1_2);
    CHECK(both.max_version == tls_version::tls_1_3);
    CHECK(tls_of("ECDHE-RSA-AES128-GCM-SHA256:!aNULL").ciphers == "ECDHE-RSA-AES128-GCM-SHA256:!aNULL");
    // Java would speak no other version with these either.
    CHECK(tls_of("TLS_AES_128_GCM_SHA256").min_version == tls_version::tls_1_3);
    CHECK(tls_of("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256").max_version == tls_version::tls_1_2);
    CHECK(holds(refusal_of({{"ssl.cipher.suites", "TLS_NO_WITH_SUCH"}}), "TLS_NO_WITH_SUCH"));
    CHECK(holds(
        refusal_of({{"ssl.cipher.suites", "TLS_AES_128_GCM_SHA256"}, {"ssl.enabled.protocols", "TLSv1.2"}}),
        "no version in common"));
    CHECK(holds(refusal_of({{"ssl.enabled.protocols", "TLSv1.1,TLSv1.2"}}), "older"));
}

TEST_CASE("the level is that of the codec in use") {
    const auto level_of = [](properties given) { return options_from(given).producer.compression_level; };
    const properties levels{{"compression.gzip.level", "9"}, {"compression.zstd.level", "5"}};
    auto with = [&](const char* codec, properties more = {}) {
        more.insert(more.end(), levels.begin(), levels.end());
        more.emplace_back("compression.type", codec);
        return level_of(more);
    };
    CHECK(with("gzip") == 9);
    CHECK(with("zstd", {{"compression.level", "3"}}) == 5);
    CHECK(with("lz4", {{"compression.level", "3"}}) == 3);
    CHECK(with("lz4") == std::nullopt);
    CHECK(with("none") == std::nullopt);
    CHECK(level_of({{"compression.type", "gzip"}, {"compression.level", "-1"}}) == std::nullopt);
    CHECK(level_of({{"compression.type", "gzip"}, {"compression.gzip.level", "-1"}}) == std::nullopt);
    CHECK(holds(refusal_of({{"compression.gzip.level", "10"}}), "compression.gzip.level '10'"));
}

TEST_CASE("one error tells of every unknown name, each with the nearest known one") {
    const auto text =
        refusal_of({{"lingr.ms", "1"}, {"acks", "1"}, {"servers.bootstrap", "x"}, {"nothing.like.it", "y"}},
                   errc::unknown_property);
    CHECK(text ==
          "unknown properties: lingr.ms (did you mean linger.ms?), servers.bootstrap (did you mean "
          "bootstrap.servers?), nothing.like.it");
    CHECK(refusal_of({{"lingr.ms", "1"}, {"lingr.ms", "2"}}, errc::unknown_property) ==
          "unknown property: lingr.ms (did you mean linger.ms?)");
    // What else is wrong is told as well.
    CHECK(
        holds(refusal_of({{"lingr.ms", "1"}, {"acks", "2"}}, errc::unknown_property), "acks '2' is none of"));
}

TEST_CASE("values that cannot be are refused with the name and the reason") {
    const std::pair<const char*, const char*> bad[] = {
        {"request.timeout.ms", "soon"},
        {"request.timeout.ms", "0"},
        {"request.timeout.ms", "-1"},
        {"linger.ms", "1e3"},
        {"linger.ms", "1.x"},
        {"linger.ms", ""},
        {"batch.size", "99999999999999999999"},
        {"fetch.max.bytes", "2147483648"},
        {"acks", "many"},
        {"check.crcs", "perhaps"},
        {"compression.type", "rar"},
        {"isolation.level", "both"},
        {"auto.offset.reset", "middle"},
        {"security.protocol", "TLS"},
        {"ssl.truststore.type", "ZIP"},
        {"bootstrap.servers", " "},
        {"client.dns.lookup", "never"},
        {"broker.address.family", "v5"},
        {"retries", "-1"},
        {"max.in.flight", "0"},
        {"socket.nagle.disable", ""},
        {"metadata.recovery.strategy", "x"},
        {"partitioner", "best"},
        {"ssl.protocol", "SSLv3"},
        {"max.poll.records", "0"},
        {"receive.message.max.bytes", "1"},
        {"ssl.enabled.protocols", ","},
        {"ssl.endpoint.identification.algorithm", "http"},
    };
    for (const auto& [name, value] : bad) {
        INFO(name << '=' << value);
        CHECK(holds(refusal_of({{name, value}}), std::string{name} + " '" + value + "' "));
    }
}

TEST_CASE("two names for the same must not differ, unless one comes from a stronger source") {
    const auto text = refusal_of({{"linger.ms", "1"}, {"queue.buffering.max.ms", "2"}});
    CHECK((holds(text, "linger.ms") && holds(text, "queue.buffering.max.ms") && holds(text, "differ")));
    CHECK(options_from({{"linger.ms", "3"}, {"queue.buffering.max.ms", "3"}}).producer.linger == 3ms);
    CHECK(options_from({{"linger.ms", "1"}, {"linger.ms", "2"}}).producer.linger == 2ms);
    const std::vector<properties> layers{{{"linger.ms", "1"}, {"acks", "0"}},
                                         {{"queue.buffering.max.ms", "2"}}};
    const auto all = options_from_layers(layers);
    CHECK(all.producer.linger == 2ms);
    CHECK(all.producer.acks == acks::none);
    CHECK(holds(refusal_of({{"request.timeout.ms", "1"}, {"socket.timeout.ms", "2"}}), "differ"));
}

TEST_CASE("names without effect are accepted and reported, once each") {
    const auto all = options_from({{"key.serializer", "org.x.Y"},
                                   {"statistics.interval.ms", "5"},
                                   {"debug", "all"},
                                   {"debug", "none"},
                                   {"schema.registry.url", "http://x"}});
    REQUIRE(all.notes.size() == 4);
    for (const auto& note : all.notes) CHECK_FALSE(note.text.empty());
}

TEST_CASE("names that kasio has something else for are refused with what that is") {
    CHECK(holds(refusal_of({{"dr_cb", "x"}}), "completion tokens"));
    CHECK(holds(refusal_of({{"ssl.engine.factory.class", "x"}}), "ssl::context"));
    CHECK(holds(refusal_of({{"enable.gapless.guarantee", "true"}}), "try_send"));
    CHECK(holds(refusal_of({{"partitioner.class", "org.x.Mine"}}), "producer_options::partitioner"));
    // Those that ask for nothing are no error.
    CHECK_NOTHROW(options_from({{"enable.gapless.guarantee", "false"},
                                {"transactional.id", ""},
                                {"transaction.two.phase.commit.enable", "false"},
                                {"sasl.jaas.config", "null"},
                                {"partitioner", "murmur2_random"},
                                {"partitioner.class", "null"}}));
}

TEST_CASE("partitioners go by the names of both worlds") {
    const auto chosen = [](const char* name, const char* value) {
        return options_from({{name, value}}).producer.partitioning;
    };
    CHECK(options_from({}).producer.partitioning == partitioning::murmur2_random);
    CHECK(chosen("partitioner", "consistent") == partitioning::consistent);
    CHECK(chosen("partitioner", "consistent_random") == partitioning::consistent_random);
    CHECK(chosen("partitioner", "murmur2") == partitioning::murmur2);
    CHECK(chosen("partitioner", "murmur2_random") == partitioning::murmur2_random);
    CHECK(chosen("partitioner", "fnv1a") == partitioning::fnv1a);
    CHECK(chosen("partitioner", "fnv1a_random") == partitioning::fnv1a_random);
    CHECK(chosen("partitioner", "random") == partitioning::sticky);
    CHECK(chosen("partitioner.class", "org.apache.kafka.clients.producer.RoundRobinPartitioner") ==
          partitioning::round_robin);
    CHECK(chosen("partitioner.ignore.keys", "true") == partitioning::sticky);
    CHECK(chosen("partitioner.ignore.keys", "false") == partitioning::murmur2_random);
}

TEST_CASE("a secret is never part of a message") {
    const std::string secret = "hunter2";
    for (const auto& known : known_properties()) {
        if (!known.secret || known.name.find('*') != known.name.npos) continue;
        INFO(known.name);
        try {
            const auto all =
                options_from({{std::string{known.name}, secret}, {"lingr.ms", "1"}, {"acks", "x"}});
            FAIL("nothing was refused");
        } catch (const property_error& error) {
            CHECK_FALSE(holds(error.what(), secret));
        }
    }
    CHECK_FALSE(
        holds(refusal_of({{"ssl.key.password", secret}, {"ssl.keystore.password", "other"}}), secret));
}

TEST_CASE("messages stay on one line and short, whatever was given") {
    const auto text = refusal_of({{"acks", "a\nb" + std::string(10'000, 'x')}});
    CHECK(text.find('\n') == text.npos);
    CHECK(text.size() < 300);
    CHECK(refusal_of({{std::string(10'000, '\n'), "x"}}, errc::unknown_property).size() < 300);
}

TEST_CASE("the environment is read by names in capitals") {
    ::setenv("KASIO_SSL_CA_LOCATION", "ca.pem", 1);
    ::setenv("KASIO_LINGER_MS", "", 1);
    ::setenv("KAFKA_BROKER", "there:1", 1);
    const auto first = options_from(environment_properties());
    ::setenv("KASIO_METADATA_BROKER_LIST", "here:1", 1);
    const auto second = options_from(environment_properties());
    ::unsetenv("KASIO_METADATA_BROKER_LIST");
    ::unsetenv("KAFKA_BROKER");
    ::unsetenv("KASIO_LINGER_MS");
    ::unsetenv("KASIO_SSL_CA_LOCATION");
    CHECK(first.cluster.bootstrap_servers == "there:1");
    CHECK(first.cluster.tls.ca_file == "ca.pem");
    CHECK(first.producer.linger == producer_options{}.linger);
    CHECK(second.cluster.bootstrap_servers == "here:1");
    CHECK(environment_properties().empty());
}

TEST_CASE("a group's settings have the names of both worlds") {
    const auto consumer =
        options_from({{"group.id", "g"},
                      {"group.instance.id", "i"},
                      {"group.protocol", "CLASSIC"},
                      {"group.remote.assignor", "uniform"},
                      {"partition.assignment.strategy",
                       "org.apache.kafka.clients.consumer.CooperativeStickyAssignor, roundrobin"},
                      {"session.timeout.ms", "6000"},
                      {"heartbeat.interval.ms", "2000"},
                      {"max.poll.interval.ms", "60000"},
                      {"auto.commit.enable", "false"},
                      {"auto.commit.interval.ms", "100"}})
            .consumer;
    CHECK(consumer.group_id == "g");
    CHECK(consumer.group_instance_id == "i");
    CHECK(consumer.group_protocol == group_protocol::classic);
    CHECK(consumer.remote_assignor == "uniform");
    REQUIRE(consumer.assignors.size() == 2);
    CHECK(consumer.assignors[0]->name() == "cooperative-sticky");
    CHECK(consumer.assignors[1]->name() == "roundrobin");
    CHECK(consumer.session_timeout == std::chrono::seconds{6});
    CHECK(consumer.heartbeat_interval == std::chrono::seconds{2});
    CHECK(consumer.max_poll_interval == std::chrono::seconds{60});
    CHECK_FALSE(consumer.auto_commit);
    CHECK(consumer.auto_commit_interval == std::chrono::milliseconds{100});
    CHECK(options_from({}).consumer.group_protocol == group_protocol::automatic);
    CHECK_THROWS_AS(options_from({{"group.protocol", "share"}}), property_error);
    CHECK_THROWS_AS(options_from({{"partition.assignment.strategy", "com.example.Mine"}}), property_error);
}
