// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "security/sasl_machine.hpp"

#include <kasio/messages/sasl.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

KASIO_BEGIN_NAMESPACE

/// One authentication of a connection: SaslHandshake chooses the mechanism, then its tokens go back and
/// forth, in SaslAuthenticate (KIP-152) or, with brokers before Kafka 1.0, as frames without any header. Used
/// once, for a new connection or for one in use (KIP-368).
class sasl_exchange {
public:
    struct step {
        enum class action : std::uint8_t {
            send_handshake,    ///< SaslHandshake, then `on_handshake`
            send_authenticate, ///< `token` in SaslAuthenticate, then `on_authenticate`
            send_raw,          ///< `token` as a frame by itself, then `on_raw`
            work,              ///< let others run, then `on_work`
            /// Call `on_work` where it may block, and nothing else until it returns.
            block,
            done, ///< the broker has accepted
            fail, ///< end the connection with `error`; `text` says why
        };
        action what;
        secret token = {};
        error_code error = {};
        std::string text = {};
    };
    /// Which versions of the two requests broker and client have in common.
    struct versions {
        std::optional<std::int16_t> handshake;
        std::optional<std::int16_t> authenticate;
    };

    sasl_exchange(std::string mechanism, std::unique_ptr<sasl_machine> machine, versions common);

    [[nodiscard]] step start();
    [[nodiscard]] step on_handshake(const protocol::sasl_handshake_response& answer);
    [[nodiscard]] step on_authenticate(const protocol::sasl_authenticate_response& answer);
    [[nodiscard]] step on_raw(std::string_view token);
    [[nodiscard]] step on_work();

    /// The version to send SaslHandshake with.
    [[nodiscard]] std::int16_t handshake_version() const noexcept;
    /// After `done`: how long the session may last from now on; zero when there is no bound.
    [[nodiscard]] std::chrono::milliseconds lifetime() const noexcept { return lifetime_; }

private:
    [[nodiscard]] step follow(sasl_step next);

    std::string mechanism_;
    std::unique_ptr<sasl_machine> machine_;
    versions common_;
    bool raw_ = false;
    /// What the broker complained of before it refused.
    std::string complaint_;
    std::chrono::milliseconds lifetime_{0};
};

KASIO_END_NAMESPACE
