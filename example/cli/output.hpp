// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/error.hpp>

#include <poll.h>
#include <unistd.h>
#include <cerrno>
#include <string>
#include <string_view>

namespace cli {

/// Standard output, gathered into pieces. Who reads it may go away at any time: that is no error.
class output {
public:
    /// What is to be written next.
    [[nodiscard]] std::string& pending() noexcept { return pending_; }
    void flush_when_large() {
        if (pending_.size() >= piece) flush();
    }
    void flush() {
        std::string_view left = pending_;
        while (!left.empty() && !closed_ && !error_) {
            const auto written = ::write(STDOUT_FILENO, left.data(), left.size());
            if (written >= 0) {
                left.remove_prefix(static_cast<std::size_t>(written));
            } else if (errno == EAGAIN) {
                // A terminal shares this flag with standard input.
                ::pollfd room{STDOUT_FILENO, POLLOUT, 0};
                ::poll(&room, 1, -1);
            } else if (errno == EPIPE) {
                closed_ = true;
            } else if (errno != EINTR) {
                error_.assign(errno, boost::system::system_category());
            }
        }
        pending_.clear();
    }
    /// Nobody reads any more.
    [[nodiscard]] bool closed() const noexcept { return closed_; }
    [[nodiscard]] const kasio::error_code& error() const noexcept { return error_; }

private:
    static constexpr std::size_t piece = 256 * 1024;
    std::string pending_;
    kasio::error_code error_;
    bool closed_ = false;
};

} // namespace cli
