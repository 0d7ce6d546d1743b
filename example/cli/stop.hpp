// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <unistd.h>
#include <csignal>
#include <functional>

namespace cli {

/// The first SIGINT or SIGTERM asks to stop, the second ends at once with 130.
class stop_signal {
public:
    explicit stop_signal(boost::asio::io_context& context) : signals_{context, SIGINT, SIGTERM} { wait(); }

    [[nodiscard]] bool asked() const noexcept { return asked_; }
    /// Called at the first signal.
    void on_stop(std::function<void()> call) { call_ = std::move(call); }
    void cancel() { signals_.cancel(); }

private:
    void wait() {
        signals_.async_wait([this](boost::system::error_code error, int) {
            if (error) return;
            if (asked_) ::_exit(130);
            asked_ = true;
            if (call_) call_();
            wait();
        });
    }
    boost::asio::signal_set signals_;
    bool asked_ = false;
    std::function<void()> call_;
};

} // namespace cli
