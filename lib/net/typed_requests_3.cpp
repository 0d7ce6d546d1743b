// SPDX-License-Identifier: BSL-1.0
// Requests as users send them, a part of the list in protocol/messages/every_api.hpp: each costs a second to
// compile.
#include "net/typed_request.hpp"

#include <kasio/messages/acl.hpp>
#include <kasio/messages/config.hpp>
#include <kasio/messages/log_dir.hpp>
#include <kasio/messages/quota.hpp>
#include <kasio/messages/reassignment.hpp>
#include <kasio/messages/scram_user.hpp>
#include <kasio/messages/token.hpp>

KASIO_BEGIN_NAMESPACE

KASIO_TYPED_REQUEST(incremental_alter_configs)
KASIO_TYPED_REQUEST(list_config_resources)
KASIO_TYPED_REQUEST(describe_acls)
KASIO_TYPED_REQUEST(create_acls)
KASIO_TYPED_REQUEST(delete_acls)
KASIO_TYPED_REQUEST(describe_client_quotas)
KASIO_TYPED_REQUEST(alter_client_quotas)
KASIO_TYPED_REQUEST(describe_user_scram_credentials)
KASIO_TYPED_REQUEST(alter_user_scram_credentials)
KASIO_TYPED_REQUEST(create_delegation_token)
KASIO_TYPED_REQUEST(renew_delegation_token)
KASIO_TYPED_REQUEST(expire_delegation_token)
KASIO_TYPED_REQUEST(describe_delegation_token)
KASIO_TYPED_REQUEST(elect_leaders)
KASIO_TYPED_REQUEST(alter_partition_reassignments)
KASIO_TYPED_REQUEST(list_partition_reassignments)
KASIO_TYPED_REQUEST(alter_replica_log_dirs)
KASIO_TYPED_REQUEST(describe_log_dirs)

KASIO_END_NAMESPACE
