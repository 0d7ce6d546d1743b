// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/messages/consumer_protocol.hpp"

#include <kasio/messages.hpp>

// clang-format off
/// `apply(name)` for every api of which there are `name_request` and `name_response`, a line or two a family.
#define KASIO_EVERY_API(apply)                                                                           \
    apply(api_versions)                                                                                  \
    apply(sasl_handshake) apply(sasl_authenticate)                                                       \
    apply(metadata) apply(describe_topic_partitions)                                                     \
    apply(produce)                                                                                       \
    apply(fetch)                                                                                         \
    apply(list_offsets) apply(offset_for_leader_epoch)                                                   \
    apply(find_coordinator)                                                                              \
    apply(join_group) apply(sync_group) apply(heartbeat) apply(leave_group)                              \
    apply(consumer_group_heartbeat) apply(consumer_group_describe)                                       \
    apply(describe_groups) apply(list_groups) apply(delete_groups)                                       \
    apply(offset_commit) apply(offset_fetch) apply(offset_delete)                                        \
    apply(init_producer_id) apply(add_partitions_to_txn) apply(add_offsets_to_txn) apply(end_txn)        \
        apply(txn_offset_commit)                                                                         \
    apply(describe_producers) apply(describe_transactions) apply(list_transactions)                      \
    apply(create_topics) apply(delete_topics) apply(create_partitions) apply(delete_records)             \
    apply(describe_configs) apply(alter_configs) apply(incremental_alter_configs)                        \
        apply(list_config_resources)                                                                     \
    apply(describe_acls) apply(create_acls) apply(delete_acls)                                           \
    apply(describe_client_quotas) apply(alter_client_quotas)                                             \
    apply(describe_user_scram_credentials) apply(alter_user_scram_credentials)                           \
    apply(create_delegation_token) apply(renew_delegation_token) apply(expire_delegation_token)          \
        apply(describe_delegation_token)                                                                 \
    apply(elect_leaders) apply(alter_partition_reassignments) apply(list_partition_reassignments)        \
    apply(alter_replica_log_dirs) apply(describe_log_dirs)                                               \
    apply(describe_quorum) apply(unregister_broker) apply(add_raft_voter) apply(remove_raft_voter)       \
    apply(describe_cluster) apply(update_features)                                                       \
    apply(share_group_heartbeat) apply(share_group_describe) apply(share_fetch) apply(share_acknowledge) \
    apply(describe_share_group_offsets) apply(alter_share_group_offsets)                                 \
        apply(delete_share_group_offsets)                                                                \
    apply(get_telemetry_subscriptions) apply(push_telemetry)
// clang-format on
