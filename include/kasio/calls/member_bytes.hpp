// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/assignor.hpp>
#include <kasio/bytes.hpp>
#include <kasio/error.hpp>

KASIO_BEGIN_NAMESPACE
namespace calls {

/// Reads what a classic group's leader gave a member (Java's ConsumerProtocol): the `assignment` of a
/// `sync_group_response`, the `member_assignment` of a `describe_groups_response`. No bytes are an empty
/// assignment. Other clients wrote it, so nothing of it is believed: `malformed_response` when it cannot be
/// read. Groups of other protocol types than `consumer` have bytes of their own.
[[nodiscard]] KASIO_DECL error_code read_assignment(bytes_view bytes, member_assignment& assignment);

/// Reads what a member said of itself, but for its ids: the `metadata` of a `join_group_response`, the
/// `member_metadata` of a `describe_groups_response`. Errors as above.
[[nodiscard]] KASIO_DECL error_code read_subscription(bytes_view bytes, member_subscription& member);

} // namespace calls
KASIO_END_NAMESPACE
