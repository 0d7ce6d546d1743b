// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "base/unique_function.hpp"
#include "net/executor.hpp"

#include <kasio/error.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/dispatch.hpp>

#include <cstddef>
#include <optional>
#include <utility>

KASIO_BEGIN_NAMESPACE

/// Sees to a call that executes a user's handler on that handler's executor: never inside a call of the
/// user's, and never on a strand of ours, which would be held while the handler runs. By a post to `way_out`,
/// the executor that the user gave, but see `handover`.
void hand_over(const boost::asio::any_io_executor& way_out, unique_function<void()> call);

/// Around the work on the strand that bytes from a broker make: the call that this work hands over is made
/// here, once the strand has been left. A post would cost another look at the sockets, which is one system
/// call of five for who asks one thing at a time. When there are several all are posted, so that other
/// threads may take them.
class handover {
public:
    handover() noexcept;
    handover(const handover&) = delete;
    handover& operator=(const handover&) = delete;
    /// Posts what is left by an exception.
    ~handover();

    /// The strand has been left.
    void leave();

private:
    friend void hand_over(const boost::asio::any_io_executor& way_out, unique_function<void()> call);
    struct waiting {
        boost::asio::any_io_executor way_out;
        unique_function<void()> call;
    };
    void take(waiting next);
    void close() noexcept;

    handover* const outer_;
    bool open_ = true;
    bool several_ = false;
    std::optional<waiting> only_;
};

/// A handler for an operation on a socket that calls `done` on the strand, and hands over behind it.
template <class Done>
[[nodiscard]] auto through_strand(const serial_executor& strand, Done done) {
    return boost::asio::bind_executor(strand.get_inner_executor(), [strand, done = std::move(done)](
                                                                       error_code error,
                                                                       std::size_t size) mutable {
        handover out;
        boost::asio::dispatch(strand, [error, size, done = std::move(done)]() mutable { done(error, size); });
        out.leave();
    });
}

KASIO_END_NAMESPACE
