// SPDX-License-Identifier: BSL-1.0
// Requests as users send them, a part of the list in protocol/messages/every_api.hpp: each costs a second to
// compile.
#include "net/typed_request.hpp"

#include <kasio/messages/config.hpp>
#include <kasio/messages/group_admin.hpp>
#include <kasio/messages/offset.hpp>
#include <kasio/messages/offset_delete.hpp>
#include <kasio/messages/producer_id.hpp>
#include <kasio/messages/topic.hpp>
#include <kasio/messages/topic_partitions.hpp>
#include <kasio/messages/transaction.hpp>
#include <kasio/messages/transaction_admin.hpp>

KASIO_BEGIN_NAMESPACE

KASIO_TYPED_REQUEST(delete_groups)
KASIO_TYPED_REQUEST(offset_commit)
KASIO_TYPED_REQUEST(offset_fetch)
KASIO_TYPED_REQUEST(offset_delete)
KASIO_TYPED_REQUEST(init_producer_id)
KASIO_TYPED_REQUEST(add_partitions_to_txn)
KASIO_TYPED_REQUEST(add_offsets_to_txn)
KASIO_TYPED_REQUEST(end_txn)
KASIO_TYPED_REQUEST(txn_offset_commit)
KASIO_TYPED_REQUEST(describe_producers)
KASIO_TYPED_REQUEST(describe_transactions)
KASIO_TYPED_REQUEST(list_transactions)
KASIO_TYPED_REQUEST(create_topics)
KASIO_TYPED_REQUEST(delete_topics)
KASIO_TYPED_REQUEST(create_partitions)
KASIO_TYPED_REQUEST(delete_records)
KASIO_TYPED_REQUEST(describe_configs)
KASIO_TYPED_REQUEST(alter_configs)

KASIO_END_NAMESPACE
