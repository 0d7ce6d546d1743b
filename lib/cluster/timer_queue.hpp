// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "base/unique_function.hpp"
#include "net/executor.hpp"

#include <map>
#include <memory>
#include <utility>

KASIO_BEGIN_NAMESPACE

/// Calls at given times, on the strand, all over one timer, which is armed only while something waits.
class timer_queue : public std::enable_shared_from_this<timer_queue> {
public:
    explicit timer_queue(serial_executor executor) : timer_{std::move(executor)} {}

    void call_at(time_point when, unique_function<void()> call) {
        calls_.emplace(when, std::move(call));
        arm();
    }
    /// Destroys all calls unrun.
    void clear() {
        timer_.cancel();
        armed_ = time_point::max();
        auto dropped = std::exchange(calls_, {});
    }

private:
    void arm() {
        // An earlier time that is armed already stays: when it comes, the rest is looked at again.
        if (calls_.empty() || calls_.begin()->first >= armed_) return;
        armed_ = calls_.begin()->first;
        timer_.expires_at(armed_);
        timer_.async_wait([weak = weak_from_this()](error_code error) {
            const auto self = weak.lock();
            if (!error && self) self->on_timer();
        });
    }
    void on_timer() {
        armed_ = time_point::max();
        const auto now = steady_clock::now();
        while (!calls_.empty() && calls_.begin()->first <= now) {
            auto call = std::move(calls_.begin()->second);
            calls_.erase(calls_.begin());
            call();
        }
        arm();
    }

    steady_timer timer_;
    std::multimap<time_point, unique_function<void()>> calls_;
    time_point armed_ = time_point::max();
};

KASIO_END_NAMESPACE
