// SPDX-License-Identifier: BSL-1.0
// Requests as users send them, a part of the list in protocol/messages/every_api.hpp: each costs a second to
// compile.
#include "net/typed_request.hpp"

#include <kasio/messages/api_versions.hpp>
#include <kasio/messages/consumer_group.hpp>
#include <kasio/messages/coordinator.hpp>
#include <kasio/messages/fetch.hpp>
#include <kasio/messages/group.hpp>
#include <kasio/messages/group_admin.hpp>
#include <kasio/messages/list_offsets.hpp>
#include <kasio/messages/metadata.hpp>
#include <kasio/messages/produce.hpp>
#include <kasio/messages/sasl.hpp>

KASIO_BEGIN_NAMESPACE

KASIO_TYPED_REQUEST(api_versions)
KASIO_TYPED_REQUEST(sasl_handshake)
KASIO_TYPED_REQUEST(sasl_authenticate)
KASIO_TYPED_REQUEST(metadata)
KASIO_TYPED_REQUEST(describe_topic_partitions)
KASIO_TYPED_REQUEST(produce)
KASIO_TYPED_REQUEST(fetch)
KASIO_TYPED_REQUEST(list_offsets)
KASIO_TYPED_REQUEST(offset_for_leader_epoch)
KASIO_TYPED_REQUEST(find_coordinator)
KASIO_TYPED_REQUEST(join_group)
KASIO_TYPED_REQUEST(sync_group)
KASIO_TYPED_REQUEST(heartbeat)
KASIO_TYPED_REQUEST(leave_group)
KASIO_TYPED_REQUEST(consumer_group_heartbeat)
KASIO_TYPED_REQUEST(consumer_group_describe)
KASIO_TYPED_REQUEST(describe_groups)
KASIO_TYPED_REQUEST(list_groups)

KASIO_END_NAMESPACE
