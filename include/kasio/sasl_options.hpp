// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/secret_text.hpp>
#include <kasio/token_source.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// How a client proves who it is. `sasl.mechanism`; `none`: not at all.
enum class sasl_mechanism : std::uint8_t { none, plain, scram_sha_256, scram_sha_512, oauthbearer, gssapi };

/// Who this client is, for SASL. Secrets are wiped when the last copy of the options is destroyed, and never
/// printed.
///
/// Connections authenticate within their set-up time-out. `errc::authentication_failed`: the broker refuses,
/// or does not offer the mechanism (the text says which it does); `errc::server_proof_invalid`: it is not who
/// it should be (SCRAM). Whoever waits is told at once then, and the node is left alone for the longest
/// reconnect pause. `errc::token_unavailable`: tried again, as a broker that cannot be reached. Where brokers
/// bound sessions
/// (`connections.max.reauth.ms`, KIP-368), connections authenticate again while they are in use, at 70 to 80
/// % of that time, and lose no request; one that is refused then ends with the cause.
struct sasl_options {
    sasl_mechanism mechanism = sasl_mechanism::none;
    /// PLAIN and OAUTHBEARER show the secret to whoever reads the connection, so without TLS they are refused
    /// (`errc::invalid_option`) unless this is set. `security.protocol` SASL_PLAINTEXT.
    bool allow_plaintext = false;

    /// PLAIN and SCRAM. `sasl.username`, `sasl.password`, `sasl.jaas.config`.
    std::string username = {};
    secret_text password = {};
    /// The password is a delegation token's (KIP-48): SCRAM only. `tokenauth` of `sasl.jaas.config`.
    bool token_authentication = false;
    /// SCRAM: the most rounds of hashing that a broker may ask for; more is refused before any work.
    std::uint32_t max_iterations = 65'536;

    /// OAUTHBEARER: where tokens come from. Required with that mechanism. See token_source.hpp.
    kasio::token_source token_source = {};
    /// Sent along with the token (KIP-342): names of letters only. `sasl.oauthbearer.extensions`.
    std::vector<std::pair<std::string, std::string>> extensions = {};

    /// GSSAPI, where this build has it (`KASIO_HAS_GSSAPI`): the first part of the brokers' principals.
    /// `sasl.kerberos.service.name`.
    std::string kerberos_service_name = "kafka";
    /// GSSAPI: who this client is; empty: the default of the credentials cache. `sasl.kerberos.principal`.
    std::string kerberos_principal = {};
    /// GSSAPI: a key table to take the credentials from, instead of the cache. `sasl.kerberos.keytab`.
    std::string kerberos_keytab = {};
    /// GSSAPI: required. The system's library waits for the key distribution centre by blocking its caller,
    /// so it is called here: by a thread pool, not by what runs the cluster.
    boost::asio::any_io_executor blocking_executor = {};
};

KASIO_END_NAMESPACE
