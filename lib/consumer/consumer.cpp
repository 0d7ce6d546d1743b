// SPDX-License-Identifier: BSL-1.0
#include <kasio/consumer.hpp>

#include "consumer/consumer_core.hpp"

KASIO_BEGIN_NAMESPACE

consumer::consumer(cluster& kafka, consumer_options options)
    : core_{consumer_core::create(kafka.core(), std::move(options))} {}

consumer::~consumer() {
    if (core_) core_->abandon();
}

consumer& consumer::operator=(consumer&& other) noexcept {
    if (this != &other) {
        if (core_) core_->abandon();
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

void consumer::start_poll(const std::shared_ptr<consumer_core>& core,
                          boost::asio::any_completion_handler<void(error_code, fetched_records)> handler) {
    core->poll(std::move(handler));
}

void consumer::start_close(const std::shared_ptr<consumer_core>& core, std::chrono::milliseconds,
                           boost::asio::any_completion_handler<void(error_code)> handler) {
    core->close(completion<>(std::move(handler), core->cluster()->user_executor()));
}

KASIO_END_NAMESPACE
