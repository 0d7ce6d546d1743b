// SPDX-License-Identifier: BSL-1.0
#include "cluster/describe.hpp"

#include "cluster/request_routed.hpp"
#include "protocol/messages/metadata.hpp"

#include <kasio/broker_error.hpp>

#include <algorithm>
#include <ostream>

KASIO_BEGIN_NAMESPACE

namespace {

topic_metadata told(const protocol::metadata_response::metadata_response_topic& said) {
    topic_metadata topic;
    topic.error = from_broker(said.error_code);
    topic.name = said.name.value_or("");
    topic.id = said.topic_id;
    topic.internal = said.is_internal;
    for (const auto& each : said.partitions) {
        auto& partition = topic.partitions.emplace_back();
        partition.error = from_broker(each.error_code);
        partition.partition = each.partition_index;
        partition.leader = each.leader_id;
        partition.leader_epoch = each.leader_epoch;
        partition.replicas = each.replica_nodes;
        partition.in_sync_replicas = each.isr_nodes;
        partition.offline_replicas = each.offline_replicas;
    }
    const auto by_number = [](const auto& a, const auto& b) { return a.partition < b.partition; };
    std::sort(topic.partitions.begin(), topic.partitions.end(), by_number);
    return topic;
}

cluster_metadata told(const protocol::metadata_response& said) {
    cluster_metadata all;
    all.cluster_id = said.cluster_id;
    all.controller_id = said.controller_id;
    for (const auto& each : said.brokers) {
        auto& broker = all.brokers.emplace_back();
        broker.id = each.node_id;
        broker.host = each.host;
        broker.port = each.port;
        broker.rack = each.rack;
    }
    for (const auto& each : said.topics) all.topics.push_back(told(each));
    std::sort(all.brokers.begin(), all.brokers.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    std::sort(all.topics.begin(), all.topics.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return all;
}

} // namespace

void describe_cluster(const std::shared_ptr<cluster_core>& core, std::string topic,
                      std::shared_ptr<waiting_completion<cluster_metadata>> waiting) {
    protocol::metadata_request request;
    request.allow_auto_topic_creation = false;
    if (topic.empty()) {
        request.topics.reset(); // all
    } else {
        request.topics.emplace().emplace_back().name = std::move(topic);
    }
    const auto deadline = steady_clock::now() + core->options().default_timeout;
    // The answer of a closed cluster must not be waited for: the handler tells when it goes unheard.
    struct heard {
        std::shared_ptr<waiting_completion<cluster_metadata>> waiting;
        ~heard() {
            if (waiting) waiting->complete(errc::closed, cluster_metadata{});
        }
    };
    auto who = std::make_shared<heard>(std::move(waiting));
    request_routed(core, route{}, std::move(request), deadline,
                   [who = std::move(who)](error_code error, const protocol::metadata_response& answer) {
                       if (!error) error = from_broker(answer.error_code);
                       who->waiting->complete(error, error ? cluster_metadata{} : told(answer));
                   });
}

std::ostream& operator<<(std::ostream& out, const topic_partition& partition) {
    return out << partition.topic << '/' << partition.partition;
}

KASIO_END_NAMESPACE
