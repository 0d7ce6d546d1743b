// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/complete.hpp"
#include "net/api_versions.hpp"
#include "net/context_watch.hpp"
#include "net/pending_request.hpp"
#include "net/session.hpp"

#include <kasio/connection.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

KASIO_BEGIN_NAMESPACE

/// The state behind `connection`: one session at a time, and what may be asked about it from any thread.
class connection_core : public std::enable_shared_from_this<connection_core>, public context_watcher {
public:
    connection_core(boost::asio::any_io_executor executor, cluster_options options);
    void start();

    // From any thread.
    [[nodiscard]] const boost::asio::any_io_executor& user_executor() const noexcept {
        return user_executor_;
    }
    [[nodiscard]] connection_state state() const noexcept { return state_.load(std::memory_order_acquire); }
    [[nodiscard]] std::size_t pending() const noexcept { return pending_.load(std::memory_order_acquire); }
    [[nodiscard]] error_code last_failure() const;
    [[nodiscard]] std::string last_failure_text() const;
    [[nodiscard]] protocol::version_range offered(std::int16_t api_key) const;
    void on_disconnect(connection::disconnect_handler handler);
    void connect(std::string host, std::uint16_t port, std::shared_ptr<waiting_completion<>> done);
    void request(std::shared_ptr<pending_request> what);
    void close(error_code cause, std::shared_ptr<waiting_completion<>> done);

    void on_context_shutdown() noexcept override;

private:
    void connect_now(std::string host, std::uint16_t port, const std::shared_ptr<waiting_completion<>>& done);
    void on_connected(const std::shared_ptr<session>& line, error_code error,
                      const std::shared_ptr<waiting_completion<>>& done);
    void on_closed(const session& line);
    void send_now(const std::shared_ptr<pending_request>& what, time_point deadline);
    void note(error_code cause, const std::string& text);

    const boost::asio::any_io_executor user_executor_;
    /// Let go when the context goes down: a strand must not outlive it.
    std::optional<serial_executor> strand_;
    const cluster_options options_;
    std::atomic<bool> context_gone_{false};
    std::atomic<connection_state> state_{connection_state::idle};
    std::atomic<std::size_t> pending_{0};

    mutable std::mutex mutex_;
    error_code cause_;
    std::string cause_text_;
    std::optional<api_versions> versions_;
    connection::disconnect_handler on_disconnect_;

    // On the strand.
    std::shared_ptr<session> line_;
};

KASIO_END_NAMESPACE
