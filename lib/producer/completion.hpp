// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "producer/send_batch.hpp"

#include <functional>
#include <memory>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// Ends batches: calls the handlers that lie in their arenas, and `on_delivery`.
///
/// Runs on the strand with no lock held; handlers may send, close or destroy the producer. What a handler
/// throws leaves through the executor that ran it and keeps no other handler from being called.
class completer {
public:
    using hook = std::function<void(const delivery_report&)>;
    completer(boost::asio::any_io_executor own, hook on_delivery)
        : own_{std::move(own)}, on_delivery_{std::move(on_delivery)} {}

    [[nodiscard]] const boost::asio::any_io_executor& own() const noexcept { return own_; }

    /// Calls each handler once: those on our executor now, others by one post per executor.
    void complete(const std::shared_ptr<send_batch>& batch, const batch_outcome& outcome);
    /// Ends one operation of a batch ahead of the rest; the batch skips it later.
    void complete_one(const std::shared_ptr<send_batch>& batch, detail::send_operation* operation,
                      const batch_outcome& outcome);
    /// Tells `on_delivery` of a `try_send` record that never came into a batch.
    void report_one(std::string_view topic, std::int32_t partition, error_code error, std::int64_t time);
    /// Is the operation's executor another than ours? Asked once, when it is linked to `batch`; keeps work
    /// outstanding on it.
    void adopt(send_batch& batch, detail::send_operation* operation) const;

private:
    void report(const send_batch& batch, const batch_outcome& outcome,
                const std::vector<std::int32_t>& with_handler);
    void call_hook(const delivery_report& what);
    void rethrow_later(std::exception_ptr thrown) const;

    boost::asio::any_io_executor own_;
    hook on_delivery_;
    std::vector<delivery> deliveries_;
};

KASIO_END_NAMESPACE
