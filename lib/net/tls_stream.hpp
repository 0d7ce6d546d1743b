// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "net/stream.hpp"

#include <memory>

KASIO_BEGIN_NAMESPACE

/// A stream encrypted as `options.tls` says. `handshake` fails with
/// - `invalid_option`: the certificates, keys or lists of the options cannot be used;
/// - `authentication_failed`: the broker's certificate is not trusted or not for the host that was dialled,
/// or
///   the broker refused this client's;
/// - `tls_handshake_failed`: the peer does not speak TLS, or nothing that both accept;
/// - `connection_lost`: the connection broke in the middle of it.
/// `read_some` ends with `eof` after the peer's close_notify, with `stream_truncated` when the connection
/// ended without one, and with `authentication_failed` when the broker refuses this client's certificate
/// late, as TLS 1.3 does. `why` says it in words, with OpenSSL's reason.
[[nodiscard]] std::unique_ptr<stream> make_tls_stream(const serial_executor& executor,
                                                      const cluster_options& options);

KASIO_END_NAMESPACE
