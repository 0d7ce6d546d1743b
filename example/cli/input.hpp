// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/error.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>

namespace cli {

/// Standard input or a file in pieces, without holding up the executor. A regular file never blocks for long,
/// and cannot be waited for: it is read at once.
class input {
public:
    /// `path` empty: standard input.
    input(const boost::asio::any_io_executor& executor, const std::string& path) : waited_{executor} {
        handle_ = path.empty() ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
        struct stat what {};
        if (handle_ < 0 || ::fstat(handle_, &what) != 0) {
            error_.assign(errno, boost::system::system_category());
            return;
        }
        flags_ = ::fcntl(handle_, F_GETFL);
        regular_ = S_ISREG(what.st_mode);
        if (regular_) size_ = static_cast<std::uint64_t>(what.st_size);
        else waited_.assign(handle_, error_);
    }
    input(const input&) = delete;
    input& operator=(const input&) = delete;
    ~input() {
        if (handle_ < 0) return;
        // Asio makes it non-blocking, for everybody who shares it: a shell would be surprised.
        if (flags_ >= 0) ::fcntl(handle_, F_SETFL, flags_);
        if (!waited_.is_open()) ::close(handle_);
    }

    /// The next piece; empty at the end, after `stop`, and after an error. Valid until the next call.
    boost::asio::awaitable<std::string_view> read() {
        if (error_ || stopped_) co_return std::string_view{};
        std::size_t got = 0;
        if (regular_) {
            got = read_file();
        } else {
            boost::system::error_code error;
            const auto into = boost::asio::buffer(buffer_);
            got = co_await waited_.async_read_some(
                into, boost::asio::redirect_error(boost::asio::use_awaitable, error));
            const bool ended = error == boost::asio::error::eof ||
                               (stopped_ && error == boost::asio::error::operation_aborted);
            if (error && !ended) error_ = error;
            if (error) got = 0;
        }
        taken_ += got;
        co_return std::string_view{buffer_.data(), got};
    }
    void stop() {
        stopped_ = true;
        boost::system::error_code ignored;
        waited_.cancel(ignored);
    }
    /// What kept it from being opened or read.
    [[nodiscard]] const kasio::error_code& error() const noexcept { return error_; }
    [[nodiscard]] std::uint64_t taken() const noexcept { return taken_; }
    /// Of a regular file; 0: not known.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

private:
    std::size_t read_file() {
        for (;;) {
            const auto got = ::read(handle_, buffer_.data(), buffer_.size());
            if (got >= 0) return static_cast<std::size_t>(got);
            if (errno == EINTR) continue;
            error_.assign(errno, boost::system::system_category());
            return 0;
        }
    }
    boost::asio::posix::stream_descriptor waited_;
    kasio::error_code error_;
    int handle_ = -1;
    int flags_ = -1;
    bool regular_ = false;
    bool stopped_ = false;
    std::uint64_t taken_ = 0;
    std::uint64_t size_ = 0;
    std::array<char, 256 * 1024> buffer_;
};

} // namespace cli
