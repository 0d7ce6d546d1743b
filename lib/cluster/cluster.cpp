// SPDX-License-Identifier: BSL-1.0
#include <kasio/cluster.hpp>

#include "cluster/cluster_core.hpp"
#include "cluster/complete.hpp"
#include "cluster/describe.hpp"
#include "cluster/user_request.hpp"

#include <boost/asio/post.hpp>

#include <utility>

KASIO_BEGIN_NAMESPACE

cluster::cluster(executor_type executor, cluster_options options)
    : core_{cluster_core::create(std::move(executor), std::move(options))} {
    core_->retain();
}

cluster::cluster(executor_type executor) : cluster{std::move(executor), cluster_options{}} {}

cluster::~cluster() {
    if (core_) core_->release();
}

cluster& cluster::operator=(cluster&& other) noexcept {
    if (this != &other) {
        if (core_) core_->release();
        core_ = std::move(other.core_);
    }
    return *this;
}

cluster::executor_type cluster::get_executor() const noexcept { return core_->user_executor(); }

failure cluster::last_failure() const { return core_->last_failure(); }

void cluster::start_metadata(const std::shared_ptr<cluster_core>& core, std::string topic,
                             boost::asio::any_completion_handler<void(error_code, cluster_metadata)> handler) {
    using waiting_type = waiting_completion<cluster_metadata>;
    auto waiting = std::make_shared<waiting_type>(std::move(handler), core->user_executor());
    const auto given_up = std::make_shared<bool>(false);
    waiting->listen([weak = std::weak_ptr<cluster_core>{core}, given_up] {
        const auto alive = weak.lock();
        if (alive) boost::asio::post(alive->strand(), [given_up] { *given_up = true; });
    });
    boost::asio::post(core->strand(), [core, topic = std::move(topic), waiting, given_up]() mutable {
        describe_cluster(core, std::move(topic), waiting, given_up);
    });
}

cluster::executor_type cluster::executor_of(const std::shared_ptr<cluster_core>& core) {
    return core->user_executor();
}

void cluster::start_request(const std::shared_ptr<cluster_core>& core, destination where,
                            std::shared_ptr<pending_request> request) {
    const auto limit = request->settings().timeout();
    const auto deadline = steady_clock::now() + (limit.count() > 0 ? limit : core->options().default_timeout);
    route to{.to = where.to(), .node = where.node_id(), .of = where.of(), .key = where.key()};
    request->listen(core->strand());
    boost::asio::post(core->strand(), [core, deadline, to = std::move(to), request = std::move(request)]() mutable {
        if (request->finished()) return; // cancelled before it began
        std::make_shared<user_request>(core, std::move(to), std::move(request), deadline)->attempt();
    });
}

void cluster::start_close(const std::shared_ptr<cluster_core>& core, std::chrono::milliseconds timeout,
                          boost::asio::any_completion_handler<void(error_code)> handler) {
    auto waiting = make_completion<>(std::move(handler), core->user_executor());
    const auto deadline = steady_clock::now() + timeout;
    boost::asio::post(core->strand(), [core, deadline, waiting] {
        core->async_close(deadline, [waiting] { waiting->complete({}); });
    });
}

KASIO_END_NAMESPACE
