// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "testing/cluster_state.hpp"
#include "testing/connection.hpp"
#include "testing/listener.hpp"

#include <kasio/config.hpp>
#include <kasio/testing/broker.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <future>
#include <list>
#include <map>
#include <memory>
#include <thread>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// The cluster at work: its thread, sockets and state. Everything but `call` runs on the thread.
class broker::impl final : public connection_host {
public:
    explicit impl(broker_options options);
    ~impl();

    /// Runs `f` on the cluster's thread and gives back what it returns or throws; at once when called there.
    template <class F>
    auto call(F f) -> decltype(f()) {
        if (io_.get_executor().running_in_this_thread()) return run(f);
        std::packaged_task<decltype(f())()> task{[this, &f] { return run(f); }};
        auto result = task.get_future();
        boost::asio::post(io_, [&task] { task(); });
        return result.get();
    }

    [[nodiscard]] cluster_state& state() override { return state_; }
    [[nodiscard]] bool is_paused(int node) const override { return slots_.at(node).paused; }
    [[nodiscard]] request_action admit(request_record request) override;
    void settle() override;
    void on_closed(connection& closed) override;

    // As the functions of the broker.
    [[nodiscard]] node_state& node(int id);
    [[nodiscard]] topic_state& topic(std::string_view name);
    [[nodiscard]] partition_state& partition(std::string_view topic, int index);
    [[nodiscard]] std::uint16_t port(int id) { return slots_.at(node(id).id).port->port(); }
    void kill_node(int id);
    void revive_node(int id);
    void pause_node(int id, bool paused);
    void close_connections(int node, bool with_reset);
    [[nodiscard]] std::size_t connection_count(int node) const;
    [[nodiscard]] std::size_t accepted_count(int node) const;
    /// Waits on the caller's thread.
    [[nodiscard]] bool wait_for_requests(api which, int node, std::size_t count,
                                         std::chrono::milliseconds timeout);

    /// Ready when something has changed, or was done to a group, after now.
    [[nodiscard]] std::future<void> next_change();

private:
    struct node_slot {
        std::unique_ptr<listener> port;
        bool paused = false;
        std::size_t accepted = 0;
    };
    struct request_waiter {
        api which;
        int node;
        std::size_t count;
        std::promise<void> reached;
    };

    template <class F>
    auto run(F& f) -> decltype(f()) {
        struct settling {
            impl& self;
            ~settling() { self.settle(); }
        } guard{*this};
        return f();
    }
    void open_node(int id);
    void on_accepted(int node, boost::asio::ip::tcp::socket socket);
    void plan_election();
    void plan_group_timer();
    void wake_waiting();
    void abandon_orphans(int node);
    void stop();
    /// A copy, since closing a connection takes it out of the table.
    [[nodiscard]] std::vector<std::shared_ptr<connection>> connections_of(int node) const;

    boost::asio::io_context io_{1};
    cluster_state state_;
    const std::shared_ptr<boost::asio::ssl::context> tls_;
    std::map<int, node_slot> slots_;
    std::map<std::uint64_t, std::shared_ptr<connection>> connections_;
    /// Closed, with a request that is held back.
    std::vector<std::weak_ptr<connection>> orphans_;
    std::uint64_t last_connection_ = 0;
    boost::asio::steady_timer election_{io_};
    bool election_planned_ = false;
    bool wake_planned_ = false;
    boost::asio::steady_timer group_timer_{io_};
    std::list<request_waiter> waiters_;
    std::vector<std::promise<void>> change_waiters_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
    std::thread thread_;
};

} // namespace testing
KASIO_END_NAMESPACE
