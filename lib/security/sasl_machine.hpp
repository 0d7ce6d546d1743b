// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "security/secret.hpp"

#include <kasio/config.hpp>
#include <kasio/error.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// What to do next in a SASL exchange.
struct sasl_step {
    enum class action : std::uint8_t {
        send, ///< send `message`, then call `on_message` with the answer
        work, ///< let others run, then call `on_work`
        /// Call `on_work` where it may block; nothing else is called until it returns.
        block,
        done, ///< the broker has accepted
        fail, ///< end the connection with `error`; `text` says why
    };
    action what;
    secret message = {};
    error_code error = {};
    /// Why it failed. With `send`: what the broker complained of; it refuses after this message.
    std::string text = {};
};

/// One side of one SASL exchange: the client's. Used once; every call after `done` or `fail` fails.
class sasl_machine {
public:
    virtual ~sasl_machine() = default;
    [[nodiscard]] virtual sasl_step start() = 0;
    [[nodiscard]] virtual sasl_step on_message(std::string_view message) = 0;
    [[nodiscard]] virtual sasl_step on_work();
};

[[nodiscard]] sasl_step sasl_failure(errc code, std::string text);
/// Text of a broker made fit for a log: at most 512 bytes, all but printable ASCII replaced by `?`.
[[nodiscard]] std::string printable(std::string_view text);

/// PLAIN (RFC 4616). Text in the broker's answer is not looked at, as in Java.
[[nodiscard]] std::unique_ptr<sasl_machine> make_plain(std::string_view username, std::string_view password);

/// OAUTHBEARER (RFC 7628) with the extensions of KIP-342.
[[nodiscard]] std::unique_ptr<sasl_machine> make_oauthbearer(
    std::string_view token, std::vector<std::pair<std::string, std::string>> extensions);

KASIO_END_NAMESPACE
