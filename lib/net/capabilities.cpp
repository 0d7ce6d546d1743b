// SPDX-License-Identifier: BSL-1.0
#include "net/capabilities.hpp"

#include "protocol/api_table.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>

KASIO_BEGIN_NAMESPACE

namespace {

namespace key {
constexpr std::int16_t produce = 0;
constexpr std::int16_t fetch = 1;
constexpr std::int16_t metadata = 3;
constexpr std::int16_t offset_commit = 8;
constexpr std::int16_t offset_fetch = 9;
constexpr std::int16_t find_coordinator = 10;
constexpr std::int16_t join_group = 11;
constexpr std::int16_t heartbeat = 12;
constexpr std::int16_t sync_group = 14;
constexpr std::int16_t init_producer_id = 22;
constexpr std::int16_t offset_for_leader_epoch = 23;
constexpr std::int16_t end_txn = 26;
constexpr std::int16_t txn_offset_commit = 28;
constexpr std::int16_t consumer_group_heartbeat = 68;
constexpr std::int16_t share_group_heartbeat = 76;
constexpr std::int16_t share_fetch = 78;
constexpr std::int16_t share_acknowledge = 79;
} // namespace key

/// The version of an api that broker and client must both know at least.
struct need {
    std::int16_t api_key = -1;
    std::int16_t version = 0;
};

struct gate {
    capability what;
    std::string_view name;
    std::array<need, 4> needs;
};

constexpr gate gates[] = {
    {capability::fetch_by_id, "fetch by id", {{{key::fetch, 13}, {key::metadata, 10}}}},
    {capability::produce_by_id, "produce by id", {{{key::produce, 13}, {key::metadata, 10}}}},
    {capability::produce_zstd, "produce zstd", {{{key::produce, 7}}}},
    {capability::fetch_zstd, "fetch zstd", {{{key::fetch, 10}}}},
    {capability::record_errors, "record errors", {{{key::produce, 8}}}},
    {capability::leader_hint_at_produce, "leader hint at produce", {{{key::produce, 10}}}},
    {capability::leader_hint_at_fetch, "leader hint at fetch", {{{key::fetch, 12}}}},
    {capability::leader_address_at_fetch, "leader address at fetch", {{{key::fetch, 16}}}},
    {capability::idempotence, "idempotence", {{{key::init_producer_id, 0}}}},
    {capability::epoch_bump, "epoch bump", {{{key::init_producer_id, 3}}}},
    {capability::transactions_v2,
     "transactions v2",
     {{{key::produce, 12}, {key::end_txn, 5}, {key::txn_offset_commit, 5}}}},
    {capability::static_membership,
     "static membership",
     {{{key::join_group, 5}, {key::offset_commit, 7}, {key::heartbeat, 3}, {key::sync_group, 3}}}},
    {capability::required_member_id, "required member id", {{{key::join_group, 4}}}},
    {capability::follower_fetch, "follower fetch", {{{key::fetch, 11}}}},
    {capability::truncation_detection, "truncation detection", {{{key::offset_for_leader_epoch, 3}}}},
    {capability::stable_offsets, "stable offsets", {{{key::offset_fetch, 7}}}},
    {capability::consumer_protocol, "consumer protocol", {{{key::consumer_group_heartbeat, 0}}}},
    {capability::share_groups, "share groups", {{{key::share_group_heartbeat, 1}, {key::share_fetch, 1}}}},
    {capability::share_renewal, "share renewal", {{{key::share_fetch, 2}, {key::share_acknowledge, 2}}}},
    {capability::batched_coordinator_lookup, "batched coordinator lookup", {{{key::find_coordinator, 4}}}},
    {capability::batched_offset_fetch, "batched offset fetch", {{{key::offset_fetch, 8}}}},
};

constexpr bool gates_are_in_order() noexcept {
    int number = 0;
    for (const gate& each : gates) {
        if (static_cast<int>(each.what) != number++) return false;
    }
    return number == capability_count;
}
static_assert(gates_are_in_order());

bool meets(const api_versions& broker, need one) noexcept {
    const protocol::api_row* const known = protocol::find_api(one.api_key);
    if (known == nullptr) return false;
    const auto common = broker.pick({.key = one.api_key, .versions = known->versions});
    return common && *common >= one.version;
}

} // namespace

bool has(const api_versions& broker, capability what, const finalized_features& features) noexcept {
    if (what == capability::transactions_v2 && features.level("transaction.version") < 2) return false;
    const gate& found = gates[static_cast<std::size_t>(what)];
    return std::all_of(found.needs.begin(), found.needs.end(),
                       [&](need one) { return one.api_key < 0 || meets(broker, one); });
}

bool has(const api_versions& broker, capability what) noexcept {
    return has(broker, what, broker.features());
}

std::string_view name_of(capability what) noexcept { return gates[static_cast<std::size_t>(what)].name; }

bool client_throttles(std::int16_t api_key, std::int16_t version) noexcept {
    const protocol::api_row* const known = protocol::find_api(api_key);
    return known != nullptr && version >= known->throttles_from;
}

KASIO_END_NAMESPACE
