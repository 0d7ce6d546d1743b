// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/config.hpp>
#include <kasio/testing/broker_sasl.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// The broker's side of one SASL exchange. Written by itself, so that the client's mistakes are not shared.
class sasl_server {
public:
    struct reply {
        enum class verdict : std::uint8_t { go_on, accepted, refused };
        verdict what = verdict::refused;
        std::string token = {};
        /// Why it was refused.
        std::string text = "Authentication failed";
        /// When the credentials end, in milliseconds since the Unix epoch.
        std::optional<std::int64_t> end = {};
    };

    virtual ~sasl_server() = default;
    /// `now` in milliseconds since the Unix epoch.
    [[nodiscard]] virtual reply on_token(std::string_view token, std::int64_t now) = 0;

    /// Null for a mechanism that is not among `whom.mechanisms`.
    [[nodiscard]] static std::unique_ptr<sasl_server> create(std::string_view mechanism,
                                                             const broker_sasl& whom);
};

} // namespace testing
KASIO_END_NAMESPACE
