// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace cli {

/// How far the work is.
struct advance {
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;
    /// Of what, in any unit; `whole` 0 when nobody knows.
    std::uint64_t done = 0;
    std::uint64_t whole = 0;
};

/// One line on standard error that says how far the work is, several times a second. Only on a terminal that
/// can move its cursor; wiped at the end.
class progress {
public:
    progress(const boost::asio::any_io_executor& executor, bool wanted, std::function<advance()> ask);
    void start();
    /// Wipes the line. Does nothing the second time.
    void stop();

    /// Is standard error a terminal to draw on, and is it free of what goes to standard output?
    static bool is_possible(bool output_is_busy);
    /// The line for people, at most `width` columns: `12,345 records, 1.2 MB, 3,000/s  [####----] 50%`.
    static std::string line(const advance& now, std::chrono::duration<double> taken, std::size_t width);

private:
    void draw();
    void wait();
    boost::asio::steady_timer timer_;
    bool wanted_ = false;
    std::function<advance()> ask_;
    std::chrono::steady_clock::time_point begin_;
};

} // namespace cli
