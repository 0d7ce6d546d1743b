// SPDX-License-Identifier: BSL-1.0
#include "progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace cli {

namespace {

constexpr std::chrono::milliseconds pace{200};

/// With a comma after each thousand.
std::string grouped(std::uint64_t number) {
    auto text = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
        text.insert(static_cast<std::size_t>(at), 1, ',');
    }
    return text;
}

std::string scaled(std::uint64_t bytes) {
    constexpr std::array<std::string_view, 5> units{" B", " kB", " MB", " GB", " TB"};
    auto number = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; number >= 1000 && unit + 1 < units.size(); ++unit) number /= 1000;
    auto text = std::to_string(number);
    text.resize(text.find_first_of(".,") + (unit == 0 ? 0 : 2));
    return text + std::string{units[unit]};
}

std::size_t columns() {
    constexpr std::size_t usual = 80;
    ::winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual;
}

void print(const std::string& text) {
    // Who cannot be told is not waited for.
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

} // namespace

progress::progress(const boost::asio::any_io_executor& executor, bool wanted, std::function<advance()> ask)
    : timer_{executor}, wanted_{wanted}, ask_{std::move(ask)} {}

void progress::start() {
    begin_ = std::chrono::steady_clock::now();
    if (!wanted_) return;
    draw();
    wait();
}

void progress::stop() {
    timer_.cancel();
    if (std::exchange(wanted_, false)) print("\r\x1b[K");
}

void progress::wait() {
    timer_.expires_after(pace);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error || !wanted_) return;
        draw();
        wait();
    });
}

void progress::draw() {
    print("\r" + line(ask_(), std::chrono::steady_clock::now() - begin_, columns() - 1) + "\x1b[K");
}

bool progress::is_possible(bool output_is_busy) {
    const char* terminal = std::getenv("TERM");
    const bool able = terminal == nullptr || std::string_view{terminal} != "dumb";
    return able && ::isatty(STDERR_FILENO) == 1 && !(output_is_busy && ::isatty(STDOUT_FILENO) == 1);
}

std::string progress::line(const advance& now, std::chrono::duration<double> taken, std::size_t width) {
    auto text = grouped(now.records) + " records, " + scaled(now.bytes);
    if (taken.count() > 0) {
        text += ", " + grouped(static_cast<std::uint64_t>(static_cast<double>(now.records) / taken.count())) +
                "/s";
    }
    constexpr std::size_t cells = 24;
    if (now.whole > 0) {
        const auto share = std::min(1.0, static_cast<double>(now.done) / static_cast<double>(now.whole));
        const auto filled = static_cast<std::size_t>(share * cells);
        text += "  [" + std::string(filled, '#') + std::string(cells - filled, '-') + "] " +
                std::to_string(static_cast<int>(share * 100)) + "%";
    }
    return text.substr(0, width);
}

} // namespace cli
