// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/token_source.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// How a client proves who it is. `sasl.mechanism`; `none`: not at all.
enum class sasl_mechanism : std::uint8_t { none, plain, scram_sha_256, scram_sha_512, oauthbearer, gssapi };

/// Who this client is, for SASL. Secrets are wiped when the cluster is destroyed and are never printed.
struct sasl_options {
    sasl_mechanism mechanism = sasl_mechanism::none;

    /// PLAIN and SCRAM. `sasl.username`, `sasl.password`, `sasl.jaas.config`.
    std::string username = {};
    std::string password = {};
    /// The password is a delegation token's (KIP-48): SCRAM only. `tokenauth` of `sasl.jaas.config`.
    bool token_authentication = false;
    /// SCRAM: the most rounds of hashing that a broker may ask for; more is refused before any work.
    std::uint32_t max_iterations = 65'536;

    /// OAUTHBEARER: where tokens come from. Required with that mechanism. See token_source.hpp.
    kasio::token_source token_source = {};
    /// Sent along with the token (KIP-342). `sasl.oauthbearer.extensions`.
    std::vector<std::pair<std::string, std::string>> extensions = {};

    /// GSSAPI: the first part of the brokers' principals. `sasl.kerberos.service.name`.
    std::string kerberos_service_name = "kafka";
    /// GSSAPI: who this client is; empty: the default of the credentials cache. `sasl.kerberos.principal`.
    std::string kerberos_principal = {};
    /// GSSAPI: a key table to take the credentials from, instead of the cache. `sasl.kerberos.keytab`.
    std::string kerberos_keytab = {};
};

KASIO_END_NAMESPACE
