// SPDX-License-Identifier: BSL-1.0
#include "properties/name_table.hpp"

#include <array>

KASIO_BEGIN_NAMESPACE

namespace {

constexpr auto ignored = property_effect::ignored;
constexpr auto refused = property_effect::refused;
constexpr auto unavailable = property_effect::unavailable;
constexpr bool secret = true;

constexpr std::string_view no_transactions = "transactions are not available yet";
constexpr std::string_view no_share = "share groups are not available yet";
constexpr std::string_view no_oidc = "tokens over HTTP come from the program (sasl_options::token_source)";
constexpr std::string_view validators = "for those who check tokens: brokers";
constexpr std::string_view no_log = "kasio writes no log";
constexpr std::string_view no_metrics = "kasio reports no metrics";
constexpr std::string_view not_needed = "kasio has no need of it";
constexpr std::string_view no_resolver_cache = "names are looked up at each connect";
constexpr std::string_view bytes_only = "keys and values are bytes here";
constexpr std::string_view negotiated = "versions are always negotiated";
constexpr std::string_view java_only = "only means something in Java";
constexpr std::string_view own_context = "give an ssl::context of your own (tls_options::context)";
constexpr std::string_view use_source = "give a token source";
constexpr std::string_view use_delivery = "use try_send and producer_options::on_delivery";
constexpr std::string_view use_tokens = "operations take completion tokens; there are no callbacks to set";
constexpr std::string_view one_limit = "buffer_memory alone bounds what is held";
constexpr std::string_view fixed = "fixed in this version";

constexpr auto names = std::to_array<other_name>({
    // Connections and metadata.
    {"bootstrap.controllers", unavailable, "administration is not available yet: give bootstrap.servers"},
    {"bootstrap.resolve.timeout.ms", ignored, "socket.connection.setup.timeout.ms bounds it"},
    {"socket.connection.setup.timeout.max.ms", ignored, "the time-out of a set-up does not grow"},
    {"metadata.max.idle.ms", ignored, fixed},
    {"metadata.recovery.rebootstrap.trigger.ms", ignored, fixed},
    {"metadata.cluster.check.enable", ignored, fixed},
    {"topic.metadata.propagation.max.ms", ignored, "max.block.ms bounds the wait for a topic"},
    {"topic.metadata.refresh.sparse", ignored, not_needed},
    {"topic.metadata.refresh.fast.interval.ms", ignored, "retry.backoff.ms sets the pace"},
    {"topic.metadata.refresh.fast.cnt", ignored, not_needed},
    {"exclude.internal.topics", ignored, "topics are read by name only"},
    {"topic.blacklist", ignored, "topics are read by name only"},
    {"broker.address.ttl", ignored, no_resolver_cache},
    {"socket.max.fails", ignored, "a request that timed out closes its connection"},
    {"socket.blocking.max.ms", ignored, not_needed},
    {"reconnect.backoff.jitter.ms", ignored, "there is always jitter"},
    {"api.version.request", ignored, negotiated},
    {"api.version.request.timeout.ms", ignored, negotiated},
    {"api.version.fallback.ms", ignored, negotiated},
    {"broker.version.fallback", ignored, negotiated},
    {"enable.metrics.push", ignored, no_metrics},
    {"statistics.interval.ms", ignored, no_metrics},
    {"metric.reporters", ignored, no_metrics},
    {"metrics.*", ignored, no_metrics},
    {"debug", ignored, no_log},
    {"log_level", ignored, no_log},
    {"log.*", ignored, no_log},
    {"internal.*", ignored, "internal to another client"},
    {"enable.random.seed", ignored, not_needed},
    {"enabled_events", ignored, "there is no event queue"},
    {"config.providers", ignored, java_only},
    {"config.providers.*", ignored, java_only},
    {"security.providers", ignored, java_only},
    {"interceptor.classes", ignored, java_only},
    {"interceptors", ignored, java_only},
    {"auto.include.jmx.reporter", ignored, java_only},
    {"builtin.features", ignored, "kasio::features() tells"},
    {"default_topic_conf", refused, "give its names themselves"},
    {"plugin.library.paths", refused, "there are no plug-ins"},
    {"opaque", refused, use_tokens},
    {"*_cb", refused, use_tokens},
    {"msg_order_cmp", ignored, "deprecated"},
    {"client.quota.callback.class", ignored, "a broker's"},
    {"schema.registry.*", ignored, bytes_only},
    {"basic.auth.*", ignored, bytes_only, secret},
    {"confluent.*", ignored, java_only},
    {"*.serializer", ignored, bytes_only},
    {"*.deserializer", ignored, bytes_only},
    // TLS.
    {"ssl.secure.random.implementation", ignored, java_only},
    {"ssl.provider", refused, own_context},
    {"ssl.providers", refused, own_context},
    {"ssl.keymanager.algorithm", refused, own_context},
    {"ssl.trustmanager.algorithm", refused, own_context},
    {"ssl.engine.factory.class", refused, own_context},
    {"ssl.engine.id", refused, own_context},
    {"ssl.engine.location", refused, own_context},
    {"ssl_engine_callback_data", refused, own_context},
    {"ssl.ca.certificate.stores", refused, own_context},
    {"ssl.certificate.verify_cb", refused, own_context},
    {"ssl_key", refused, "give ssl.keystore.key or ssl.key.location", secret},
    {"ssl_certificate", refused, "give ssl.keystore.certificate.chain or ssl.keystore.location"},
    {"ssl_ca", refused, "give ssl.truststore.certificates or ssl.truststore.location"},
    // SASL.
    {"sasl.oauthbearer.method", unavailable, no_oidc},
    {"sasl.oauthbearer.grant.type", unavailable, no_oidc},
    {"sasl.oauthbearer.token.endpoint.url", unavailable, no_oidc},
    {"sasl.oauthbearer.client.credentials.client.id", unavailable, no_oidc},
    {"sasl.oauthbearer.client.credentials.client.secret", unavailable, no_oidc, secret},
    {"sasl.oauthbearer.scope", unavailable, no_oidc},
    {"sasl.oauthbearer.sub.claim.name", unavailable, no_oidc},
    {"sasl.oauthbearer.header.urlencode", ignored, no_oidc},
    {"sasl.oauthbearer.assertion.private.key.passphrase", unavailable, no_oidc, secret},
    {"sasl.oauthbearer.assertion.private.key.pem", unavailable, no_oidc, secret},
    {"sasl.oauthbearer.assertion.*", unavailable, no_oidc},
    {"sasl.oauthbearer.metadata.authentication.type", refused, use_source},
    {"sasl.oauthbearer.jwks.*", ignored, validators},
    {"sasl.oauthbearer.jwt.*", ignored, validators},
    {"sasl.oauthbearer.expected.*", ignored, validators},
    {"sasl.oauthbearer.allow.unverified.*", ignored, validators},
    {"sasl.oauthbearer.clock.skew.seconds", ignored, validators},
    {"sasl.oauthbearer.scope.claim.name", ignored, validators},
    {"sasl.login.callback.handler.class", refused, use_source},
    {"sasl.login.class", refused, use_source},
    {"sasl.client.callback.handler.class", refused, use_source},
    {"sasl.login.refresh.*", ignored, "a token is renewed when its source says so"},
    {"sasl.login.connect.timeout.ms", ignored, no_oidc},
    {"sasl.login.read.timeout.ms", ignored, no_oidc},
    {"sasl.login.retry.*", ignored, no_oidc},
    {"https.ca.location", ignored, no_oidc},
    {"https.ca.pem", ignored, no_oidc},
    {"sasl.kerberos.kinit.cmd", ignored, "the credentials cache is the user's"},
    {"sasl.kerberos.min.time.before.relogin", ignored, "the credentials cache is the user's"},
    {"sasl.kerberos.ticket.*", ignored, "the credentials cache is the user's"},
    // Producing.
    {"buffer.memory.allocation.strategy", ignored, not_needed},
    {"batch.num.messages", ignored, "batch.size bounds batches"},
    {"queue.buffering.max.messages", ignored, one_limit},
    {"queue.buffering.backpressure.threshold", ignored, not_needed},
    {"message.copy.max.bytes", ignored, not_needed},
    {"queuing.strategy", ignored, "always fifo"},
    {"produce.offset.report", ignored, "deliveries always have their offset"},
    {"sticky.partitioning.linger.ms", ignored, fixed},
    {"partitioner.adaptive.partitioning.enable", ignored, fixed},
    {"partitioner.availability.timeout.ms", ignored, fixed},
    {"partitioner.rack.aware", ignored, fixed},
    {"enable.gapless.guarantee", refused, use_delivery},
    {"delivery.report.only.error", refused, use_delivery},
    {"transactional.id", unavailable, no_transactions},
    {"transaction.timeout.ms", ignored, no_transactions},
    {"transaction.two.phase.commit.enable", unavailable, no_transactions},
    // Consuming.
    {"group.protocol.type", ignored, "always consumer"},
    {"coordinator.query.interval.ms", ignored, "retry.backoff.ms sets the pace"},
    {"enable.auto.offset.store", ignored, "what a poll gave is stored when the next one begins"},
    {"offset.store.*", ignored, "offsets are never kept in files"},
    {"queued.min.messages", ignored, "fetching goes on up to the budget"},
    {"fetch.queue.backoff.ms", ignored, not_needed},
    {"fetch.error.backoff.ms", ignored, "retry.backoff.ms sets the pace"},
    {"consume.callback.max.messages", ignored, "max.poll.records bounds a poll"},
    {"share.acknowledgement.mode", ignored, no_share},
    {"share.acquire.mode", ignored, no_share},
});

constexpr auto aliases = std::to_array<alias>({
    {"metadata.broker.list", "bootstrap.servers"},
    {"socket.timeout.ms", "request.timeout.ms"},
    {"topic.metadata.refresh.interval.ms", "metadata.max.age.ms"},
    {"socket.send.buffer.bytes", "send.buffer.bytes"},
    {"socket.receive.buffer.bytes", "receive.buffer.bytes"},
    {"ssl.ca.location", "ssl.truststore.location"},
    {"ssl.ca.pem", "ssl.truststore.certificates"},
    {"ssl.certificate.location", "ssl.keystore.location"},
    {"ssl.certificate.pem", "ssl.keystore.certificate.chain"},
    {"ssl.key.pem", "ssl.keystore.key"},
    {"ssl.keystore.password", "ssl.key.password"},
    {"sasl.mechanisms", "sasl.mechanism"},
    {"sasl.oauthbearer.client.id", "sasl.oauthbearer.client.credentials.client.id"},
    {"sasl.oauthbearer.client.secret", "sasl.oauthbearer.client.credentials.client.secret"},
    {"request.required.acks", "acks"},
    {"queue.buffering.max.ms", "linger.ms"},
    {"message.max.bytes", "max.request.size"},
    {"message.timeout.ms", "delivery.timeout.ms"},
    {"message.send.max.retries", "retries"},
    {"max.in.flight", "max.in.flight.requests.per.connection"},
    {"compression.codec", "compression.type"},
    {"auto.commit.enable", "enable.auto.commit"},
    {"fetch.wait.max.ms", "fetch.max.wait.ms"},
    {"fetch.message.max.bytes", "max.partition.fetch.bytes"},
});

} // namespace

std::span<const alias> property_aliases() { return aliases; }
std::span<const other_name> other_property_names() { return names; }

KASIO_END_NAMESPACE
