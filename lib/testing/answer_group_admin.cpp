// SPDX-License-Identifier: BSL-1.0
// DescribeGroups, ListGroups and DeleteGroups.
#include "testing/group_answers.hpp"

#include <algorithm>
#include <cctype>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

std::string lower(std::string_view text) {
    std::string result{text};
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

/// Whether a filter names the word, in whatever case; an empty one names all.
bool names(const std::vector<std::string>& filter, std::string_view word) {
    return filter.empty() || std::any_of(filter.begin(), filter.end(),
                                         [word](const auto& each) { return lower(each) == lower(word); });
}

void describe(const classic_group& group, group_answer<protocol::describe_groups_response>& out,
              protocol::describe_groups_response::described_group& shown) {
    const bool is_stable = group.state() == classic_group::phase::stable;
    shown.protocol_type = group.protocol_type();
    if (is_stable) shown.protocol_data = group.protocol();
    for (const auto& member : group.members()) {
        auto& each = shown.members.emplace_back();
        each.member_id = member.id;
        each.group_instance_id = member.instance_id;
        each.client_id = member.client_id;
        each.client_host = member.client_host;
        if (!is_stable) continue;
        const held_bytes* const metadata = member.metadata(group.protocol());
        if (metadata != nullptr) each.member_metadata = out.keep(*metadata);
        each.member_assignment = out.keep(member.assignment);
    }
}

broker_errc erase(call& call, const std::string& id) {
    if (const auto error = check_group(call, id); error != broker_errc::none) return error;
    const group_entry* const group = call.state.groups.find(id);
    if (group == nullptr) return broker_errc::group_id_not_found;
    if (group->has_members()) return broker_errc::non_empty_group;
    call.state.groups.erase(id);
    return broker_errc::none;
}

} // namespace

std::string_view state_name(const group_entry& group) {
    if (group.consumer) return group.consumer->state_name();
    if (!group.classic) return "Empty";
    switch (group.classic->state()) {
        case classic_group::phase::empty: return "Empty";
        case classic_group::phase::preparing_rebalance: return "PreparingRebalance";
        case classic_group::phase::completing_rebalance: return "CompletingRebalance";
        case classic_group::phase::stable: return "Stable";
    }
    return "Dead";
}

std::string_view type_name(const group_entry& group) { return group.consumer ? "consumer" : "classic"; }

group_answer<protocol::describe_groups_response> answer(call& call,
                                                        const protocol::describe_groups_request& request) {
    group_answer<protocol::describe_groups_response> out;
    for (const std::string& id : request.groups) {
        auto& shown = out.response.groups.emplace_back();
        shown.group_id = id;
        broker_errc error = check_group(call, id);
        const group_entry* const group = call.state.groups.find(id);
        if (error == broker_errc::none && (group == nullptr || group->consumer)) {
            // Up to version 5 a group that does not exist is one that is dead (KIP-1043).
            if (call.version >= 6) error = broker_errc::group_id_not_found;
            shown.group_state = "Dead";
        }
        shown.error_code = number(error);
        if (error == broker_errc::group_id_not_found) shown.error_message = "Group " + id + " not found.";
        if (error != broker_errc::none || group == nullptr || group->consumer) continue;
        shown.group_state = state_name(*group);
        if (group->classic) describe(*group->classic, out, shown);
    }
    return out;
}

protocol::list_groups_response answer(call& call, const protocol::list_groups_request& request) {
    protocol::list_groups_response response;
    response.error_code = number(call.injected);
    if (call.is_injected()) return response;
    for (const auto& [id, group] : call.state.groups.all()) {
        if (call.state.coordinators.node_of(call.state.nodes, id) != call.node) continue;
        if (!names(request.states_filter, state_name(group)) ||
            !names(request.types_filter, type_name(group)))
            continue;
        auto& shown = response.groups.emplace_back();
        shown.group_id = id;
        if (group.classic) shown.protocol_type = group.classic->protocol_type();
        if (group.consumer) shown.protocol_type = "consumer";
        if (call.version >= 4) shown.group_state = state_name(group);
        if (call.version >= 5) shown.group_type = type_name(group);
    }
    return response;
}

protocol::delete_groups_response answer(call& call, const protocol::delete_groups_request& request) {
    protocol::delete_groups_response response;
    for (const std::string& id : request.groups_names) {
        auto& shown = response.results.emplace_back();
        shown.group_id = id;
        shown.error_code = number(erase(call, id));
    }
    call.state.mark_changed();
    return response;
}

} // namespace testing
KASIO_END_NAMESPACE
