// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/error.hpp>
#include <kasio/secret_text.hpp>

#include <boost/asio/any_completion_handler.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// A bearer token for OAUTHBEARER (KIP-255).
struct oauth_token {
    /// As it goes to the broker, usually a JWT.
    secret_text value;
    /// When it ends: a token is used again for new connections during the first 80 % of the time it has left
    /// when it comes. The default: not known; then each authentication asks for one.
    std::chrono::system_clock::time_point expires{};
    oauth_token() {}
    explicit oauth_token(secret_text token, std::chrono::system_clock::time_point end = {})
        : value{std::move(token)}, expires{end} {}
};

/// Gets tokens: starts to, and calls the handler once, from any thread, also at once; with a token, or with
/// an error, which is told in the text of `errc::token_unavailable`. The handler is a completion token, so
/// that any asynchronous operation for `void(error_code, oauth_token)` is a token source when it is started
/// with it; `token_from` (`<kasio/token_from.hpp>`) makes one of a coroutine.
///
/// **Calls.** On the cluster's strand, when a connection needs a token and none is at hand; connections that
/// need one at the same time share one call. **Errors.** What it throws counts as an error, and so do an
/// empty token and one that has expired. **Time.** The set-up time-out of the connection bounds the wait, not
/// the call; a call for which nobody waits any longer is not waited for by the next connection, but a token
/// that it brings is kept.
/// **Lifetime.** A handler may be destroyed uncalled, and may outlive the cluster; it must not be called
/// while the cluster's execution context is being destroyed.
using token_source =
    std::function<void(boost::asio::any_completion_handler<void(error_code, oauth_token)> handler)>;

/// A token that nobody signed (RFC 7519, `alg` none), made on the spot, as librdkafka's
/// `enable.sasl.oauthbearer.unsecure.jwt` and Java's default login do: for trying things out with brokers
/// that accept such. `claims` go into it besides `sub`, `iat` and `exp`; their values are texts.
[[nodiscard]] KASIO_DECL token_source
unsecured_tokens(std::string subject, std::chrono::seconds lifetime = std::chrono::hours{1},
                 std::vector<std::pair<std::string, std::string>> claims = {});

KASIO_END_NAMESPACE
