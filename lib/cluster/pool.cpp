// SPDX-License-Identifier: BSL-1.0
// Connections: one for each node and purpose, shared by all who ask. On the strand.
#include "cluster/live_cluster.hpp"

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

time_point live_cluster::not_before(std::int32_t node) const noexcept {
    const auto place = health_.find(node);
    return place == health_.end() ? time_point{} : place->second.not_before;
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
    server_address space;
    if (address_of(node, space) == nullptr) return later(std::move(done), errc::broker_unreachable, nullptr);

    const slot_key key{node, what};
    auto& where = slots_[key];
    auto waiting = std::make_shared<waiter>(waiter{std::move(done)});
    where.waiters.push_back(waiting);
    call_at(deadline, [weak = std::weak_ptr<waiter>{waiting}, this] {
        const auto late = weak.lock();
        if (!late || !late->done) return;
        auto handler = std::exchange(late->done, nullptr);
        handler(telling(errc::connect_timed_out), nullptr);
    });
    if (std::exchange(where.connecting, true)) return;
    const auto when = not_before(node);
    if (when <= steady_clock::now()) return connect(key);
    call_at(when, [this, key] { connect(key); });
}

void live_cluster::connect(slot_key key) {
    server_address space;
    const auto* address = address_of(key.first, space);
    auto& where = slots_[key];
    if (address == nullptr) {
        where.connecting = false;
        return fail_waiters(where, errc::broker_unreachable);
    }
    auto line = session::create(strand_, options_);
    where.line = line;
    const auto self = std::static_pointer_cast<live_cluster>(shared_from_this());
    line->connect(address->host, address->port,
                  [self, key, line](error_code error) { self->on_connected(key, line, error); });
}

void live_cluster::on_connected(slot_key key, const std::shared_ptr<session>& line, error_code error) {
    if (ended_) return line->close(ended_);
    const auto place = slots_.find(key);
    if (place == slots_.end() || place->second.line != line) return line->close(errc::closed);
    auto& where = place->second;
    where.connecting = false;
    auto& node = health_[key.first];
    if (error) {
        note_failure(error, line->cause_text());
        where.line.reset();
        node.not_before = steady_clock::now() + reconnect_backoff_.delay(std::min(node.failures++, 30), random());
        return fail_waiters(where, error);
    }
    node.failures = 0;
    const auto self = std::static_pointer_cast<live_cluster>(shared_from_this());
    line->on_close([weak = std::weak_ptr<live_cluster>{self}, key, raw = line.get()] {
        if (const auto alive = weak.lock()) alive->on_line_closed(key, raw);
    });
    watch_idle();
    auto waiters = std::exchange(where.waiters, {});
    for (auto& each : waiters) {
        if (auto handler = std::exchange(each->done, nullptr)) handler({}, line);
    }
}

void live_cluster::on_line_closed(slot_key key, const session* line) {
    const auto place = slots_.find(key);
    if (ended_ || place == slots_.end() || place->second.line.get() != line) return;
    const auto cause = line->cause();
    if (cause != errc::closed) {
        note_failure(cause, line->cause_text());
        auto& node = health_[key.first];
        node.not_before = steady_clock::now() + reconnect_backoff_.delay(std::min(node.failures++, 30), random());
        // Who led there may have moved.
        if (!watched_.empty()) refresh_metadata();
    }
    place->second.line.reset();
}

void live_cluster::fail_waiters(slot& where, error_code error) {
    auto waiters = std::exchange(where.waiters, {});
    for (auto& each : waiters) {
        if (auto handler = std::exchange(each->done, nullptr)) handler(error, nullptr);
    }
}

void live_cluster::watch_idle() {
    if (options_.idle_timeout <= std::chrono::milliseconds::zero() || std::exchange(idle_watched_, true)) return;
    call_at(steady_clock::now() + options_.idle_timeout, [this] { close_idle(); });
}

void live_cluster::close_idle() {
    idle_watched_ = false;
    const auto now = steady_clock::now();
    bool open = false;
    for (auto& [key, each] : slots_) {
        if (each.connecting || !each.line || !each.line->is_open()) continue;
        if (each.line->in_flight() == 0 && each.line->last_activity() + options_.idle_timeout <= now) {
            std::exchange(each.line, nullptr)->close(errc::closed);
        } else {
            open = true;
        }
    }
    if (open) watch_idle();
}

KASIO_END_NAMESPACE
