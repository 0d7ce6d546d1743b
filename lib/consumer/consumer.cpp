// SPDX-License-Identifier: BSL-1.0
#include <kasio/consumer.hpp>

#include <kasio/partition_stream.hpp>

#include "consumer/consumer_core.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE

// The constructor, close and all that concerns groups: ../group/group_handle.cpp.

consumer::~consumer() {
    if (core_) core_->abandon();
}

consumer& consumer::operator=(consumer&& other) noexcept {
    if (this != &other) {
        if (core_) core_->abandon();
        group_handle::operator=(std::move(other));
        core_ = std::move(other.core_);
    }
    return *this;
}

consumer::executor_type consumer::get_executor() const noexcept { return core_->cluster()->user_executor(); }

void consumer::assign(std::vector<assignment> partitions) { core_->assign(partitions); }

void consumer::assign(topic_partition partition, start_position from) {
    std::vector<assignment> one;
    one.emplace_back(std::move(partition), from);
    core_->assign(one);
}

void consumer::assign_topic(std::string topic, start_position from) {
    core_->assign_topic(std::move(topic), from);
}

std::vector<topic_partition> consumer::assigned() const { return core_->assigned(); }

error_code consumer::seek(const topic_partition& partition, start_position where) {
    return core_->seek(partition, where);
}

error_code consumer::pause(const topic_partition& partition) { return core_->pause(partition, true); }

error_code consumer::resume(const topic_partition& partition) { return core_->pause(partition, false); }

std::optional<std::int64_t> consumer::position(const topic_partition& partition) const {
    return core_->position(partition);
}

partition_stream consumer::partition_stream(topic_partition partition) {
    auto state = core_->open_stream(std::move(partition));
    return {core_, std::move(state)};
}

std::optional<std::int64_t> consumer::lag(const topic_partition& partition) const {
    return core_->lag(partition);
}

consumer_metrics consumer::metrics() const { return core_->metrics(); }

void consumer::start_look_up(const std::shared_ptr<consumer_core>& core,
                             std::vector<topic_partition> partitions, std::int64_t timestamp,
                             offsets_handler handler) {
    std::vector<offset_lookup::question> questions;
    questions.reserve(partitions.size());
    for (auto& each : partitions) questions.push_back({std::move(each), timestamp});
    core->look_up(std::move(questions), std::move(handler));
}

void consumer::start_look_up(const std::shared_ptr<consumer_core>& core, std::vector<partition_time> times,
                             offsets_handler handler) {
    std::vector<offset_lookup::question> questions;
    questions.reserve(times.size());
    for (auto& each : times) {
        // Negative ones have a meaning of their own in the protocol.
        const auto since_1970 = std::max<std::int64_t>(each.time.time_since_epoch().count(), 0);
        questions.push_back({std::move(each.partition), since_1970});
    }
    core->look_up(std::move(questions), std::move(handler));
}

void consumer::start_position_wait(
    const std::shared_ptr<consumer_core>& core, topic_partition partition,
    boost::asio::any_completion_handler<void(error_code, std::int64_t)> handler) {
    core->await_position(std::move(partition), std::move(handler));
}

void consumer::start_poll(const std::shared_ptr<consumer_core>& core, poll_limits limits,
                          boost::asio::any_completion_handler<void(error_code, fetched_records)> handler) {
    core->poll(limits, std::move(handler));
}

KASIO_END_NAMESPACE
