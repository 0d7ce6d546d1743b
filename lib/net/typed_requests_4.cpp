// SPDX-License-Identifier: BSL-1.0
// Requests as users send them, a part of the list in protocol/messages/every_api.hpp: each costs a second to
// compile.
#include "net/typed_request.hpp"

#include <kasio/messages/cluster.hpp>
#include <kasio/messages/quorum.hpp>
#include <kasio/messages/share.hpp>
#include <kasio/messages/share_group.hpp>
#include <kasio/messages/share_offset.hpp>
#include <kasio/messages/telemetry.hpp>

KASIO_BEGIN_NAMESPACE

KASIO_TYPED_REQUEST(describe_quorum)
KASIO_TYPED_REQUEST(unregister_broker)
KASIO_TYPED_REQUEST(add_raft_voter)
KASIO_TYPED_REQUEST(remove_raft_voter)
KASIO_TYPED_REQUEST(describe_cluster)
KASIO_TYPED_REQUEST(update_features)
KASIO_TYPED_REQUEST(share_group_heartbeat)
KASIO_TYPED_REQUEST(share_group_describe)
KASIO_TYPED_REQUEST(share_fetch)
KASIO_TYPED_REQUEST(share_acknowledge)
KASIO_TYPED_REQUEST(describe_share_group_offsets)
KASIO_TYPED_REQUEST(alter_share_group_offsets)
KASIO_TYPED_REQUEST(delete_share_group_offsets)
KASIO_TYPED_REQUEST(get_telemetry_subscriptions)
KASIO_TYPED_REQUEST(push_telemetry)

KASIO_END_NAMESPACE
