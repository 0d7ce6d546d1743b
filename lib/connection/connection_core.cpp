// SPDX-License-Identifier: BSL-1.0
#include "connection/connection_core.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <utility>

KASIO_BEGIN_NAMESPACE

connection_core::connection_core(boost::asio::any_io_executor executor, cluster_options options)
    : user_executor_{std::move(executor)},
      strand_{std::in_place, user_executor_},
      options_{std::move(options)} {}

void connection_core::start() {
    watch_context(user_executor_, std::weak_ptr<context_watcher>{shared_from_this()});
}

error_code connection_core::last_failure() const {
    const std::lock_guard lock{mutex_};
    return cause_;
}

std::string connection_core::last_failure_text() const {
    const std::lock_guard lock{mutex_};
    return cause_text_;
}

protocol::version_range connection_core::offered(std::int16_t api_key) const {
    const std::lock_guard lock{mutex_};
    return versions_ ? versions_->offered(api_key) : protocol::version_range{};
}

void connection_core::on_disconnect(connection::disconnect_handler handler) {
    const std::lock_guard lock{mutex_};
    std::swap(on_disconnect_, handler);
}

void connection_core::note(error_code cause, const std::string& text) {
    const std::lock_guard lock{mutex_};
    cause_ = cause;
    cause_text_ = text;
}

// ---- connecting

void connection_core::connect(std::string host, std::uint16_t port,
                              std::shared_ptr<waiting_completion<>> done) {
    const auto give_up = [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self || self->context_gone_) return;
        boost::asio::post(*self->strand_, [self] {
            if (self->state() == connection_state::connecting && self->line_)
                self->line_->close(boost::asio::error::operation_aborted);
        });
    };
    done->listen(give_up);
    boost::asio::post(*strand_, [self = shared_from_this(), host = std::move(host), port, done]() mutable {
        self->connect_now(std::move(host), port, done);
    });
}

void connection_core::connect_now(std::string host, std::uint16_t port,
                                  const std::shared_ptr<waiting_completion<>>& done) {
    if (!done->pending()) return; // cancelled before it began
    const auto before = state();
    if (before == connection_state::connecting || before == connection_state::open) {
        done->complete(boost::asio::error::already_connected);
        return;
    }
    note({}, {});
    state_ = connection_state::connecting;
    line_ = session::create(*strand_, options_);
    line_->connect(std::move(host), port, [self = shared_from_this(), line = line_, done](error_code error) {
        self->on_connected(line, error, done);
    });
}

void connection_core::on_connected(const std::shared_ptr<session>& line, error_code error,
                                   const std::shared_ptr<waiting_completion<>>& done) {
    if (error) {
        note(error, line->cause_text());
        if (line == line_) line_.reset();
        state_ = connection_state::closed;
        done->complete(error);
        return;
    }
    {
        const std::lock_guard lock{mutex_};
        versions_ = line->versions();
    }
    state_ = connection_state::open;
    line->on_close([weak = weak_from_this(), raw = line.get()] {
        if (const auto self = weak.lock()) self->on_closed(*raw);
    });
    // Whoever cancelled in this very moment does not know that it is open.
    if (!done->complete({})) line->close(boost::asio::error::operation_aborted);
}

void connection_core::on_closed(const session& line) {
    note(line.cause(), line.cause_text());
    if (line_.get() == &line) line_.reset();
    connection::disconnect_handler told;
    {
        const std::lock_guard lock{mutex_};
        versions_.reset();
        told = on_disconnect_;
    }
    state_ = connection_state::closed;
    if (!told) return;
    boost::asio::post(user_executor_, [told = std::move(told), cause = line.cause(),
                                       text = line.cause_text()] { told(cause, text); });
}

// ---- requests

void connection_core::request(std::shared_ptr<pending_request> what) {
    const auto limit =
        what->settings().timeout().count() > 0 ? what->settings().timeout() : options_.request_timeout;
    const auto deadline = steady_clock::now() + limit;
    pending_.fetch_add(1, std::memory_order_acq_rel);
    what->on_finished([weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->pending_.fetch_sub(1, std::memory_order_acq_rel);
    });
    what->listen(*strand_);
    auto go = [self = shared_from_this(), what = std::move(what), deadline] {
        self->send_now(what, deadline);
    };
    // An observer asks from the strand, and may rely on nothing happening before it returns.
    if (strand_->running_in_this_thread()) boost::asio::post(*strand_, std::move(go));
    else boost::asio::dispatch(*strand_, std::move(go));
}

void connection_core::send_now(const std::shared_ptr<pending_request>& what, time_point deadline) {
    if (what->finished()) return; // cancelled before it began
    if (!line_ || !line_->is_open()) {
        auto cause = line_ ? line_->cause() : last_failure();
        if (state() == connection_state::idle || state() == connection_state::connecting)
            cause = boost::asio::error::not_connected;
        return what->finish(cause ? cause : error_code{errc::closed});
    }
    what->send(*line_, deadline, [](pending_request& self, error_code error) { self.finish(error); });
}

// ---- ending

void connection_core::close(error_code cause, std::shared_ptr<waiting_completion<>> done) {
    if (context_gone_) return;
    boost::asio::post(*strand_, [self = shared_from_this(), cause, done = std::move(done)] {
        if (self->line_) self->line_->close(cause);
        if (!done) return;
        // After what the close itself has posted.
        boost::asio::post(*self->strand_, [done] { done->complete({}); });
    });
}

void connection_core::on_context_shutdown() noexcept {
    const auto self = shared_from_this();
    context_gone_ = true;
    const auto line = std::exchange(line_, nullptr);
    strand_.reset(); // last: what was destroyed above may still have posted
}

KASIO_END_NAMESPACE
