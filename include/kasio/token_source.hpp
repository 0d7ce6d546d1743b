// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/error.hpp>

#include <boost/asio/any_completion_handler.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <utility>

KASIO_BEGIN_NAMESPACE

/// A bearer token for OAUTHBEARER (KIP-255).
struct oauth_token {
    /// As it goes to the broker, usually a JWT.
    std::string value;
    /// When it ends; connections authenticate again before. The default: not known.
    std::chrono::system_clock::time_point expires{};
    oauth_token() {}
    explicit oauth_token(std::string token, std::chrono::system_clock::time_point end = {})
        : value{std::move(token)}, expires{end} {}
};

/// Called on the cluster's strand when a connection needs a token and none is at hand; concurrent needs share
/// one call. It starts to get one and calls the handler once, from any thread: with a token, or with an error,
/// which becomes the cause of `errc::token_unavailable`. The connection's set-up time-out bounds the wait. What
/// it throws counts as an error. `token_from` makes one of a coroutine (kasio/token_from.hpp).
using token_source =
    std::function<void(boost::asio::any_completion_handler<void(error_code, oauth_token)> handler)>;

KASIO_END_NAMESPACE
