// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/config.hpp>
#include <kasio/error.hpp>

#include <cstddef>
#include <cstdint>

KASIO_BEGIN_NAMESPACE

/// What is known of a batch when a broker answers it with an error that is none of sequences (those are the
/// `sequence_keeper`'s).
struct refused_batch {
    /// An earlier attempt may have been appended.
    bool unknown = false;
    std::size_t records = 1;
    /// How many of them the answer blames (KIP-467).
    std::size_t blamed = 0;
};

/// What follows from that (Kafka's Sender).
struct refusal {
    enum class remedy : std::uint8_t {
        /// Sent again as it is, after a pause.
        again,
        /// Sent again in two parts.
        in_parts,
        /// The blamed records end with the error, the others are sent again.
        without_blamed,
        /// It ends with the error.
        end,
    };
    remedy what = remedy::end;
    /// From now on the batch may be in the log.
    bool unknown = false;
};

/// Codes that nobody foresaw are ends, and never leave more certain than it was.
[[nodiscard]] refusal judge(const error_code& error, const refused_batch& batch) noexcept;

KASIO_END_NAMESPACE
