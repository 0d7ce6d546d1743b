// SPDX-License-Identifier: BSL-1.0
// What of `consumer` concerns groups, which the room of the consumer knows nothing of.
#include <kasio/consumer.hpp>

#include "consumer/consumer_core.hpp"
#include "group/consumer_group.hpp"

#include <boost/asio/post.hpp>

KASIO_BEGIN_NAMESPACE

consumer::consumer(cluster& kafka, consumer_options options)
    : core_{consumer_core::create(kafka.core(), std::move(options))} {
    try {
        group_ = consumer_group::create(core_);
    } catch (...) {
        core_->abandon();
        throw;
    }
}

void consumer::start_close(const std::shared_ptr<consumer_core>& core,
                           const std::shared_ptr<consumer_group>& group, close_options how,
                           boost::asio::any_completion_handler<void(error_code)> handler) {
    auto done = completion<>(std::move(handler), core->cluster()->user_executor());
    core->stop_waits();
    group->close(how, [core, done = std::move(done)]() mutable { core->close(std::move(done)); });
}

void group_handle::subscribe(std::vector<std::string> topics) { group_->subscribe({std::move(topics), {}}); }

void group_handle::subscribe(std::string topic) {
    std::vector<std::string> one;
    one.push_back(std::move(topic));
    group_->subscribe({std::move(one), {}});
}

void group_handle::subscribe(topic_pattern topics) { group_->subscribe({{}, std::move(topics.expression)}); }

void group_handle::unsubscribe() { group_->unsubscribe(); }

kasio::group_metadata group_handle::group_metadata() const { return group_->metadata(); }

void group_handle::start_commit(const std::shared_ptr<consumer_group>& group,
                                std::optional<std::vector<committed_offset>> offsets,
                                offsets_handler handler) {
    group->commit(std::move(offsets), std::move(handler));
}

void group_handle::start_committed(const std::shared_ptr<consumer_group>& group,
                                   std::vector<topic_partition> partitions, offsets_handler handler) {
    group->committed(std::move(partitions), std::move(handler));
}

KASIO_END_NAMESPACE
