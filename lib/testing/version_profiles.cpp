// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#include "testing/version_profiles.hpp"

#include <algorithm>
#include <array>
#include <iterator>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

constexpr std::array<std::string_view, 7> names{"latest", "0.11", "1.1", "2.8", "3.9", "4.4", "redpanda"};
constexpr version_range none{};

struct row {
    std::int16_t key;
    /// In the order of the profiles, without `latest`.
    version_range ranges[names.size() - 1];
};

/// What each release answers to ApiVersions, as its own code says (of Redpanda: that of December 2024). In
/// 4.4 InitProducerId 6 is left out: it is unstable there.
// clang-format off
constexpr row rows[] = {
    // key, {0.11, 1.1, 2.8, 3.9, 4.4, redpanda}
    {0, {{0, 3}, {0, 5}, {0, 9}, {0, 11}, {3, 13}, {0, 7}}}, // Produce
    {1, {{0, 5}, {0, 7}, {0, 12}, {0, 17}, {4, 18}, {4, 11}}}, // Fetch
    {2, {{0, 2}, {0, 2}, {0, 6}, {0, 9}, {1, 11}, {0, 4}}}, // ListOffsets
    {3, {{0, 4}, {0, 5}, {0, 11}, {0, 12}, {0, 13}, {0, 8}}}, // Metadata
    {8, {{0, 3}, {0, 3}, {0, 8}, {0, 9}, {2, 10}, {1, 8}}}, // OffsetCommit
    {9, {{0, 3}, {0, 3}, {0, 7}, {0, 9}, {1, 10}, {1, 7}}}, // OffsetFetch
    {10, {{0, 1}, {0, 1}, {0, 3}, {0, 6}, {0, 6}, {0, 3}}}, // FindCoordinator
    {11, {{0, 2}, {0, 2}, {0, 7}, {0, 9}, {0, 9}, {0, 6}}}, // JoinGroup
    {12, {{0, 1}, {0, 1}, {0, 4}, {0, 4}, {0, 4}, {0, 4}}}, // Heartbeat
    {13, {{0, 1}, {0, 1}, {0, 4}, {0, 5}, {0, 5}, {0, 4}}}, // LeaveGroup
    {14, {{0, 1}, {0, 1}, {0, 5}, {0, 5}, {0, 5}, {0, 4}}}, // SyncGroup
    {15, {{0, 1}, {0, 1}, {0, 5}, {0, 5}, {0, 6}, {0, 5}}}, // DescribeGroups
    {16, {{0, 1}, {0, 1}, {0, 4}, {0, 5}, {0, 5}, {0, 4}}}, // ListGroups
    {17, {{0, 0}, {0, 1}, {0, 1}, {0, 1}, {0, 1}, {0, 1}}}, // SaslHandshake
    {18, {{0, 1}, {0, 1}, {0, 3}, {0, 4}, {0, 5}, {0, 3}}}, // ApiVersions
    {19, {{0, 2}, {0, 2}, {0, 7}, {0, 7}, {2, 7}, {0, 6}}}, // CreateTopics
    {20, {{0, 1}, {0, 1}, {0, 6}, {0, 6}, {1, 6}, {0, 5}}}, // DeleteTopics
    {21, {{0, 0}, {0, 0}, {0, 2}, {0, 2}, {0, 2}, {0, 2}}}, // DeleteRecords
    {22, {{0, 0}, {0, 0}, {0, 4}, {0, 5}, {0, 5}, {0, 3}}}, // InitProducerId
    {23, {{0, 0}, {0, 0}, {0, 4}, {0, 4}, {2, 4}, {0, 4}}}, // OffsetForLeaderEpoch
    {24, {{0, 0}, {0, 0}, {0, 3}, {0, 5}, {0, 5}, {0, 3}}}, // AddPartitionsToTxn
    {25, {{0, 0}, {0, 0}, {0, 3}, {0, 4}, {0, 4}, {0, 1}}}, // AddOffsetsToTxn
    {26, {{0, 0}, {0, 0}, {0, 3}, {0, 4}, {0, 5}, {0, 3}}}, // EndTxn
    {27, {{0, 0}, {0, 0}, {0, 1}, {0, 1}, {1, 2}, none}}, // WriteTxnMarkers
    {28, {{0, 0}, {0, 0}, {0, 3}, {0, 4}, {0, 6}, {0, 3}}}, // TxnOffsetCommit
    {29, {{0, 0}, {0, 0}, {0, 2}, {0, 3}, {1, 3}, {0, 2}}}, // DescribeAcls
    {30, {{0, 0}, {0, 0}, {0, 2}, {0, 3}, {1, 3}, {0, 2}}}, // CreateAcls
    {31, {{0, 0}, {0, 0}, {0, 2}, {0, 3}, {1, 3}, {0, 2}}}, // DeleteAcls
    {32, {{0, 0}, {0, 1}, {0, 4}, {0, 4}, {1, 4}, {0, 4}}}, // DescribeConfigs
    {33, {{0, 0}, {0, 0}, {0, 2}, {0, 2}, {0, 2}, {0, 2}}}, // AlterConfigs
    {34, {none, {0, 0}, {0, 2}, {0, 2}, {1, 2}, none}}, // AlterReplicaLogDirs
    {35, {none, {0, 0}, {0, 2}, {0, 4}, {1, 5}, {0, 2}}}, // DescribeLogDirs
    {36, {none, {0, 0}, {0, 2}, {0, 2}, {0, 2}, {0, 2}}}, // SaslAuthenticate
    {37, {none, {0, 0}, {0, 3}, {0, 3}, {0, 3}, {0, 3}}}, // CreatePartitions
    {38, {none, {0, 0}, {0, 2}, {0, 3}, {1, 3}, none}}, // CreateDelegationToken
    {39, {none, {0, 0}, {0, 2}, {0, 2}, {1, 2}, none}}, // RenewDelegationToken
    {40, {none, {0, 0}, {0, 2}, {0, 2}, {1, 2}, none}}, // ExpireDelegationToken
    {41, {none, {0, 0}, {0, 2}, {0, 3}, {1, 3}, none}}, // DescribeDelegationToken
    {42, {none, {0, 0}, {0, 2}, {0, 2}, {0, 3}, {0, 2}}}, // DeleteGroups
    {43, {none, none, {0, 2}, {0, 2}, {0, 2}, none}}, // ElectLeaders
    {44, {none, none, {0, 1}, {0, 1}, {0, 1}, {0, 1}}}, // IncrementalAlterConfigs
    {45, {none, none, {0, 0}, {0, 0}, {0, 1}, {0, 0}}}, // AlterPartitionReassignments
    {46, {none, none, {0, 0}, {0, 0}, {0, 0}, {0, 0}}}, // ListPartitionReassignments
    {47, {none, none, {0, 0}, {0, 0}, {0, 0}, {0, 0}}}, // OffsetDelete
    {48, {none, none, {0, 1}, {0, 1}, {0, 1}, {0, 1}}}, // DescribeClientQuotas
    {49, {none, none, {0, 1}, {0, 1}, {0, 1}, {0, 1}}}, // AlterClientQuotas
    {50, {none, none, {0, 0}, {0, 0}, {0, 0}, none}}, // DescribeUserScramCredentials
    {51, {none, none, {0, 0}, {0, 0}, {0, 0}, none}}, // AlterUserScramCredentials
    {55, {none, none, {0, 0}, {0, 2}, {0, 2}, none}}, // DescribeQuorum
    {57, {none, none, {0, 0}, {0, 1}, {0, 2}, none}}, // UpdateFeatures
    {60, {none, none, {0, 0}, {0, 1}, {0, 2}, none}}, // DescribeCluster
    {61, {none, none, {0, 0}, {0, 0}, {0, 0}, {0, 0}}}, // DescribeProducers
    {64, {none, none, {0, 0}, {0, 0}, {0, 0}, none}}, // UnregisterBroker
    {65, {none, none, none, {0, 0}, {0, 0}, {0, 0}}}, // DescribeTransactions
    {66, {none, none, none, {0, 1}, {0, 2}, {0, 0}}}, // ListTransactions
    {68, {none, none, none, {0, 0}, {0, 1}, none}}, // ConsumerGroupHeartbeat
    {69, {none, none, none, {0, 0}, {0, 1}, none}}, // ConsumerGroupDescribe
    {71, {none, none, none, {0, 0}, {0, 0}, none}}, // GetTelemetrySubscriptions
    {72, {none, none, none, {0, 0}, {0, 0}, none}}, // PushTelemetry
    {74, {none, none, none, {0, 0}, {0, 1}, none}}, // ListConfigResources
    {75, {none, none, none, {0, 0}, {0, 0}, none}}, // DescribeTopicPartitions
    {76, {none, none, none, {0, 0}, {1, 1}, none}}, // ShareGroupHeartbeat
    {77, {none, none, none, {0, 0}, {1, 1}, none}}, // ShareGroupDescribe
    {78, {none, none, none, {0, 0}, {1, 2}, none}}, // ShareFetch
    {79, {none, none, none, {0, 0}, {1, 2}, none}}, // ShareAcknowledge
    {80, {none, none, none, {0, 0}, {0, 1}, none}}, // AddRaftVoter
    {81, {none, none, none, {0, 0}, {0, 0}, none}}, // RemoveRaftVoter
    {90, {none, none, none, none, {0, 1}, none}}, // DescribeShareGroupOffsets
    {91, {none, none, none, none, {0, 0}, none}}, // AlterShareGroupOffsets
    {92, {none, none, none, none, {0, 0}, none}}, // DeleteShareGroupOffsets
    {94, {none, none, none, none, {0, 0}, none}}, // UnregisterController
};
// clang-format on

} // namespace

std::string_view name_of(version_profile profile) noexcept {
    return names[static_cast<std::size_t>(profile)];
}

std::optional<version_profile> version_profile_of(std::string_view name) noexcept {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return static_cast<version_profile>(found - names.begin());
}

version_range offered_by(version_profile profile, std::int16_t api_key) noexcept {
    if (profile == version_profile::latest) return {0, std::numeric_limits<std::int16_t>::max()};
    const auto found = std::lower_bound(std::begin(rows), std::end(rows), api_key,
                                        [](const row& one, std::int16_t key) { return one.key < key; });
    if (found == std::end(rows) || found->key != api_key) return none;
    return found->ranges[static_cast<std::size_t>(profile) - 1];
}

refusal_body refusal_of(version_profile profile) noexcept {
    switch (profile) {
        case version_profile::kafka_0_11:
        case version_profile::kafka_1_1: return refusal_body::empty;
        case version_profile::redpanda: return refusal_body::everything;
        default: return refusal_body::own_range;
    }
}

} // namespace testing
KASIO_END_NAMESPACE
