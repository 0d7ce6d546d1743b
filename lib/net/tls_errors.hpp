// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/error.hpp>

#include <openssl/ssl.h>

#include <string>

KASIO_BEGIN_NAMESPACE

/// The reasons in this thread's error queue of OpenSSL, the first cause first; empties the queue.
[[nodiscard]] std::string take_openssl_errors();

/// For whom a certificate is, so that a wrong name in the options shows at once.
[[nodiscard]] std::string names_in_certificate(const X509* certificate);

/// What made an operation of OpenSSL fail.
struct tls_failure {
    error_code code;
    std::string text;
};

/// Why the handshake failed with SSL_ERROR_SSL, in the words of the peer's certificate, its alert or OpenSSL.
/// Empties the queue. `host` is who was dialled, `names` for whom the certificate is that was refused.
[[nodiscard]] tls_failure why_handshake_failed(const SSL* line, const std::string& host,
                                               const std::string& names);
/// Why reading or writing failed after the handshake: a refusal of this client's certificate, or
/// `connection_lost`. Empties the queue.
[[nodiscard]] tls_failure why_transfer_failed();

KASIO_END_NAMESPACE
