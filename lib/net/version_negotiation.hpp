// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "net/api_versions.hpp"

#include <kasio/error.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

KASIO_BEGIN_NAMESPACE

/// Which version of ApiVersions to ask with, and what an answer means (KIP-35, KIP-511).
///
/// A broker that does not know the version answers with error 35 and a body of version 0, whatever was asked.
/// Since Kafka 2.4 that body names the range of ApiVersions itself (Redpanda: of everything), before it is
/// empty. Each time it is asked strictly lower, so this ends after at most four answers whatever the peer
/// says.
class version_negotiation {
public:
    enum class outcome : std::uint8_t { done, ask_again, failed };

    /// Known to every broker since Kafka 2.4 and to Redpanda. Asking with 4 or 5 would cost most of them a
    /// second round trip on each connection, for nothing that this client uses.
    static constexpr std::int16_t first_version = 3;

    /// `start`: the version to begin with.
    explicit version_negotiation(std::int16_t start = first_version) noexcept : version_{start} {}

    /// The version to ask with now.
    [[nodiscard]] std::int16_t version() const noexcept { return version_; }
    /// `frame` is the answer from its correlation id on.
    [[nodiscard]] outcome on_answer(std::span<const std::byte> frame);

    /// After `done`.
    [[nodiscard]] const api_versions& offered() const noexcept { return offered_; }
    /// After `failed`: `unsupported_version`, `malformed_response` or the broker's own error.
    [[nodiscard]] error_code error() const noexcept { return error_; }
    [[nodiscard]] const std::string& error_text() const noexcept { return error_text_; }

private:
    outcome fail(error_code error, std::string text);
    outcome on_version_refused(const protocol::api_versions_response& answer);

    std::int16_t version_;
    api_versions offered_;
    error_code error_;
    std::string error_text_;
};

KASIO_END_NAMESPACE
