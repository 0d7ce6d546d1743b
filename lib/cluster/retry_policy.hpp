// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/error.hpp>

#include <chrono>
#include <cstdint>

KASIO_BEGIN_NAMESPACE

/// What to do about a request that failed.
enum class retry_step : std::uint8_t {
    /// Tell the caller.
    fail,
    /// The same again, after a pause.
    again,
    /// Metadata anew, then again, after a pause: who was asked is no longer the one to ask.
    refresh_and_again,
};

/// What the traits of `error` advise while there is time: `resume` is when the next attempt would start. No
/// attempt starts at or after `deadline`.
[[nodiscard]] inline retry_step what_next(const error_code& error, std::chrono::steady_clock::time_point resume,
                                          std::chrono::steady_clock::time_point deadline) noexcept {
    if (!is_retriable(error) || resume >= deadline) return retry_step::fail;
    return needs_metadata_refresh(error) ? retry_step::refresh_and_again : retry_step::again;
}

/// Nothing that waiting would mend: the broker and we do not accept each other, or our options cannot be used.
/// Whoever waits for the broker is told at once, and it is not tried again before the longest pause is over.
[[nodiscard]] inline bool ends_waiting(const error_code& error) noexcept {
    return error == errc::authentication_failed || error == errc::server_proof_invalid || error == errc::invalid_option;
}

KASIO_END_NAMESPACE
