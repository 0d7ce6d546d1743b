// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "testing/answers.hpp"

#include <kasio/messages/consumer_group.hpp>
#include <kasio/messages/group.hpp>
#include <kasio/messages/group_admin.hpp>
#include <kasio/messages/offset.hpp>
#include <kasio/messages/offset_delete.hpp>
#include <kasio/messages/transaction.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// An answer that may have to wait for other members, and that points into bytes of theirs.
template <class Response>
struct group_answer {
    Response response;
    /// Keep those bytes in place until the answer is written.
    std::vector<std::shared_ptr<const std::byte[]>> keepers;
    /// False: to be asked again when something changes.
    bool is_ready = true;

    [[nodiscard]] bytes_view keep(const held_bytes& bytes) {
        if (bytes.keeper() != nullptr) keepers.push_back(bytes.keeper());
        return bytes.view();
    }
};

[[nodiscard]] group_answer<protocol::join_group_response> answer(call&, const protocol::join_group_request&);
[[nodiscard]] group_answer<protocol::sync_group_response> answer(call&, const protocol::sync_group_request&);
[[nodiscard]] protocol::heartbeat_response answer(call&, const protocol::heartbeat_request&);
[[nodiscard]] protocol::leave_group_response answer(call&, const protocol::leave_group_request&);

[[nodiscard]] protocol::consumer_group_heartbeat_response answer(
    call&, const protocol::consumer_group_heartbeat_request&);
[[nodiscard]] protocol::consumer_group_describe_response answer(
    call&, const protocol::consumer_group_describe_request&);

[[nodiscard]] group_answer<protocol::describe_groups_response> answer(
    call&, const protocol::describe_groups_request&);
[[nodiscard]] protocol::list_groups_response answer(call&, const protocol::list_groups_request&);
[[nodiscard]] protocol::delete_groups_response answer(call&, const protocol::delete_groups_request&);

[[nodiscard]] protocol::offset_commit_response answer(call&, const protocol::offset_commit_request&);
[[nodiscard]] protocol::offset_fetch_response answer(call&, const protocol::offset_fetch_request&);
[[nodiscard]] protocol::offset_delete_response answer(call&, const protocol::offset_delete_request&);
[[nodiscard]] protocol::txn_offset_commit_response answer(call&, const protocol::txn_offset_commit_request&);

/// What the node says to a request about that group before it looks at the group: the injected code, or that
/// it does not coordinate it, or not yet.
[[nodiscard]] broker_errc check_group(call& call, const std::string& group);

/// Kafka's name of the group's state.
[[nodiscard]] std::string_view state_name(const group_entry& group);
/// What clients show of a group's kind: `classic`, `consumer`.
[[nodiscard]] std::string_view type_name(const group_entry& group);

} // namespace testing
KASIO_END_NAMESPACE
