// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "security/sasl_machine.hpp"

#include <kasio/config.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

KASIO_BEGIN_NAMESPACE

enum class scram_hash : std::uint8_t { sha_256, sha_512 };

struct scram_parameters {
    scram_hash hash = scram_hash::sha_256;
    std::string_view username = {};
    std::string_view password = {};
    /// The password is a delegation token's: `tokenauth=true` is sent (KIP-48).
    bool token_authentication = false;
    std::uint32_t max_iterations = 65'536;
    /// Ours; from `make_scram_nonce` except in tests.
    std::string nonce = {};
};

/// SCRAM (RFC 5802, RFC 7677) without channel binding. Names and passwords are taken as UTF-8 without
/// SASLprep, as Java's ScramFormatter does. `on_work` does `scram_rounds_per_slice` rounds of hashing at
/// most.
[[nodiscard]] std::unique_ptr<sasl_machine> make_scram(const scram_parameters& parameters);

/// 144 random bits as text; empty when the system has no randomness to give.
[[nodiscard]] std::string make_scram_nonce();

inline constexpr std::uint32_t scram_min_iterations = 4'096;
/// So that an executor is held up for 5 ms at most: a slice of SHA-512 was measured to take 0.18 ms of the
/// processor, the longest of 1,280 0.45 ms on a machine with six times as much to do as it could; of SHA-256
/// 0.08 and 0.23 ms.
inline constexpr std::uint32_t scram_rounds_per_slice = 256;

KASIO_END_NAMESPACE
