// SPDX-License-Identifier: BSL-1.0
#include "protocol/api_table.hpp"

#include <iterator>

KASIO_BEGIN_NAMESPACE
namespace protocol {

namespace {

// {key, name, versions, flexible from, throttles from}
constexpr api_row rows[] = {
    {0, "Produce", {3, 13}, 9, 6},
    {1, "Fetch", {4, 18}, 12, 8},
    {2, "ListOffsets", {1, 11}, 6, 3},
    {3, "Metadata", {1, 13}, 9, 6},
    {4, "LeaderAndIsr", {}, never_flexible, never_throttles},
    {5, "StopReplica", {}, never_flexible, never_throttles},
    {6, "UpdateMetadata", {}, never_flexible, never_throttles},
    {7, "ControlledShutdown", {}, never_flexible, never_throttles},
    {8, "OffsetCommit", {2, 10}, 8, 4},
    {9, "OffsetFetch", {1, 10}, 6, 4},
    {10, "FindCoordinator", {0, 6}, 3, 2},
    {11, "JoinGroup", {2, 9}, 6, 3},
    {12, "Heartbeat", {0, 4}, 4, 2},
    {13, "LeaveGroup", {0, 5}, 4, 2},
    {14, "SyncGroup", {0, 5}, 4, 2},
    {15, "DescribeGroups", {0, 6}, 5, 2},
    {16, "ListGroups", {0, 5}, 3, 2},
    {17, "SaslHandshake", {0, 1}, never_flexible, never_throttles},
    {18, "ApiVersions", {0, 5}, 3, 2},
    {19, "CreateTopics", {2, 7}, 5, 3},
    {20, "DeleteTopics", {1, 6}, 4, 2},
    {21, "DeleteRecords", {0, 2}, 2, 1},
    {22, "InitProducerId", {0, 5}, 2, 1},
    {23, "OffsetForLeaderEpoch", {3, 4}, 4, never_throttles},
    {24, "AddPartitionsToTxn", {0, 3}, 3, 1},
    {25, "AddOffsetsToTxn", {0, 4}, 3, 1},
    {26, "EndTxn", {0, 5}, 3, 1},
    {27, "WriteTxnMarkers", {}, 1, never_throttles},
    {28, "TxnOffsetCommit", {0, 6}, 3, 1},
    {29, "DescribeAcls", {0, 3}, 2, 1},
    {30, "CreateAcls", {0, 3}, 2, 1},
    {31, "DeleteAcls", {0, 3}, 2, 1},
    {32, "DescribeConfigs", {0, 4}, 4, 2},
    {33, "AlterConfigs", {0, 2}, 2, 1},
    {34, "AlterReplicaLogDirs", {0, 2}, 2, 1},
    {35, "DescribeLogDirs", {0, 5}, 2, 1},
    {36, "SaslAuthenticate", {0, 2}, 2, never_throttles},
    {37, "CreatePartitions", {0, 3}, 2, 1},
    {38, "CreateDelegationToken", {0, 3}, 2, 1},
    {39, "RenewDelegationToken", {0, 2}, 2, 1},
    {40, "ExpireDelegationToken", {0, 2}, 2, 1},
    {41, "DescribeDelegationToken", {0, 3}, 2, 1},
    {42, "DeleteGroups", {0, 3}, 2, 1},
    {43, "ElectLeaders", {0, 2}, 2, 0},
    {44, "IncrementalAlterConfigs", {0, 1}, 1, 0},
    {45, "AlterPartitionReassignments", {0, 1}, 0, 0},
    {46, "ListPartitionReassignments", {0, 0}, 0, 0},
    {47, "OffsetDelete", {0, 0}, never_flexible, 0},
    {48, "DescribeClientQuotas", {0, 1}, 1, never_throttles},
    {49, "AlterClientQuotas", {0, 1}, 1, never_throttles},
    {50, "DescribeUserScramCredentials", {0, 0}, 0, 0},
    {51, "AlterUserScramCredentials", {0, 0}, 0, 0},
    {52, "Vote", {}, 0, never_throttles},
    {53, "BeginQuorumEpoch", {}, 1, never_throttles},
    {54, "EndQuorumEpoch", {}, 1, never_throttles},
    {55, "DescribeQuorum", {0, 2}, 0, never_throttles},
    {56, "AlterPartition", {}, 0, never_throttles},
    {57, "UpdateFeatures", {0, 2}, 0, never_throttles},
    {58, "Envelope", {}, 0, never_throttles},
    {59, "FetchSnapshot", {}, 0, never_throttles},
    {60, "DescribeCluster", {0, 2}, 0, never_throttles},
    {61, "DescribeProducers", {0, 0}, 0, never_throttles},
    {62, "BrokerRegistration", {}, 0, 0},
    {63, "BrokerHeartbeat", {}, 0, 0},
    {64, "UnregisterBroker", {0, 0}, 0, 0},
    {65, "DescribeTransactions", {0, 0}, 0, never_throttles},
    {66, "ListTransactions", {0, 2}, 0, never_throttles},
    {67, "AllocateProducerIds", {}, 0, never_throttles},
    {68, "ConsumerGroupHeartbeat", {0, 1}, 0, never_throttles},
    {69, "ConsumerGroupDescribe", {0, 1}, 0, never_throttles},
    {70, "ControllerRegistration", {}, 0, never_throttles},
    {71, "GetTelemetrySubscriptions", {0, 0}, 0, never_throttles},
    {72, "PushTelemetry", {0, 0}, 0, never_throttles},
    {73, "AssignReplicasToDirs", {}, 0, never_throttles},
    {74, "ListConfigResources", {0, 1}, 0, never_throttles},
    {75, "DescribeTopicPartitions", {0, 0}, 0, 0},
    {76, "ShareGroupHeartbeat", {1, 1}, 0, never_throttles},
    {77, "ShareGroupDescribe", {1, 1}, 0, never_throttles},
    {78, "ShareFetch", {1, 2}, 0, never_throttles},
    {79, "ShareAcknowledge", {1, 2}, 0, never_throttles},
    {80, "AddRaftVoter", {0, 1}, 0, never_throttles},
    {81, "RemoveRaftVoter", {0, 0}, 0, never_throttles},
    {82, "UpdateRaftVoter", {}, 0, never_throttles},
    {83, "InitializeShareGroupState", {}, 0, never_throttles},
    {84, "ReadShareGroupState", {}, 0, never_throttles},
    {85, "WriteShareGroupState", {}, 0, never_throttles},
    {86, "DeleteShareGroupState", {}, 0, never_throttles},
    {87, "ReadShareGroupStateSummary", {}, 0, never_throttles},
    {88, "StreamsGroupHeartbeat", {}, 0, never_throttles},
    {89, "StreamsGroupDescribe", {}, 0, never_throttles},
    {90, "DescribeShareGroupOffsets", {0, 1}, 0, never_throttles},
    {91, "AlterShareGroupOffsets", {0, 0}, 0, never_throttles},
    {92, "DeleteShareGroupOffsets", {0, 0}, 0, never_throttles},
    {93, "StreamsGroupTopologyDescriptionUpdate", {}, 0, never_throttles},
    {94, "UnregisterController", {0, 0}, 0, never_throttles},
};

// Kafka numbers its apis without gaps, so a key is an index.
constexpr bool keys_are_indexes() noexcept {
    std::int16_t key = 0;
    for (const api_row& row : rows) {
        if (row.key != key++) return false;
    }
    return true;
}
static_assert(keys_are_indexes());

} // namespace

const api_row* find_api(std::int16_t key) noexcept {
    return key >= 0 && key < std::ssize(rows) ? &rows[key] : nullptr;
}

std::span<const api_row> api_table() noexcept { return rows; }

} // namespace protocol
KASIO_END_NAMESPACE
