// SPDX-License-Identifier: BSL-1.0
#include <kasio/connection.hpp>

#include "cluster/cluster_core.hpp"
#include "connection/connection_core.hpp"

#include <boost/asio/error.hpp>

#include <utility>

KASIO_BEGIN_NAMESPACE

connection::connection(executor_type executor, cluster_options options) {
    check_line_options(options);
    core_ = std::make_shared<connection_core>(std::move(executor), std::move(options));
    core_->start();
}

connection::connection(executor_type executor) : connection{std::move(executor), cluster_options{}} {}

connection::~connection() {
    if (core_) core_->close(boost::asio::error::operation_aborted, nullptr);
}

connection& connection::operator=(connection&& other) noexcept {
    if (this != &other) {
        if (core_) core_->close(boost::asio::error::operation_aborted, nullptr);
        core_ = std::move(other.core_);
    }
    return *this;
}

connection::executor_type connection::get_executor() const noexcept { return core_->user_executor(); }
connection::executor_type connection::executor_of(const std::shared_ptr<connection_core>& core) {
    return core->user_executor();
}

void connection::on_disconnect(disconnect_handler handler) { core_->on_disconnect(std::move(handler)); }
connection_state connection::state() const noexcept { return core_->state(); }
std::size_t connection::pending() const noexcept { return core_->pending(); }
error_code connection::last_failure() const { return core_->last_failure(); }
std::string connection::last_failure_text() const { return core_->last_failure_text(); }
protocol::version_range connection::offered(std::int16_t api_key) const { return core_->offered(api_key); }

void connection::start_connect(const std::shared_ptr<connection_core>& core, std::string host,
                               std::uint16_t port,
                               boost::asio::any_completion_handler<void(error_code)> handler) {
    core->connect(std::move(host), port,
                  std::make_shared<waiting_completion<>>(std::move(handler), core->user_executor()));
}

void connection::start_request(const std::shared_ptr<connection_core>& core,
                               std::shared_ptr<pending_request> request) {
    core->request(std::move(request));
}

void connection::start_close(const std::shared_ptr<connection_core>& core,
                             boost::asio::any_completion_handler<void(error_code)> handler) {
    core->close(errc::closed,
                std::make_shared<waiting_completion<>>(std::move(handler), core->user_executor()));
}

KASIO_END_NAMESPACE
