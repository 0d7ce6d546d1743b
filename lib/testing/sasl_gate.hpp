// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "testing/sasl_server.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/config.hpp>
#include <kasio/testing/broker_sasl.hpp>
#include <kasio/testing/request.hpp>

#include <cstdint>
#include <memory>
#include <string>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// How far one connection has come with proving who it is. Times are milliseconds since the Unix epoch.
class sasl_gate {
public:
    /// Whether a request may be looked at; where not, Kafka hangs up.
    [[nodiscard]] bool admits(api which, const broker_sasl& whom, std::int64_t now) const;
    /// The next frame is a token without any header.
    [[nodiscard]] bool expects_raw() const noexcept { return raw_ && server_ != nullptr; }

    /// SaslHandshake, which may come again on a connection that is in (KIP-368).
    [[nodiscard]] broker_errc on_handshake(const std::string& mechanism, std::int16_t version,
                                           const broker_sasl& whom);
    /// A token. After a refusal nothing more is admitted.
    [[nodiscard]] sasl_server::reply on_token(std::string_view token, const broker_sasl& whom,
                                              std::int64_t now);
    /// The exchange under way has failed for another reason.
    void refuse() noexcept;
    /// How long the session may last; zero: for ever. After a token was accepted.
    [[nodiscard]] std::int64_t lifetime() const noexcept { return lifetime_; }

private:
    std::unique_ptr<sasl_server> server_;
    bool raw_ = false;
    bool is_in_ = false;
    bool is_out_ = false;
    std::int64_t lifetime_ = 0;
    /// When the session ends; zero: never.
    std::int64_t end_ = 0;
};

} // namespace testing
KASIO_END_NAMESPACE
