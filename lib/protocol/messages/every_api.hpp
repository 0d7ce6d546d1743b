// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "protocol/messages/consumer_protocol.hpp"
#include "protocol/messages/control_record.hpp"

#include <kasio/messages.hpp>

// clang-format off
/// `apply(family, name)` for every api of which there are `name_request` and `name_response` in
/// `<kasio/messages/family.hpp>`, a line or more a family.
#define KASIO_EVERY_API(apply)                                                                         \
    apply(api_versions, api_versions)                                                                  \
    apply(sasl, sasl_handshake) apply(sasl, sasl_authenticate)                                         \
    apply(metadata, metadata) apply(metadata, describe_topic_partitions)                               \
    apply(produce, produce)                                                                            \
    apply(fetch, fetch)                                                                                \
    apply(list_offsets, list_offsets) apply(list_offsets, offset_for_leader_epoch)                     \
    apply(coordinator, find_coordinator)                                                               \
    apply(group, join_group) apply(group, sync_group) apply(group, heartbeat)                          \
    apply(group, leave_group)                                                                          \
    apply(consumer_group, consumer_group_heartbeat) apply(consumer_group, consumer_group_describe)     \
    apply(group_admin, describe_groups) apply(group_admin, list_groups)                                \
    apply(group_admin, delete_groups)                                                                  \
    apply(offset, offset_commit) apply(offset, offset_fetch)                                           \
    apply(offset_delete, offset_delete)                                                                \
    apply(producer_id, init_producer_id)                                                               \
    apply(transaction, add_partitions_to_txn) apply(transaction, add_offsets_to_txn)                   \
    apply(transaction, end_txn) apply(transaction, txn_offset_commit)                                  \
    apply(transaction_admin, describe_producers) apply(transaction_admin, describe_transactions)       \
    apply(transaction_admin, list_transactions)                                                        \
    apply(topic, create_topics) apply(topic, delete_topics)                                            \
    apply(topic_partitions, create_partitions) apply(topic_partitions, delete_records)                 \
    apply(config, describe_configs) apply(config, alter_configs)                                       \
    apply(config, incremental_alter_configs) apply(config, list_config_resources)                      \
    apply(acl, describe_acls) apply(acl, create_acls) apply(acl, delete_acls)                          \
    apply(quota, describe_client_quotas) apply(quota, alter_client_quotas)                             \
    apply(scram_user, describe_user_scram_credentials) apply(scram_user, alter_user_scram_credentials) \
    apply(token, create_delegation_token) apply(token, renew_delegation_token)                         \
    apply(token, expire_delegation_token) apply(token, describe_delegation_token)                      \
    apply(reassignment, elect_leaders) apply(reassignment, alter_partition_reassignments)              \
    apply(reassignment, list_partition_reassignments)                                                  \
    apply(log_dir, alter_replica_log_dirs) apply(log_dir, describe_log_dirs)                           \
    apply(quorum, describe_quorum) apply(quorum, unregister_broker)                                    \
    apply(quorum, unregister_controller) apply(quorum, add_raft_voter)                                 \
    apply(quorum, remove_raft_voter)                                                                   \
    apply(cluster, describe_cluster) apply(cluster, update_features)                                   \
    apply(share_group, share_group_heartbeat) apply(share_group, share_group_describe)                 \
    apply(share, share_fetch) apply(share, share_acknowledge)                                          \
    apply(share_offset, describe_share_group_offsets) apply(share_offset, alter_share_group_offsets)   \
    apply(share_offset, delete_share_group_offsets)                                                    \
    apply(telemetry, get_telemetry_subscriptions) apply(telemetry, push_telemetry)
// clang-format on
