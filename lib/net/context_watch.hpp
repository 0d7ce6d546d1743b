// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>

KASIO_BEGIN_NAMESPACE

/// Told when the execution context under an executor is destroyed while operations are pending.
///
/// An `io_context` that goes down destroys what is queued in it, but not the handlers that lie in our own
/// batches and tables. They may own the very objects whose members they are (a coroutine that holds its producer
/// and awaits a send), so that nobody would ever destroy them.
class context_watcher {
public:
    /// Destroy pending handlers unrun. No executor of the context runs anything any more.
    virtual void on_context_shutdown() noexcept = 0;

protected:
    ~context_watcher() = default;
};

/// Calls `watcher` at the shutdown of the context of `executor`, if it still lives then.
void watch_context(const boost::asio::any_io_executor& executor, std::weak_ptr<context_watcher> watcher);

KASIO_END_NAMESPACE
