// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "base/unique_function.hpp"
#include "net/executor.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// Calls at given times, on the strand, all over one timer, which is armed only while something waits.
class timer_queue : public std::enable_shared_from_this<timer_queue> {
public:
    /// Names a call; the default names none.
    struct key {
        time_point when{};
        std::uint64_t number = 0;
        friend auto operator<=>(const key&, const key&) = default;
    };

    explicit timer_queue(serial_executor executor) : timer_{std::move(executor)} {}

    /// Runs `call` at `when`.
    key call_at(time_point when, unique_function<void()> call) { return add(when, {std::move(call), nullptr}); }
    /// Calls `wake` at `when`, or with the cause when the queue ends before.
    key wait_until(time_point when, unique_function<void(error_code)> wake) {
        return add(when, {nullptr, std::move(wake)});
    }
    /// Destroys the call unrun, if it still waits.
    void cancel(key which) {
        const auto place = calls_.find(which);
        if (place == calls_.end()) return;
        const auto dropped = std::move(place->second);
        calls_.erase(place);
        if (calls_.empty()) disarm();
    }
    /// Wakes who waits with `cause`, destroys all other calls unrun.
    void end(error_code cause) {
        disarm();
        auto ended = std::exchange(calls_, {});
        for (auto& [when, each] : ended) {
            if (each.wake) each.wake(cause);
        }
    }
    /// Destroys all calls unrun.
    void clear() {
        disarm();
        const auto dropped = std::exchange(calls_, {});
    }

private:
    struct entry {
        unique_function<void()> call;
        unique_function<void(error_code)> wake;
    };

    key add(time_point when, entry what) {
        const key named{when, ++last_number_};
        calls_.emplace(named, std::move(what));
        arm();
        return named;
    }
    void disarm() {
        if (armed_ == time_point::max()) return;
        armed_ = time_point::max();
        timer_.cancel();
    }
    void arm() {
        // An earlier time that is armed already stays: when it comes, the rest is looked at again.
        if (calls_.empty() || calls_.begin()->first.when >= armed_) return;
        armed_ = calls_.begin()->first.when;
        timer_.expires_at(armed_);
        timer_.async_wait([weak = weak_from_this(), armed = armed_](error_code error) {
            const auto self = weak.lock();
            // A wait that had ended when it was cancelled says success; another one runs by now.
            if (!error && self && self->armed_ == armed) self->on_timer();
        });
    }
    void on_timer() {
        armed_ = time_point::max();
        const auto now = steady_clock::now();
        while (!calls_.empty() && calls_.begin()->first.when <= now) {
            auto due = std::move(calls_.begin()->second);
            calls_.erase(calls_.begin());
            if (due.call) due.call();
            else due.wake({});
        }
        arm();
    }

    steady_timer timer_;
    std::map<key, entry> calls_;
    std::uint64_t last_number_ = 0;
    time_point armed_ = time_point::max();
};

KASIO_END_NAMESPACE
