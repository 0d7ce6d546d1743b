// SPDX-License-Identifier: BSL-1.0
#include "consumer/offset_lookup.hpp"

#include "cluster/metadata_cache.hpp"
#include "consumer/answer_matcher.hpp"
#include "consumer/fetch_round.hpp"

#include <kasio/broker_error.hpp>

#include <algorithm>
#include <map>
#include <ostream>
#include <string_view>
#include <utility>

KASIO_BEGIN_NAMESPACE

std::ostream& operator<<(std::ostream& out, const partition_offset& offset) {
    out << offset.partition;
    if (offset.error) return out << ": " << error_name(offset.error);
    return out << '@' << offset.offset;
}

offset_lookup::offset_lookup(std::shared_ptr<cluster_core> cluster, isolation_level isolation,
                             std::vector<question> questions, std::shared_ptr<completion_type> waiting)
    : cluster_{std::move(cluster)},
      isolation_{isolation},
      waiting_{std::move(waiting)},
      deadline_{steady_clock::now() + cluster_->options().default_timeout} {
    // By topic, as requests name them; so is the answer.
    std::stable_sort(questions.begin(), questions.end(),
                     [](const question& a, const question& b) { return a.partition < b.partition; });
    for (auto& each : questions) {
        // Brokers refuse a partition that is named twice: the first counts.
        if (!results_.empty() && results_.back().partition == each.partition) continue;
        topics_.insert(each.partition.topic);
        items_.emplace_back().timestamp = each.timestamp;
        results_.emplace_back().partition = std::move(each.partition);
    }
}

void offset_lookup::start() {
    for (const auto& topic : topics_) cluster_->watch_topic(topic, false);
    const auto& metadata = cluster_->metadata();
    const bool known = std::all_of(topics_.begin(), topics_.end(),
                                   [&](const auto& topic) { return metadata.find(topic) != nullptr; });
    if (known) return step();
    cluster_->async_refresh(deadline_, [self = shared_from_this()](error_code error) {
        if (error) {
            for (auto& each : self->items_) each.last = error;
        }
        self->step();
    });
}

void offset_lookup::end(error_code error) {
    if (std::exchange(ended_, true)) return;
    waiting_->complete(error, std::vector<partition_offset>{});
    let_go();
}

void offset_lookup::let_go() {
    for (const auto& topic : std::exchange(topics_, {})) cluster_->unwatch_topic(topic);
}

/// Asks each leader for what is open.
void offset_lookup::step() {
    if (cluster_->closed()) return end(cluster_->ended());
    if (over()) {
        ended_ = true;
        return let_go();
    }
    const auto& metadata = cluster_->metadata();
    std::map<std::int32_t, asked_items> rounds;
    for (std::size_t at = 0; at < items_.size(); ++at) {
        if (items_[at].settled) continue;
        const auto& partition = results_[at].partition;
        const auto* const topic = metadata.find(partition.topic);
        const auto number = static_cast<std::size_t>(partition.partition);
        if (topic == nullptr) {
            if (!items_[at].last) items_[at].last = broker_errc::unknown_topic_or_partition;
        } else if (topic->error) {
            retry(at, topic->error);
        } else if (number >= topic->partitions.size()) {
            retry(at, errc::unknown_partition);
        } else if (topic->partitions[number].leader < 0) {
            retry(at, errc::leader_unavailable);
        } else {
            auto& round = rounds[topic->partitions[number].leader];
            if (!round) round = std::make_shared<std::vector<std::size_t>>();
            round->push_back(at);
        }
    }
    ++under_way_; // so that none of them ends the round before all are asked
    for (const auto& [node, which] : rounds) ask(node, which);
    on_round_done();
}

void offset_lookup::ask(std::int32_t node, const asked_items& which) {
    ++under_way_;
    const auto until = std::min(deadline_, steady_clock::now() + cluster_->options().request_timeout);
    cluster_->async_session(
        node, purpose::common, until,
        [self = shared_from_this(), which](error_code error, const std::shared_ptr<session>& line) {
            if (!error) return self->send(*line, which);
            self->on_answer(which, error, {});
        });
}

void offset_lookup::send(session& line, const asked_items& which) {
    protocol::list_offsets_request request;
    request.replica_id = -1;
    request.isolation_level = static_cast<std::int8_t>(isolation_);
    request.timeout_ms = static_cast<std::int32_t>(cluster_->options().request_timeout.count());
    const std::string* last = nullptr;
    for (const auto at : *which) {
        const auto& partition = results_[at].partition;
        if (last == nullptr || *last != partition.topic) {
            request.topics.emplace_back().name = partition.topic;
            last = &partition.topic;
        }
        auto& asked = request.topics.back().partitions.emplace_back();
        asked.partition_index = partition.partition;
        asked.timestamp = items_[at].timestamp;
    }
    const auto until = std::min(deadline_, steady_clock::now() + cluster_->options().request_timeout);
    send_typed(
        line, request, until,
        [self = shared_from_this(), which](error_code error, const protocol::list_offsets_response& answer) {
            self->on_answer(which, error, answer);
        });
}

void offset_lookup::on_answer(const asked_items& which, error_code error,
                              const protocol::list_offsets_response& answer) {
    std::vector<answer_matcher::key> asked;
    for (const auto at : *which) {
        const auto& partition = results_[at].partition;
        asked.emplace_back(partition.topic, partition.partition);
        // What the answer leaves out is asked again.
        retry(at, error ? error : error_code{errc::malformed_response});
    }
    answer_matcher matcher{std::move(asked)};
    for (const auto& topic : answer.topics) {
        for (const auto& data : topic.partitions) {
            const auto place = matcher.find({std::string_view{topic.name}, data.partition_index});
            if (place == answer_matcher::none || items_[(*which)[place]].settled) continue;
            const auto at = (*which)[place];
            const bool may_be_none = items_[at].timestamp >= 0;
            if (data.error_code != 0) {
                retry(at, from_broker(data.error_code));
            } else if (data.offset >= 0 || (may_be_none && data.offset == -1)) {
                auto& result = results_[at];
                result.offset = data.offset;
                result.leader_epoch = data.leader_epoch;
                if (may_be_none && data.timestamp >= 0)
                    result.time = timestamp{std::chrono::milliseconds{data.timestamp}};
                settle(at, {});
            }
        }
    }
    on_round_done();
}

void offset_lookup::settle(std::size_t at, error_code error) {
    items_[at].settled = true;
    results_[at].error = error;
}

/// Settles what asking again cannot mend.
void offset_lookup::retry(std::size_t at, error_code error) {
    items_[at].last = error;
    bool mends = is_retriable(error) || needs_metadata_refresh(error) || error == errc::malformed_response ||
                 error == errc::unknown_partition;
    if (error.category() == broker_category()) {
        const auto step = step_after(static_cast<std::int16_t>(error.value()));
        mends = step == fetch_step::refresh || step == fetch_step::later;
    }
    if (!mends) settle(at, error);
}

void offset_lookup::on_round_done() {
    if (--under_way_ != 0) return;
    const bool done =
        std::all_of(items_.begin(), items_.end(), [](const item& each) { return each.settled; });
    if (done || over()) return finish();
    wait();
}

void offset_lookup::wait() {
    const auto when = steady_clock::now() + cluster_->retry_delay(std::min(rounds_++, 16));
    if (when >= deadline_) return finish();
    cluster_->refresh_metadata();
    cluster_->wait_until(when, [self = shared_from_this()](error_code ended) {
        if (ended) return self->end(ended);
        self->step();
    });
}

void offset_lookup::finish() {
    if (std::exchange(ended_, true)) return;
    for (std::size_t at = 0; at < items_.size(); ++at) {
        if (!items_[at].settled)
            settle(at, items_[at].last ? items_[at].last : error_code{errc::request_timed_out});
    }
    waiting_->complete(error_code{}, std::move(results_));
    let_go();
}

KASIO_END_NAMESPACE
