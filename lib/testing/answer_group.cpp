// SPDX-License-Identifier: BSL-1.0
// JoinGroup, SyncGroup, Heartbeat and LeaveGroup.
#include "testing/group_answers.hpp"

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

constexpr std::int16_t first_needing_id = 4;
constexpr std::int16_t first_skipping = 9;
/// LeaveGroup's.
constexpr std::int16_t first_of_many = 3;

classic_join join_of(call& call, const protocol::join_group_request& request) {
    classic_join asked;
    asked.member_id = request.member_id;
    asked.instance_id = request.group_instance_id;
    asked.client_id = call.client_id;
    asked.client_host = call.client_host;
    asked.protocol_type = request.protocol_type;
    for (const auto& each : request.protocols)
        asked.protocols.emplace_back(each.name, held_bytes{each.metadata});
    asked.session_timeout = std::chrono::milliseconds{request.session_timeout_ms};
    // Version 0 had one time-out for both.
    asked.rebalance_timeout =
        call.version == 0 ? asked.session_timeout : std::chrono::milliseconds{request.rebalance_timeout_ms};
    asked.needs_known_id = call.version >= first_needing_id;
    asked.can_skip_assignment = call.version >= first_skipping;
    asked.fresh_id = call.state.groups.fresh_member_id(request.group_instance_id.value_or(call.client_id));
    return asked;
}

/// Members of the other protocol are there: those of this one are taken in among them.
bool is_mixed(const group_entry* group) {
    return group != nullptr && group->consumer && group->has_members();
}

/// None: the group decides.
broker_errc check_join(call& call, const protocol::join_group_request& request) {
    if (const auto error = check_group(call, request.group_id); error != broker_errc::none) return error;
    const group_entry* const group = call.state.groups.find(request.group_id);
    if (is_mixed(group)) return broker_errc::none;
    // Only who has no id yet makes a group.
    if (request.member_id.empty()) return broker_errc::none;
    const bool exists = group != nullptr && group->classic;
    return exists ? broker_errc::none : broker_errc::unknown_member_id;
}

void show(const join_result& result, std::int16_t version, group_answer<protocol::join_group_response>& out) {
    auto& response = out.response;
    response.error_code = number(result.error);
    response.generation_id = result.generation;
    response.leader = result.leader;
    response.member_id = result.member_id;
    response.skip_assignment = result.skip_assignment;
    const bool is_null = version >= 7 && result.error != broker_errc::none;
    if (version >= 7 && !is_null) response.protocol_type = result.protocol_type;
    if (is_null) response.protocol_name.reset();
    else response.protocol_name = result.protocol;
    for (const auto& member : result.members) {
        auto& shown = response.members.emplace_back();
        shown.member_id = member.id;
        if (version >= 5) shown.group_instance_id = member.instance_id;
        shown.metadata = out.keep(member.metadata);
    }
}

classic_sync sync_of(const protocol::sync_group_request& request) {
    classic_sync asked;
    asked.member_id = request.member_id;
    asked.instance_id = request.group_instance_id;
    asked.generation = request.generation_id;
    asked.protocol_type = request.protocol_type;
    asked.protocol = request.protocol_name;
    for (const auto& each : request.assignments)
        asked.assignments.emplace_back(each.member_id, held_bytes{each.assignment});
    return asked;
}

/// Null, with `error` set, when the group is not here or has no members.
group_entry* group_of(call& call, const std::string& id, broker_errc& error) {
    error = check_group(call, id);
    if (error != broker_errc::none) return nullptr;
    group_entry* const group = call.state.groups.find(id);
    if (group != nullptr && (group->classic || group->consumer)) return group;
    error = broker_errc::unknown_member_id;
    return nullptr;
}

void show(const sync_result& result, std::int16_t version, group_answer<protocol::sync_group_response>& out) {
    out.response.error_code = number(result.error);
    if (version >= 5 && result.error == broker_errc::none) {
        out.response.protocol_type = result.protocol_type;
        out.response.protocol_name = result.protocol;
    }
    out.response.assignment = out.keep(result.assignment);
}

broker_errc leave(call& call, group_entry& group, const std::string& member_id,
                  const std::optional<std::string>& instance_id) {
    auto& groups = call.state.groups;
    if (group.classic) return group.classic->leave(member_id, instance_id, call.time, groups.replies);
    const broker_errc error = group.consumer->leave(member_id, instance_id);
    groups.settle_kind(
        group, [&call] { return call.state.topics_of_groups(); }, call.time);
    return error;
}

bool is_of_member(broker_errc error) {
    return error == broker_errc::unknown_member_id || error == broker_errc::fenced_instance_id;
}

} // namespace

broker_errc check_group(call& call, const std::string& group) {
    if (call.is_injected()) return call.injected;
    if (group.empty()) return broker_errc::invalid_group_id;
    return call.state.coordinators.check(call.state.nodes, group, call.node);
}

group_answer<protocol::join_group_response> answer(call& call, const protocol::join_group_request& request) {
    group_answer<protocol::join_group_response> out;
    group_table& groups = call.state.groups;
    join_result result;
    if (!groups.is_waiting(call.connection)) {
        result.error = check_join(call, request);
        result.member_id = request.member_id;
        if (result.error != broker_errc::none) {
            show(result, call.version, out);
            return out;
        }
        if (group_entry* const group = groups.find(request.group_id); is_mixed(group)) {
            show(group->consumer->join(join_of(call, request), call.state.topics_of_groups(), call.time),
                 call.version, out);
            call.state.mark_changed();
            return out;
        }
        groups.begin_wait(call.connection);
        groups.open_classic(request.group_id, call.node)
            .classic->join(join_of(call, request), call.connection, call.time, groups.replies);
        call.state.mark_changed();
    }
    auto taken = groups.take_join(call.connection);
    out.is_ready = taken.has_value();
    if (taken) show(*taken, call.version, out);
    return out;
}

group_answer<protocol::sync_group_response> answer(call& call, const protocol::sync_group_request& request) {
    group_answer<protocol::sync_group_response> out;
    group_table& groups = call.state.groups;
    if (!groups.is_waiting(call.connection)) {
        broker_errc error = broker_errc::none;
        group_entry* const group = group_of(call, request.group_id, error);
        if (group == nullptr) {
            out.response.error_code = number(error);
            return out;
        }
        if (group->consumer) {
            show(group->consumer->sync(sync_of(request), call.state.topics_of_groups(), call.time),
                 call.version, out);
            return out;
        }
        groups.begin_wait(call.connection);
        group->classic->sync(sync_of(request), call.connection, call.time, groups.replies);
        call.state.mark_changed();
    }
    const auto taken = groups.take_sync(call.connection);
    out.is_ready = taken.has_value();
    if (taken) show(*taken, call.version, out);
    return out;
}

protocol::heartbeat_response answer(call& call, const protocol::heartbeat_request& request) {
    protocol::heartbeat_response response;
    broker_errc error = broker_errc::none;
    if (group_entry* const group = group_of(call, request.group_id, error)) {
        const auto beat = [&](auto& members) {
            return members.heartbeat(request.member_id, request.group_instance_id, request.generation_id,
                                     call.time);
        };
        error = group->consumer ? beat(*group->consumer) : beat(*group->classic);
    }
    response.error_code = number(error);
    return response;
}

protocol::leave_group_response answer(call& call, const protocol::leave_group_request& request) {
    protocol::leave_group_response response;
    std::vector<protocol::leave_group_request::member_identity> leaving = request.members;
    if (call.version < first_of_many) leaving.emplace_back().member_id = request.member_id;
    broker_errc refused = broker_errc::none;
    group_entry* const group = group_of(call, request.group_id, refused);
    // From version 3 on it is told for each member, what concerns the coordinator for all.
    if (group == nullptr && (call.version < first_of_many || !is_of_member(refused))) {
        response.error_code = number(refused);
        return response;
    }
    for (const auto& each : leaving) {
        const broker_errc error =
            group == nullptr ? refused : leave(call, *group, each.member_id, each.group_instance_id);
        if (call.version < first_of_many) {
            response.error_code = number(error);
            continue;
        }
        auto& shown = response.members.emplace_back();
        shown.member_id = each.member_id;
        shown.group_instance_id = each.group_instance_id;
        shown.error_code = number(error);
    }
    call.state.mark_changed();
    return response;
}

} // namespace testing
KASIO_END_NAMESPACE
