// SPDX-License-Identifier: BSL-1.0
// Runs a coroutine to its end on an io_context of its own, with a hard limit: a test never hangs.
#pragma once

#include "support/catch.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <exception>
#include <optional>

namespace kasio_test {

namespace asio = boost::asio;

/// Runs `context` until `done` says so. False when `limit` passed first.
template <class Done>
bool run_until(asio::io_context& context, Done done,
               std::chrono::milliseconds limit = std::chrono::seconds{20}) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!done()) {
        if (std::chrono::steady_clock::now() >= end) return false;
        context.restart();
        context.run_one_for(std::chrono::milliseconds{50});
    }
    return true;
}

/// Runs handlers of `context`, one at a time, until `count` have run or `done` says so. Returns how many did.
template <class Done>
int run_handlers(asio::io_context& context, int count, Done done,
                 std::chrono::milliseconds limit = std::chrono::seconds{30}) {
    int ran = 0;
    const auto end = std::chrono::steady_clock::now() + limit;
    while (ran < count && !done() && std::chrono::steady_clock::now() < end) {
        context.restart();
        ran += static_cast<int>(context.run_one_for(std::chrono::seconds{1}));
    }
    return ran;
}

/// Runs the coroutine `body` (made by a named function) to its end; rethrows what it throws.
inline void run(asio::io_context& context, asio::awaitable<void> body,
                std::chrono::milliseconds limit = std::chrono::seconds{20}) {
    std::optional<std::exception_ptr> ended;
    asio::co_spawn(context, std::move(body), [&ended](std::exception_ptr thrown) { ended = thrown; });
    if (!run_until(
            context, [&ended] { return ended.has_value(); }, limit))
        FAIL("the test did not end in time");
    if (*ended) std::rethrow_exception(*ended);
}

/// Runs what is left: ends when nothing is pending any more. False when something still is after `limit`.
inline bool drain(asio::io_context& context, std::chrono::milliseconds limit = std::chrono::seconds{5}) {
    context.restart();
    context.run_for(limit);
    return context.stopped();
}

} // namespace kasio_test
