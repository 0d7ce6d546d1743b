// SPDX-License-Identifier: BSL-1.0
// Hooks: a user's code, on the user's executor.
#include "group/rebalance_state.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <exception>

KASIO_BEGIN_NAMESPACE

const std::vector<topic_partition>& rebalance::partitions() const noexcept { return state_->partitions; }

error_code rebalance::cause() const noexcept { return state_->cause; }

error_code rebalance::start_at(const topic_partition& partition, start_position where) const {
    const auto core = state_->reader.lock();
    return core ? core->seek(partition, where) : error_code{errc::closed};
}

namespace {

/// One call of a hook.
struct hook_call {
    std::shared_ptr<cluster_core> cluster;
    rebalance_hook hook;
    rebalance what;
    unique_function<void(bool failed)> done;

    void over(bool failed) {
        if (cluster->context_gone()) return;
        boost::asio::post(cluster->strand(), [failed, tell = std::move(done)]() mutable { tell(failed); });
    }
};

void start(const std::shared_ptr<hook_call>& call) {
    try {
        if (const auto& plain = call->hook.as_function()) {
            plain(call->what);
            return call->over(false);
        }
        boost::asio::co_spawn(call->cluster->user_executor(), call->hook.as_coroutine()(call->what),
                              [call](std::exception_ptr thrown) { call->over(thrown != nullptr); });
    } catch (...) {
        call->over(true);
    }
}

} // namespace

void run_hook(const std::shared_ptr<cluster_core>& cluster, const rebalance_hook& hook, rebalance what,
              unique_function<void(bool failed)> done) {
    if (cluster->context_gone()) return;
    const auto call = std::make_shared<hook_call>(hook_call{cluster, hook, std::move(what), std::move(done)});
    boost::asio::post(cluster->user_executor(), [call] { start(call); });
}

KASIO_END_NAMESPACE
