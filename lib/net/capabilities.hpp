// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "net/api_versions.hpp"

#include <kasio/config.hpp>

#include <cstdint>
#include <string_view>

KASIO_BEGIN_NAMESPACE

/// What some brokers can do and others cannot, by name, so that nobody else compares versions.
enum class capability : std::uint8_t {
    /// Topics by id, where the ids of all that a request or session names are known (KIP-516).
    fetch_by_id,
    produce_by_id,
    /// Batches compressed with zstd (KIP-110).
    produce_zstd,
    fetch_zstd,
    /// Which records of a batch were refused, and why (KIP-467).
    record_errors,
    /// A refusal that names the new leader (KIP-951): in produce answers always with its address, in fetch
    /// answers with it only from `leader_address_at_fetch` on.
    leader_hint_at_produce,
    leader_hint_at_fetch,
    leader_address_at_fetch,
    /// Producer ids (KIP-98), and raising their epoch after an error (KIP-360).
    idempotence,
    epoch_bump,
    /// Transactions that the broker defends by an epoch each (KIP-890): the cluster's feature too.
    transactions_v2,
    /// Members that keep their place over a restart (KIP-345).
    static_membership,
    /// A member that joins without an id is sent back with one (KIP-394).
    required_member_id,
    /// Fetching from the nearest replica (KIP-392).
    follower_fetch,
    /// Finding out that a log lost its end (KIP-320).
    truncation_detection,
    /// Committed offsets that no open transaction may yet change (KIP-447).
    stable_offsets,
    /// Groups whose broker assigns (KIP-848). A broker may know the request and refuse it with error 35 all
    /// the same.
    consumer_protocol,
    /// Share groups (KIP-932), and prolonging what was acquired, acquiring no more than asked (KIP-1222,
    /// KIP-1206).
    share_groups,
    share_renewal,
    /// Several groups a request (KIP-699, KIP-709).
    batched_coordinator_lookup,
    batched_offset_fetch,
};
inline constexpr int capability_count = static_cast<int>(capability::batched_offset_fetch) + 1;

/// Does this broker, by what it offers and what this client knows, have the capability? `features` are the
/// cluster's, which another broker may know better.
[[nodiscard]] bool has(const api_versions& broker, capability what,
                       const finalized_features& features) noexcept;
/// By the features that this broker named.
[[nodiscard]] bool has(const api_versions& broker, capability what) noexcept;

/// For logs.
[[nodiscard]] std::string_view name_of(capability what) noexcept;

/// Must the client be silent for the `throttle_time_ms` of an answer of that version? Below, the broker has
/// delayed the answer itself (KIP-219).
[[nodiscard]] bool client_throttles(std::int16_t api_key, std::int16_t version) noexcept;

KASIO_END_NAMESPACE
