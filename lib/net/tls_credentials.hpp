// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/tls_options.hpp>

#include <openssl/ssl.h>

#include <string>

KASIO_BEGIN_NAMESPACE

/// Each of these puts a part of the options into a context, and returns what is wrong with them, or nothing.

/// Whom to trust, and who was revoked.
[[nodiscard]] std::string load_trust(SSL_CTX* context, const tls_options& options);
/// Who this client is.
[[nodiscard]] std::string load_identity(SSL_CTX* context, const tls_options& options);

KASIO_END_NAMESPACE
