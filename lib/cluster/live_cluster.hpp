// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "base/backoff.hpp"
#include "cluster/bootstrap_list.hpp"
#include "cluster/cluster_core.hpp"
#include "cluster/coordinator_cache.hpp"
#include "cluster/first_version_memory.hpp"
#include "cluster/metadata_cache.hpp"
#include "cluster/reconnect_schedule.hpp"
#include "cluster/timer_queue.hpp"
#include "net/context_watch.hpp"
#include "net/sasl_login.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// The one implementation of `cluster_core`: pool.cpp (connections), any_session.cpp (some broker, whichever),
/// refresh.cpp (metadata), coordinators.cpp, live_cluster.cpp (life and end).
class live_cluster final : public cluster_core, public context_watcher {
public:
    live_cluster(boost::asio::any_io_executor executor, cluster_options options);
    ~live_cluster() override {
        if (timers_) timers_->clear();
    }
    void start();

    // From any thread.
    const serial_executor& strand() const noexcept override { return strand_; }
    const boost::asio::any_io_executor& user_executor() const noexcept override { return user_executor_; }
    const cluster_options& options() const noexcept override { return options_; }
    failure last_failure() const override;
    bool context_gone() const noexcept override { return context_gone_; }
    void retain() noexcept override { handles_.fetch_add(1, std::memory_order_relaxed); }
    void release() noexcept override;

    // On the strand.
    void add_listener(std::weak_ptr<cluster_listener> listener) override;
    bool closed() const noexcept override { return static_cast<bool>(ended_); }
    error_code ended() const noexcept override { return ended_; }
    const metadata_cache& metadata() const noexcept override { return metadata_; }
    void watch_topic(std::string_view topic, bool allow_auto_create) override;
    void unwatch_topic(std::string_view topic) override;
    void refresh_metadata() override;
    void async_refresh(time_point deadline, unique_function<void(error_code)> done) override;
    std::shared_ptr<session> open_session(std::int32_t node, purpose what) override;
    bool hint_leader(std::string_view topic, std::int32_t partition, std::int32_t leader, std::int32_t epoch) override;
    void hint_node(std::int32_t node, std::string host, std::int32_t port) override;
    void async_session(std::int32_t node, purpose what, time_point deadline, session_handler done) override;
    void async_any_session(time_point deadline, session_handler done, given_up_flag given_up) override;
    void async_coordinator(coordinator_kind kind, std::string key, time_point deadline, node_handler done,
                           given_up_flag given_up) override;
    void forget_coordinator(coordinator_kind kind, std::string_view key, std::int32_t node) override;
    steady_clock::duration retry_delay(int attempt) override;
    void call_at(time_point when, unique_function<void()> call) override;
    void wait_until(time_point when, unique_function<void(error_code)> wake) override;
    void note_failure(error_code code, std::string text) override;
    void async_close(time_point deadline, unique_function<void()> done) override;

    void on_context_shutdown() noexcept override;

    /// A bootstrap server as a node of its own: it has no id, and never gets one by its address.
    static constexpr std::int32_t bootstrap_node(std::size_t index) noexcept {
        return -2 - static_cast<std::int32_t>(index);
    }
    [[nodiscard]] const std::vector<server_address>& bootstrap() const noexcept { return bootstrap_; }
    /// In [0, 1).
    [[nodiscard]] double random();
    /// Not before that time, since the node failed; the past when it may be tried now.
    [[nodiscard]] time_point not_before(std::int32_t node) const noexcept { return reconnects_.not_before(node); }
    /// The open connection for common purposes with the fewest requests under way; null when there is none.
    [[nodiscard]] std::shared_ptr<session> least_loaded() const;

private:
    struct waiter {
        session_handler done;
        timer_queue::key timer;
    };
    /// A connection of one purpose with one node; none is kept for a line that is gone.
    struct slot {
        std::shared_ptr<session> line;
        /// Or waiting to connect, while the node's back-off lasts.
        bool connecting = false;
        std::vector<std::shared_ptr<waiter>> waiters;
    };
    using slot_key = std::pair<std::int32_t, purpose>;
    struct watched {
        std::size_t watchers = 0;
        bool allow_auto_create = false;
    };
    struct refresh_waiter {
        /// The first refresh that serves it.
        std::uint64_t number;
        unique_function<void(error_code)> done;
        timer_queue::key timer;
    };
    struct coordinator_waiter {
        node_handler done;
        given_up_flag given_up;
        timer_queue::key timer;
    };
    /// A look-up under way.
    struct coordinator_search {
        std::vector<std::shared_ptr<coordinator_waiter>> waiters;
        bool under_way = false;
        error_code first_cause;
        int attempts = 0;
    };
    using coordinator_name = coordinator_cache::name;
    using refresh_handler =
        unique_function<void(error_code, std::int16_t version, const protocol::metadata_response& answer)>;

    // pool.cpp
    [[nodiscard]] const server_address* address_of(std::int32_t node, server_address& space) const;
    void connect(slot_key key);
    void on_connected(slot_key key, const std::shared_ptr<session>& line, error_code error);
    void on_line_closed(slot_key key, const session* line);
    void on_waiter_late(slot_key key, const std::shared_ptr<waiter>& late);
    void on_node_failed(std::int32_t node, error_code cause, const std::string& text);
    void answer(std::vector<std::shared_ptr<waiter>> waiters, error_code error, const std::shared_ptr<session>& line);
    void watch_idle();
    void close_idle();

    // refresh.cpp
    [[nodiscard]] bool refresh_wanted() const noexcept { return !watched_.empty() || !refresh_waiters_.empty(); }
    void schedule_refresh(time_point when);
    void start_refresh();
    void send_refresh(const std::shared_ptr<session>& line);
    void ask_about(session& line, const std::vector<std::string_view>& topics, bool create, refresh_handler done);
    void on_refreshed(error_code error, std::int16_t version, const protocol::metadata_response& answer);
    void bootstrap_again();
    void serve_refresh_waiters();
    void fail_refresh_waiters(error_code cause);
    [[nodiscard]] bool missing(std::string_view topic) const noexcept;
    [[nodiscard]] bool something_missing() const;
    void tell_listeners();

    // coordinators.cpp
    void look_up_coordinator(const coordinator_name& which);
    void ask_for_coordinator(session& line, const coordinator_name& which, time_point limit);
    void on_coordinator_found(const coordinator_name& which, found_coordinator found);
    void on_coordinator_unknown(const coordinator_name& which, error_code error);
    void answer_coordinator(std::vector<std::shared_ptr<coordinator_waiter>> waiters, error_code error,
                            std::int32_t node);

    // live_cluster.cpp
    void end(error_code cause);
    std::vector<std::shared_ptr<cluster_listener>> listeners();

    const boost::asio::any_io_executor user_executor_;
    /// Let go when the context goes down: a strand must not outlive it.
    serial_executor strand_;
    std::atomic<bool> context_gone_{false};
    const cluster_options options_;
    const std::shared_ptr<sasl_login> login_;
    const std::vector<server_address> bootstrap_;
    std::atomic<int> handles_{0};
    mutable std::mutex failure_mutex_;
    failure last_failure_;

    // On the strand.
    std::shared_ptr<timer_queue> timers_;
    std::minstd_rand random_;
    exponential_backoff retry_backoff_;
    std::vector<std::weak_ptr<cluster_listener>> listeners_;
    std::map<slot_key, slot> slots_;
    reconnect_schedule reconnects_;
    first_version_memory first_versions_;
    timer_queue::key idle_timer_;
    error_code ended_;

    coordinator_cache coordinators_;
    std::map<coordinator_name, coordinator_search> coordinator_searches_;

    metadata_cache metadata_;
    std::map<std::string, watched, std::less<>> watched_;
    std::vector<std::shared_ptr<refresh_waiter>> refresh_waiters_;
    std::uint64_t refreshes_started_ = 0;
    bool refreshing_ = false;
    /// Wanted again while one is under way: its answer may be from before.
    bool refresh_again_ = false;
    int refresh_attempts_ = 0;
    time_point refresh_at_ = time_point::max();
    timer_queue::key refresh_timer_;
    time_point last_refresh_{};
    /// What has kept refreshes from succeeding since the last that did: the first cause.
    error_code refresh_cause_;
};

KASIO_END_NAMESPACE
