// SPDX-License-Identifier: BSL-1.0
// Connections: one for each node and purpose, shared by all who ask. On the strand.
#include "cluster/live_cluster.hpp"

#include "cluster/retry_policy.hpp"

#include <kasio/observer.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

KASIO_BEGIN_NAMESPACE

const server_address* live_cluster::address_of(std::int32_t node, server_address& space) const {
    if (node <= -2) {
        const auto index = static_cast<std::size_t>(-2 - node);
        return index < bootstrap_.size() ? &bootstrap_[index] : nullptr;
    }
    const auto* known = metadata_.node(node);
    if (known == nullptr) return nullptr;
    space = {known->host, known->port};
    return &space;
}

std::shared_ptr<session> live_cluster::open_session(std::int32_t node, purpose what) {
    const auto place = slots_.find({node, what});
    if (place == slots_.end() || !place->second.line || place->second.connecting) return nullptr;
    return place->second.line->is_open() ? place->second.line : nullptr;
}

std::shared_ptr<session> live_cluster::least_loaded() const {
    std::shared_ptr<session> best;
    for (const auto& [key, each] : slots_) {
        if (key.second != purpose::common || each.connecting || !each.line || !each.line->is_open()) continue;
        if (!best || each.line->in_flight() < best->in_flight()) best = each.line;
    }
    return best;
}

void live_cluster::async_session(std::int32_t node, purpose what, time_point deadline, session_handler done) {
    const auto later = [this, self = shared_from_this()](session_handler handler, error_code error,
                                                         std::shared_ptr<session> line) {
        boost::asio::post(strand_, [handler = std::move(handler), error, line = std::move(line)]() mutable {
            handler(error, std::move(line));
        });
    };
    if (ended_) return later(std::move(done), ended_, nullptr);
    if (auto line = open_session(node, what)) return later(std::move(done), {}, std::move(line));
    const slot_key key{node, what};
    if (const auto place = slots_.find(key); place != slots_.end() && !place->second.connecting) {
        // Closed, and whoever notices first asks here: the pause after its failure holds for them too.
        on_line_closed(key, place->second.line.get());
    }
    server_address space;
    if (address_of(node, space) == nullptr) return later(std::move(done), errc::broker_unreachable, nullptr);
    if (const auto cause = reconnects_.cause(node);
        ends_waiting(cause) && reconnects_.not_before(node) > steady_clock::now()) {
        // Remembered instead of asked for again: see `ends_waiting`.
        return later(std::move(done), cause, nullptr);
    }

    auto& where = slots_[key];
    auto waiting = std::make_shared<waiter>(waiter{std::move(done), {}});
    where.waiters.push_back(waiting);
    waiting->timer = timers_->call_at(deadline, [this, key, waiting] { on_waiter_late(key, waiting); });
    if (std::exchange(where.connecting, true)) return;
    const auto when = reconnects_.not_before(node);
    if (when <= steady_clock::now()) return connect(key);
    call_at(when, [this, key] { connect(key); });
}

void live_cluster::on_waiter_late(slot_key key, const std::shared_ptr<waiter>& late) {
    // Connecting goes on for the others; where nobody is left and it has not begun, it never does.
    if (const auto place = slots_.find(key); place != slots_.end()) std::erase(place->second.waiters, late);
    const auto cause = reconnects_.cause(key.first);
    if (auto handler = std::exchange(late->done, nullptr)) {
        handler(cause ? cause : error_code{errc::connect_timed_out}, nullptr);
    }
}

void live_cluster::connect(slot_key key) {
    const auto place = slots_.find(key);
    if (ended_ || place == slots_.end()) return;
    server_address space;
    const auto* address = address_of(key.first, space);
    if (address == nullptr || place->second.waiters.empty()) {
        auto waiters = std::move(place->second.waiters);
        slots_.erase(place);
        return answer(std::move(waiters), errc::broker_unreachable, nullptr);
    }
    auto line = session::create(strand_, options_, login_);
    place->second.line = line;
    line->set_node(key.first);
    line->ask_versions_from(first_versions_.version(key.first));
    const auto self = std::static_pointer_cast<live_cluster>(shared_from_this());
    line->connect(address->host, address->port,
                  [self, key, line](error_code error) { self->on_connected(key, line, error); });
}

void live_cluster::on_connected(slot_key key, const std::shared_ptr<session>& line, error_code error) {
    if (ended_) return line->close(ended_);
    const auto place = slots_.find(key);
    if (place == slots_.end() || place->second.line != line) return line->close(errc::closed);
    auto waiters = std::exchange(place->second.waiters, {});
    if (error) {
        slots_.erase(place);
        if (line->hung_up_at_first_request()) first_versions_.on_hung_up(key.first);
        on_node_failed(key.first, error, line->cause_text());
        return answer(std::move(waiters), error, nullptr);
    }
    place->second.connecting = false;
    reconnects_.on_success(key.first);
    first_versions_.on_success(key.first);
    const auto self = std::static_pointer_cast<live_cluster>(shared_from_this());
    line->on_close([weak = std::weak_ptr<live_cluster>{self}, key, raw = line.get()] {
        if (const auto alive = weak.lock()) alive->on_line_closed(key, raw);
    });
    watch_idle();
    answer(std::move(waiters), {}, line);
}

void live_cluster::on_node_failed(std::int32_t node, error_code cause, const std::string& text) {
    note_failure(cause, text);
    const auto now = steady_clock::now();
    reconnects_.on_failure(node, cause, now, random());
    if (options_.observer) options_.observer->on_back_off(node, cause, reconnects_.not_before(node) - now);
    if (refreshing_ && !refresh_cause_) refresh_cause_ = cause;
}

void live_cluster::on_line_closed(slot_key key, const session* line) {
    const auto place = slots_.find(key);
    if (ended_ || line == nullptr || place == slots_.end() || place->second.line.get() != line) return;
    const auto cause = line->cause();
    if (cause != errc::closed) {
        first_versions_.on_lost(key.first);
        on_node_failed(key.first, cause, line->cause_text());
        // Who led there may have moved.
        if (!watched_.empty()) refresh_metadata();
    }
    slots_.erase(place);
    if (slots_.empty()) timers_->cancel(std::exchange(idle_timer_, {}));
}

void live_cluster::answer(std::vector<std::shared_ptr<waiter>> waiters, error_code error,
                          const std::shared_ptr<session>& line) {
    for (auto& each : waiters) {
        timers_->cancel(each->timer);
        if (auto handler = std::exchange(each->done, nullptr)) handler(error, line);
    }
}

void live_cluster::watch_idle() {
    if (options_.idle_timeout <= std::chrono::milliseconds::zero() || idle_timer_ != timer_queue::key{}) return;
    auto oldest = steady_clock::now();
    for (const auto& [key, each] : slots_) {
        if (!each.connecting && each.line->in_flight() == 0) oldest = std::min(oldest, each.line->last_activity());
    }
    idle_timer_ = timers_->call_at(oldest + options_.idle_timeout, [this] { close_idle(); });
}

void live_cluster::close_idle() {
    idle_timer_ = {};
    const auto now = steady_clock::now();
    std::vector<std::shared_ptr<session>> idle;
    std::erase_if(slots_, [&](const auto& item) {
        const auto& each = item.second;
        if (each.connecting || each.line->in_flight() != 0) return false;
        if (each.line->is_open() && each.line->last_activity() + options_.idle_timeout > now) return false;
        idle.push_back(each.line);
        return true;
    });
    for (const auto& each : idle) each->close(errc::closed);
    if (!slots_.empty()) watch_idle();
}

KASIO_END_NAMESPACE
