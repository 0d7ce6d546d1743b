// SPDX-License-Identifier: BSL-1.0
#pragma once

// Every message that a client may send or receive, family by family.

#include <kasio/messages/acl.hpp>
#include <kasio/messages/api_versions.hpp>
#include <kasio/messages/cluster.hpp>
#include <kasio/messages/config.hpp>
#include <kasio/messages/consumer_group.hpp>
#include <kasio/messages/coordinator.hpp>
#include <kasio/messages/fetch.hpp>
#include <kasio/messages/group.hpp>
#include <kasio/messages/group_admin.hpp>
#include <kasio/messages/list_offsets.hpp>
#include <kasio/messages/log_dir.hpp>
#include <kasio/messages/metadata.hpp>
#include <kasio/messages/offset.hpp>
#include <kasio/messages/offset_delete.hpp>
#include <kasio/messages/produce.hpp>
#include <kasio/messages/producer_id.hpp>
#include <kasio/messages/quorum.hpp>
#include <kasio/messages/quota.hpp>
#include <kasio/messages/reassignment.hpp>
#include <kasio/messages/sasl.hpp>
#include <kasio/messages/scram_user.hpp>
#include <kasio/messages/share.hpp>
#include <kasio/messages/share_group.hpp>
#include <kasio/messages/share_offset.hpp>
#include <kasio/messages/telemetry.hpp>
#include <kasio/messages/token.hpp>
#include <kasio/messages/topic.hpp>
#include <kasio/messages/topic_partitions.hpp>
#include <kasio/messages/transaction.hpp>
#include <kasio/messages/transaction_admin.hpp>
