// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <span>

// What is fuzzed. Each function takes any bytes whatever, and calls `require` (require.hpp) on what must
// hold.

/// A stream of frames as a broker reads it (request headers), and as a client does that negotiates versions.
void fuzz_frames(std::span<const std::byte> input);
/// Api key, version, body of a request; or of an answer.
void fuzz_requests(std::span<const std::byte> input);
void fuzz_responses(std::span<const std::byte> input);
/// A byte that chooses, then subscription, assignment, sticky user data or a control record.
void fuzz_stored(std::span<const std::byte> input);
/// The records of one partition of a fetch answer: batches of magic 2.
void fuzz_batches(std::span<const std::byte> input);
/// The same of magic 0 and 1.
void fuzz_legacy(std::span<const std::byte> input);
/// A byte that chooses the codec, then compressed bytes.
void fuzz_compression(std::span<const std::byte> input);
/// A byte that chooses the mechanism, then what the broker says, a line each.
void fuzz_sasl(std::span<const std::byte> input);
/// A byte that chooses, then a property file, a JAAS line or a single value.
void fuzz_properties(std::span<const std::byte> input);
