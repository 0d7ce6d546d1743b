// SPDX-License-Identifier: BSL-1.0
// The public face of groups: each function does its work on the cluster's thread.
#include "testing/engine.hpp"
#include "testing/group_answers.hpp"
#include "testing/group_bytes.hpp"

#include <kasio/testing/groups.hpp>

#include <stdexcept>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

group_entry& existing(cluster_state& state, std::string_view id) {
    group_entry* const found = state.groups.find(id);
    if (found == nullptr) throw std::invalid_argument{"kasio::testing::groups: no group " + std::string{id}};
    return *found;
}

void show_members(const classic_group& group, group_view& view) {
    view.generation = group.generation();
    view.protocol = group.protocol();
    view.leader = group.leader();
    for (const auto& member : group.members()) {
        group_member& shown = view.members.emplace_back();
        shown.id = member.id;
        shown.instance_id = member.instance_id;
        shown.client_id = member.client_id;
        shown.epoch = group.generation();
        const std::string& protocol = view.protocol.empty() ? member.protocols.front().first : view.protocol;
        const held_bytes* const metadata = member.metadata(protocol);
        if (metadata != nullptr) shown.topics = topics_of(metadata->view());
        shown.partitions = partitions_of(member.assignment.view());
    }
}

void show_members(const consumer_group& group, const cluster_state& state, group_view& view) {
    view.generation = group.epoch();
    view.protocol = group.assignor();
    for (const auto& member : group.members()) {
        group_member& shown = view.members.emplace_back();
        shown.id = member.id;
        shown.instance_id = member.instance_id;
        shown.client_id = member.client_id;
        shown.epoch = member.epoch;
        shown.topics.assign(member.topics.begin(), member.topics.end());
        for (const auto& [name, topic] : state.topics())
            for (const auto& [id, partition] : member.partitions())
                if (id == topic.id) shown.partitions.emplace_back(name, partition);
    }
}

group_view view_of(const group_entry& group, const cluster_state& state) {
    group_view view;
    view.state = state_name(group);
    view.type = type_name(group);
    if (group.classic) show_members(*group.classic, view);
    if (group.consumer) show_members(*group.consumer, state, view);
    return view;
}

} // namespace

std::vector<std::string> groups::list() const {
    return cluster_->impl_->call([&] {
        std::vector<std::string> ids;
        for (const auto& [id, group] : cluster_->impl_->state().groups.all()) ids.push_back(id);
        return ids;
    });
}

std::optional<group_view> groups::find(std::string_view group) const {
    return cluster_->impl_->call([&]() -> std::optional<group_view> {
        const group_entry* const found = cluster_->impl_->state().groups.find(group);
        if (found == nullptr) return std::nullopt;
        return view_of(*found, cluster_->impl_->state());
    });
}

bool groups::wait_for(std::string_view group, const std::function<bool(const group_view&)>& wanted,
                      std::chrono::milliseconds timeout) const {
    const auto end = std::chrono::steady_clock::now() + timeout;
    while (true) {
        std::future<void> change;
        const auto view = cluster_->impl_->call([&] {
            // Before the look, so that no change falls between the two.
            change = cluster_->impl_->next_change();
            return find(group);
        });
        if (view && wanted(*view)) return true;
        if (change.wait_until(end) == std::future_status::timeout) return false;
    }
}

std::optional<committed_position> groups::committed(std::string_view group, std::string_view topic,
                                                    std::int32_t partition) const {
    return cluster_->impl_->call([&]() -> std::optional<committed_position> {
        const group_entry* const found = cluster_->impl_->state().groups.find(group);
        if (found == nullptr) return std::nullopt;
        const stored_offset* const offset = found->offsets.find(std::string{topic}, partition);
        if (offset == nullptr) return std::nullopt;
        return committed_position{offset->offset, offset->leader_epoch, offset->metadata};
    });
}

std::vector<accepted_commit> groups::commits(std::string_view group) const {
    return cluster_->impl_->call([&] {
        std::vector<accepted_commit> all;
        for (const auto& each : existing(cluster_->impl_->state(), group).commits)
            all.push_back({each.topic, each.partition, each.offset, each.member_id, each.generation});
        return all;
    });
}

void groups::commit(std::string_view group, std::string_view topic, std::int32_t partition,
                    committed_position position) {
    cluster_->impl_->call([&] {
        static_cast<void>(cluster_->impl_->partition(topic, partition));
        cluster_state& state = cluster_->impl_->state();
        const std::string id{group};
        state.groups.open(id, state.coordinators.node_of(state.nodes, id))
            .offsets.commit(std::string{topic}, partition,
                            {position.offset, position.leader_epoch, std::move(position.metadata)});
        state.mark_changed();
    });
}

void groups::expire_session(std::string_view group, std::string_view member) {
    cluster_->impl_->call([&] {
        cluster_state& state = cluster_->impl_->state();
        group_entry& found = existing(state, group);
        const group_view view = view_of(found, state);
        const group_member* const who = view.member(member);
        if (who == nullptr)
            throw std::invalid_argument{"kasio::testing::groups: no member " + std::string{member}};
        const auto now = std::chrono::steady_clock::now();
        if (found.classic) found.classic->expire(who->id, now, state.groups.replies);
        if (found.consumer) found.consumer->expire(who->id);
        state.groups.settle_kind(
            found, [&state] { return state.topics_of_groups(); }, now);
        state.mark_changed();
    });
}

void groups::end_transaction(std::int64_t producer_id, transaction_outcome outcome) {
    if (outcome == transaction_outcome::open)
        throw std::invalid_argument{"kasio::testing::groups: an open transaction has not ended"};
    cluster_->impl_->call([&] {
        cluster_state& state = cluster_->impl_->state();
        state.groups.end_transaction(producer_id, outcome == transaction_outcome::committed);
        state.mark_changed();
    });
}

int groups::coordinator(std::string_view group) const {
    return cluster_->impl_->call([&] {
        cluster_state& state = cluster_->impl_->state();
        return state.coordinators.node_of(state.nodes, std::string{group});
    });
}

void groups::move_coordinator(std::string_view group, int node) {
    cluster_->impl_->call([&] {
        cluster_state& state = cluster_->impl_->state();
        state.coordinators.move(std::string{group}, cluster_->impl_->node(node).id);
        state.rehome_groups(std::chrono::steady_clock::now());
    });
}

void groups::set_loading(std::string_view group, bool loading) {
    cluster_->impl_->call(
        [&] { cluster_->impl_->state().coordinators.set_loading(std::string{group}, loading); });
}

void groups::set_coordinator_available(std::string_view group, bool available) {
    cluster_->impl_->call(
        [&] { cluster_->impl_->state().coordinators.set_available(std::string{group}, available); });
}

} // namespace testing
KASIO_END_NAMESPACE
