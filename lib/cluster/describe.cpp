// SPDX-License-Identifier: BSL-1.0
#include "cluster/describe.hpp"

#include "cluster/request_routed.hpp"

#include <kasio/broker_error.hpp>
#include <kasio/messages/metadata.hpp>

#include <algorithm>
#include <memory>
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

/// Asks until an answer names a broker.
class metadata_question : public std::enable_shared_from_this<metadata_question> {
public:
    using completion_type = waiting_completion<cluster_metadata>;
    metadata_question(std::shared_ptr<cluster_core> core, std::string topic, std::shared_ptr<completion_type> waiting,
                      given_up_flag given_up)
        : core_{std::move(core)}, waiting_{std::move(waiting)}, given_up_{std::move(given_up)},
          deadline_{steady_clock::now() + core_->options().default_timeout} {
        request_.allow_auto_topic_creation = false;
        if (topic.empty()) request_.topics.reset(); // all
        else request_.topics.emplace().emplace_back().name = std::move(topic);
    }

    void ask() {
        const auto heard = [self = shared_from_this()](error_code error, const protocol::metadata_response& answer) {
            self->on_answer(error, answer);
        };
        request_routed(core_, route{}, request_, deadline_, heard, given_up_);
    }

private:
    void on_answer(error_code error, const protocol::metadata_response& answer) {
        if (!error) error = from_broker(answer.error_code);
        if (error) return fail(error);
        if (metadata_cache::names_brokers(answer)) return void(waiting_->complete({}, told(answer)));
        core_->note_failure(errc::metadata_unavailable, "a broker answered Metadata without any usable broker");
        const auto when = steady_clock::now() + core_->retry_delay(attempts_++);
        if (when >= deadline_) return fail(errc::metadata_unavailable);
        core_->wait_until(when, [self = shared_from_this()](error_code ended) {
            if (ended) return self->fail(ended);
            self->ask();
        });
    }
    void fail(error_code error) { waiting_->complete(error, cluster_metadata{}); }

    std::shared_ptr<cluster_core> core_;
    std::shared_ptr<completion_type> waiting_;
    given_up_flag given_up_;
    time_point deadline_;
    protocol::metadata_request request_;
    int attempts_ = 0;
};

} // namespace

void describe_cluster(const std::shared_ptr<cluster_core>& core, std::string topic,
                      std::shared_ptr<waiting_completion<cluster_metadata>> waiting, given_up_flag given_up) {
    if (!waiting->pending()) return;
    std::make_shared<metadata_question>(core, std::move(topic), std::move(waiting), std::move(given_up))->ask();
}

std::ostream& operator<<(std::ostream& out, const topic_partition& partition) {
    return out << partition.topic << '/' << partition.partition;
}

KASIO_END_NAMESPACE
