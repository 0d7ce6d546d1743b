// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace boost::asio::ssl {
class context;
}

KASIO_BEGIN_NAMESPACE

/// Which TLS version.
enum class tls_version : std::uint8_t { tls_1_2, tls_1_3 };

/// How connections are encrypted and brokers are identified. Files and texts are read when a connection is
/// made, so that a renewed certificate counts from the next connection on. Stores are told by their first
/// bytes: PEM, or PKCS#12 (then `private_key_password` opens it and it may hold key and certificates).
struct tls_options {
    /// `security.protocol` SSL or SASL_SSL.
    bool enabled = false;

    /// Whom to trust: a file or a directory (with OpenSSL's hashed names), a text in PEM, or, when all three
    /// are empty, what the system trusts. `ssl.truststore.location`, `ssl.ca.location`,
    /// `ssl.truststore.certificates`, `ssl.ca.pem`.
    std::string ca_file = {};
    std::string ca_directory = {};
    std::string ca_pem = {};
    /// Opens `ca_file` where it is PKCS#12. `ssl.truststore.password`.
    std::string ca_password = {};
    /// Revoked certificates, in PEM. `ssl.crl.location`.
    std::string crl_file = {};

    /// Who this client is (mTLS): the certificate and its chain, and its key, from files or texts in PEM.
    /// `ssl.keystore.location`, `ssl.certificate.location`, `ssl.keystore.certificate.chain`,
    /// `ssl.keystore.key`.
    std::string certificate_file = {};
    std::string certificate_pem = {};
    std::string private_key_file = {};
    std::string private_key_pem = {};
    /// `ssl.key.password`, `ssl.keystore.password`.
    std::string private_key_password = {};

    /// Check the broker's certificate against whom we trust. Switch it off for trying things out only: anybody
    /// could be the broker. `enable.ssl.certificate.verification`.
    bool verify = true;
    /// Check that the certificate is for the host name or the address that was dialled (KIP-294).
    /// `ssl.endpoint.identification.algorithm`.
    bool verify_host_name = true;

    /// `ssl.enabled.protocols`.
    tls_version min_version = tls_version::tls_1_2;
    tls_version max_version = tls_version::tls_1_3;
    /// Lists with OpenSSL's names: up to TLS 1.2, and for TLS 1.3; empty: OpenSSL's choice. `ssl.cipher.suites`.
    std::string ciphers = {};
    std::string cipher_suites = {};
    /// `ssl.curves.list`, `ssl.sigalgs.list`.
    std::string curves = {};
    std::string signature_algorithms = {};

    /// A context made by the user: used as it is, and only `verify` and `verify_host_name` of the rest count.
    std::shared_ptr<boost::asio::ssl::context> context = {};
};

KASIO_END_NAMESPACE
