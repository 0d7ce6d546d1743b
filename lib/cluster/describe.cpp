// SPDX-License-Identifier: BSL-1.0
#include "cluster/describe.hpp"

#include "cluster/metadata_cache.hpp"
#include "net/send_typed.hpp"
#include "protocol/messages/metadata.hpp"

#include <kasio/broker_error.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <ostream>
#include <utility>

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

/// One question, asked until an answer has something to go on, the deadline passes or nobody waits any more. Kept
/// alive by what it waits for.
class description final : public cluster_listener, public std::enable_shared_from_this<description> {
public:
    description(std::shared_ptr<cluster_core> core, protocol::metadata_request request,
                std::shared_ptr<waiting_completion<cluster_metadata>> waiting)
        : core_{std::move(core)}, request_{std::move(request)}, waiting_{std::move(waiting)},
          deadline_{steady_clock::now() + core_->options().default_timeout} {}
    ~description() { complete(boost::asio::error::operation_aborted, {}); }

    void start() {
        core_->add_listener(weak_from_this());
        attempt();
    }
    void on_metadata(const metadata_cache&) override {}
    void on_cluster_closed(error_code cause) override { complete(cause, {}); }
    void on_context_shutdown() noexcept override { const auto unrun = std::exchange(waiting_, nullptr); }

private:
    /// Looks for a broker in pieces of one request's time: a search goes on to its end, wanted or not.
    void attempt() {
        if (!waiting_ || !waiting_->pending()) return;
        const auto limit = this->limit();
        core_->async_any_session(limit, [self = shared_from_this()](error_code error, std::shared_ptr<session> line) {
            if (error) return self->again(error);
            self->send(*line);
        });
    }
    void send(session& line) {
        if (!waiting_ || !waiting_->pending()) return;
        send_typed(line, request_, limit(),
                   [self = shared_from_this()](error_code error, const protocol::metadata_response& answer) {
                       self->on_answer(error, answer);
                   });
    }
    void on_answer(error_code error, const protocol::metadata_response& answer) {
        if (error) return is_retriable(error) ? again(error) : complete(error, {});
        if (answer.error_code != 0) return complete(from_broker(answer.error_code), {});
        if (metadata_cache{}.apply(answer, 0)) return complete({}, told(answer));
        // A broker that is still starting up may know of none.
        core_->note_failure(errc::metadata_unavailable, "a broker answered Metadata without any usable broker");
        again(errc::metadata_unavailable);
    }
    void again(error_code error) {
        const auto when = steady_clock::now() + core_->retry_delay(attempts_++);
        // The last attempt has less than its time: what ended the one before says more.
        if (core_->closed() || when >= deadline_) return complete(cause_ ? cause_ : error, {});
        cause_ = error;
        core_->call_at(when, [self = shared_from_this()] { self->attempt(); });
    }
    void complete(error_code error, cluster_metadata all) {
        if (const auto waiting = std::exchange(waiting_, nullptr)) waiting->complete(error, std::move(all));
    }
    [[nodiscard]] time_point limit() const {
        return std::min(deadline_, steady_clock::now() + core_->options().request_timeout);
    }

    std::shared_ptr<cluster_core> core_;
    protocol::metadata_request request_;
    std::shared_ptr<waiting_completion<cluster_metadata>> waiting_;
    time_point deadline_;
    int attempts_ = 0;
    error_code cause_;
};

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
    std::make_shared<description>(core, std::move(request), std::move(waiting))->start();
}

std::ostream& operator<<(std::ostream& out, const topic_partition& partition) {
    return out << partition.topic << '/' << partition.partition;
}

KASIO_END_NAMESPACE
