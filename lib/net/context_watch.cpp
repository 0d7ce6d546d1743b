// SPDX-License-Identifier: BSL-1.0
#include "net/context_watch.hpp"

#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/query.hpp>

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

namespace {

class watch_service final : public boost::asio::execution_context::service {
public:
    using key_type = watch_service;
    static boost::asio::execution_context::id id;

    explicit watch_service(boost::asio::execution_context& context) : service{context} {}

    void add(std::weak_ptr<context_watcher> watcher) {
        const std::lock_guard lock{mutex_};
        std::erase_if(watchers_, [](const auto& each) { return each.expired(); });
        watchers_.push_back(std::move(watcher));
    }

private:
    void shutdown() noexcept override {
        std::vector<std::weak_ptr<context_watcher>> watchers;
        {
            const std::lock_guard lock{mutex_};
            watchers.swap(watchers_);
        }
        for (const auto& each : watchers) {
            if (const auto watcher = each.lock()) watcher->on_context_shutdown();
        }
    }

    std::mutex mutex_;
    std::vector<std::weak_ptr<context_watcher>> watchers_;
};

boost::asio::execution_context::id watch_service::id;

} // namespace

void watch_context(const boost::asio::any_io_executor& executor, std::weak_ptr<context_watcher> watcher) {
    auto& context = boost::asio::query(executor, boost::asio::execution::context);
    boost::asio::use_service<watch_service>(context).add(std::move(watcher));
}

KASIO_END_NAMESPACE
