// SPDX-License-Identifier: BSL-1.0
#include "cluster/live_cluster.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

void refuse_unless(bool fine, const char* what) {
    if (!fine) throw boost::system::system_error{make_error_code(errc::invalid_option), what};
}

void check(const cluster_options& options) {
    check_line_options(options);
    refuse_unless(options.default_timeout.count() > 0, "cluster: default_timeout must be positive");
    refuse_unless(options.metadata_max_age.count() > 0, "cluster: metadata_max_age must be positive");
}

} // namespace

void check_line_options(const cluster_options& options) {
    refuse_unless(options.connect_timeout.count() > 0, "cluster: connect_timeout must be positive");
    refuse_unless(options.request_timeout.count() > 0, "cluster: request_timeout must be positive");
    refuse_unless(options.max_pipelined > 0, "cluster: max_pipelined must be positive");
    refuse_unless(options.max_response_bytes >= 1024, "cluster: max_response_bytes is below 1024");
}

std::shared_ptr<cluster_core> cluster_core::create(boost::asio::any_io_executor executor, cluster_options options) {
    check(options);
    auto made = std::make_shared<live_cluster>(std::move(executor), std::move(options));
    made->start();
    return made;
}

live_cluster::live_cluster(boost::asio::any_io_executor executor, cluster_options options)
    : user_executor_{std::move(executor)}, strand_{user_executor_}, options_{std::move(options)},
      login_{sasl_login::create(strand_, options_)}, bootstrap_{parse_bootstrap_list(options_.bootstrap_servers)}, timers_{std::make_shared<timer_queue>(strand_)},
      random_{std::random_device{}()}, retry_backoff_{options_.retry_backoff, options_.retry_backoff_max},
      reconnects_{exponential_backoff{options_.reconnect_backoff, options_.reconnect_backoff_max}} {}

void live_cluster::start() {
    const auto self = std::static_pointer_cast<live_cluster>(shared_from_this());
    watch_context(user_executor_, std::weak_ptr<context_watcher>{self});
}

double live_cluster::random() {
    return std::uniform_real_distribution<double>{0.0, 1.0}(random_);
}

steady_clock::duration live_cluster::retry_delay(int attempt) { return retry_backoff_.delay(attempt, random()); }

void live_cluster::call_at(time_point when, unique_function<void()> call) {
    if (ended_) return;
    timers_->call_at(when, std::move(call));
}

void live_cluster::wait_until(time_point when, unique_function<void(error_code)> wake) {
    if (!ended_) {
        timers_->wait_until(when, std::move(wake));
        return;
    }
    if (context_gone_) return;
    boost::asio::post(strand_, [wake = std::move(wake), cause = ended_]() mutable { wake(cause); });
}

failure live_cluster::last_failure() const {
    const std::lock_guard lock{failure_mutex_};
    return last_failure_;
}

void live_cluster::note_failure(error_code code, std::string text) {
    const std::lock_guard lock{failure_mutex_};
    last_failure_.code = code;
    last_failure_.text = std::move(text);
}

void live_cluster::add_listener(std::weak_ptr<cluster_listener> listener) {
    // Called where handles are made, on any thread: the list itself belongs to the strand.
    boost::asio::post(strand_, [self = shared_from_this(), this, listener = std::move(listener)] {
        if (ended_) {
            if (const auto late = listener.lock()) late->on_cluster_closed(ended_);
            return;
        }
        std::erase_if(listeners_, [](const auto& each) { return each.expired(); });
        listeners_.push_back(listener);
    });
}

std::vector<std::shared_ptr<cluster_listener>> live_cluster::listeners() {
    std::vector<std::shared_ptr<cluster_listener>> alive;
    for (const auto& each : listeners_) {
        if (auto listener = each.lock()) alive.push_back(std::move(listener));
    }
    return alive;
}

void live_cluster::release() noexcept {
    if (handles_.fetch_sub(1, std::memory_order_acq_rel) != 1 || context_gone_) return;
    try {
        boost::asio::post(strand_, [self = shared_from_this(), this] { end(boost::asio::error::operation_aborted); });
    } catch (...) {
        // No memory for the post: what is pending ends with its own time-outs.
    }
}

void live_cluster::async_close(time_point, unique_function<void()> done) {
    // Everything that has to be drained belongs to producers and consumers; here nothing has to be waited for.
    end(errc::closed);
    boost::asio::post(strand_, std::move(done));
}

void live_cluster::end(error_code cause) {
    if (ended_) return;
    ended_ = cause;
    for (const auto& listener : listeners()) listener->on_cluster_closed(cause);
    listeners_.clear();
    auto slots = std::exchange(slots_, {});
    auto refreshes = std::exchange(refresh_waiters_, {});
    auto searches = std::exchange(coordinator_searches_, {});
    for (auto& [key, each] : slots) {
        if (each.line) each.line->close(cause);
        answer(std::move(each.waiters), cause, nullptr);
    }
    for (const auto& each : refreshes) each->done(cause);
    for (auto& [which, each] : searches) answer_coordinator(std::move(each.waiters), cause, -1);
    watched_.clear();
    timers_->end(cause);
}

void live_cluster::on_context_shutdown() noexcept {
    // Nothing runs any more. Handlers may own this very object: detach first, then destroy.
    const auto self = shared_from_this();
    // What belongs to the context is let go now, while its services are still there.
    context_gone_ = true;
    const auto timers = std::exchange(timers_, nullptr);
    ended_ = boost::asio::error::operation_aborted;
    for (const auto& listener : listeners()) listener->on_context_shutdown();
    (void)std::exchange(slots_, {});
    (void)std::exchange(refresh_waiters_, {});
    (void)std::exchange(coordinator_searches_, {});
    listeners_.clear();
    timers->clear();
    const auto strand = std::move(strand_); // last: what was destroyed above may still have posted
}

KASIO_END_NAMESPACE
