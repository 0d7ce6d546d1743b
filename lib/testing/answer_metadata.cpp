// SPDX-License-Identifier: BSL-1.0
#include "testing/answers.hpp"

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

template <class Shown>
void show_partition(call& call, const topic_state& topic, std::int32_t index, Shown& shown) {
    const partition_state& partition = *topic.partition(index);
    metadata_view::shown_leader leader{partition.leader, partition.leader_epoch};
    if (const auto other = call.state.view.draw_leader(topic.name, index)) leader = *other;
    broker_errc error = leader.node == -1 ? broker_errc::leader_not_available : broker_errc::none;
    if (const auto other = call.state.view.draw_error(topic.name, index)) error = *other;
    if (error == broker_errc::leader_not_available) leader.node = -1;
    shown.error_code = number(error);
    shown.partition_index = index;
    shown.leader_id = leader.node;
    if (call.version >= 7) shown.leader_epoch = leader.epoch;
    for (const int replica : partition.replicas) {
        shown.replica_nodes.push_back(replica);
        if (call.state.node(replica)->listed) shown.isr_nodes.push_back(replica);
        else if (call.version >= 5) shown.offline_replicas.push_back(replica);
    }
}

template <class Shown>
void show_topic(call& call, const topic_state& topic, Shown& shown) {
    shown.name = topic.name;
    if (call.version >= 10) shown.topic_id = topic.id;
    if (call.state.view.draw_no_partitions(topic.name)) return;
    for (std::size_t i = 0; i < topic.partitions.size(); ++i) {
        show_partition(call, topic, static_cast<std::int32_t>(i), shown.partitions.emplace_back());
    }
}

template <class Shown>
void show_by_name(call& call, const std::string& name, bool may_create, Shown& shown) {
    shown.name = name;
    if (call.is_injected()) {
        shown.error_code = number(call.injected);
        return;
    }
    const topic_state* topic = call.state.topic(name);
    if (topic == nullptr && may_create && call.state.options.auto_create_topics) {
        const broker_errc error = call.state.create_topic(name, -1, -1);
        shown.error_code = number(error);
        topic = call.state.topic(name);
        if (topic == nullptr) return;
    }
    if (topic == nullptr || call.state.view.draw_no_topic(name)) {
        const auto error = call.state.check_new_topic(name, 1, 1);
        const bool bad_name = error == broker_errc::invalid_topic_exception;
        shown.error_code = number(bad_name ? error : broker_errc::unknown_topic_or_partition);
        return;
    }
    show_topic(call, *topic, shown);
}

template <class Shown>
void show_by_id(call& call, const uuid& id, Shown& shown) {
    shown.topic_id = id;
    const topic_state* const topic = call.state.topic(id);
    if (call.is_injected()) {
        shown.error_code = number(call.injected);
    } else if (topic == nullptr || call.state.view.draw_no_topic(topic->name)) {
        shown.error_code = number(broker_errc::unknown_topic_id);
    } else {
        show_topic(call, *topic, shown);
    }
}

void show_brokers(call& call, protocol::metadata_response& response) {
    if (call.state.view.draw_no_brokers()) return;
    for (const node_state& node : call.state.nodes) {
        if (!node.listed) continue;
        auto& shown = response.brokers.emplace_back();
        shown.node_id = node.id;
        shown.host = node.host;
        shown.port = node.port;
    }
}

} // namespace

protocol::metadata_response answer(call& call, const protocol::metadata_request& request) {
    protocol::metadata_response response;
    if (call.version >= 13 && call.injected == broker_errc::rebootstrap_required) {
        response.error_code = number(call.injected);
        return response;
    }
    show_brokers(call, response);
    response.cluster_id = call.state.cluster_id;
    response.controller_id = call.state.controller();
    // An empty list meant all topics in version 0; later, null does.
    const bool all = !request.topics || (call.version == 0 && request.topics->empty());
    if (all) {
        for (const auto& [name, topic] : call.state.topics()) {
            if (call.state.view.draw_no_topic(name)) continue;
            auto& shown = response.topics.emplace_back();
            if (call.is_injected()) {
                shown.name = name;
                shown.error_code = number(call.injected);
            } else {
                show_topic(call, topic, shown);
            }
        }
        return response;
    }
    const bool may_create = call.version < 4 || request.allow_auto_topic_creation;
    for (const auto& wanted : *request.topics) {
        auto& shown = response.topics.emplace_back();
        if (wanted.name) show_by_name(call, *wanted.name, may_create, shown);
        else show_by_id(call, wanted.topic_id, shown);
    }
    return response;
}

} // namespace testing
KASIO_END_NAMESPACE
