// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/redirect_error.hpp>

#include <array>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace cli {

/// Standard input in pieces, without holding up the executor. A regular file never blocks for long, and cannot be
/// waited for: it is read at once.
class input {
public:
    explicit input(const boost::asio::any_io_executor& executor) : waited_{executor} {
        struct stat what {};
        regular_ = ::fstat(STDIN_FILENO, &what) == 0 && S_ISREG(what.st_mode);
        if (!regular_) waited_.assign(::dup(STDIN_FILENO));
    }

    /// The next piece; empty at the end or after `stop`. Valid until the next call.
    boost::asio::awaitable<std::string_view> read() {
        if (regular_) {
            const auto got = ::read(STDIN_FILENO, buffer_.data(), buffer_.size());
            co_return std::string_view{buffer_.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
        }
        boost::system::error_code error;
        const auto into = boost::asio::buffer(buffer_);
        const auto got = co_await waited_.async_read_some(into, boost::asio::redirect_error(boost::asio::use_awaitable, error));
        co_return std::string_view{buffer_.data(), error ? 0 : got};
    }
    void stop() {
        boost::system::error_code ignored;
        waited_.cancel(ignored);
    }

private:
    boost::asio::posix::stream_descriptor waited_;
    bool regular_ = false;
    std::array<char, 256 * 1024> buffer_;
};

} // namespace cli
