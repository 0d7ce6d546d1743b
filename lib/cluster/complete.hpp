// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "net/handover.hpp"

#include <kasio/error.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>

#include <atomic>
#include <memory>
#include <tuple>
#include <utility>

KASIO_BEGIN_NAMESPACE

/// A user's completion handler that waits: completed once, on its executor, never inside the call that does it, with
/// work outstanding there meanwhile. Its cancellation slot (every type) ends the wait with `operation_aborted`, from whatever thread.
template <class... Args>
class waiting_completion : public std::enable_shared_from_this<waiting_completion<Args...>> {
public:
    using handler_type = boost::asio::any_completion_handler<void(error_code, Args...)>;

    waiting_completion(handler_type handler, const boost::asio::any_io_executor& fallback)
        : handler_{std::move(handler)}, way_out_{fallback}, executor_{boost::asio::prefer(
                                            boost::asio::get_associated_executor(handler_, fallback),
                                            boost::asio::execution::outstanding_work.tracked)} {}

    /// Listens to the handler's cancellation slot; `cancelled` is called when it ended the wait.
    template <class Cancelled>
    void listen(Cancelled cancelled) {
        auto slot = boost::asio::get_associated_cancellation_slot(handler_);
        if (!slot.is_connected()) return;
        slot.assign([weak = this->weak_from_this(), cancelled](boost::asio::cancellation_type) {
            const auto self = weak.lock();
            if (self && self->complete(boost::asio::error::operation_aborted, Args{}...)) cancelled();
        });
    }
    [[nodiscard]] bool pending() const noexcept { return !done_.load(std::memory_order_acquire); }

    /// False when the handler has been completed before: then nothing happens, and the arguments stay as they were.
    template <class... Given>
    bool complete(error_code error, Given&&... given) {
        if (done_.exchange(true, std::memory_order_acq_rel)) return false;
        auto call = [handler = std::move(handler_), error,
                     values = std::tuple<Args...>{std::forward<Given>(given)...}]() mutable {
            std::apply([&](auto&... each) { std::move(handler)(error, std::move(each)...); }, values);
        };
        // `any_completion_executor` cannot be required to post, and does not when asked (Boost 1.81).
        hand_over(way_out_, [executor = std::move(executor_), call = std::move(call)]() mutable {
            executor.execute(std::move(call));
        });
        return true;
    }

private:
    using executor_type =
        boost::asio::associated_executor_t<handler_type, boost::asio::any_io_executor>;
    handler_type handler_;
    const boost::asio::any_io_executor way_out_;
    executor_type executor_;
    std::atomic<bool> done_{false};
};

template <class... Args>
std::shared_ptr<waiting_completion<Args...>>
make_completion(boost::asio::any_completion_handler<void(error_code, Args...)> handler,
                const boost::asio::any_io_executor& fallback) {
    auto made = std::make_shared<waiting_completion<Args...>>(std::move(handler), fallback);
    made->listen([] {});
    return made;
}

/// The same as a function, for whoever just calls it once.
template <class... Args>
auto completion(boost::asio::any_completion_handler<void(error_code, Args...)> handler,
                const boost::asio::any_io_executor& fallback) {
    return [made = make_completion<Args...>(std::move(handler), fallback)](error_code error, Args... given) {
        made->complete(error, std::move(given)...);
    };
}

KASIO_END_NAMESPACE
