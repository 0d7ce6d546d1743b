// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/cluster.hpp>
#include <kasio/config.hpp>
#include <kasio/delivery.hpp>
#include <kasio/detail/send_operation.hpp>
#include <kasio/producer_metrics.hpp>
#include <kasio/producer_options.hpp>
#include <kasio/record.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>

#include <chrono>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

class producer_core;

/// Sends records: gathers them into a batch per partition, and delivers the batches.
///
/// **Executor.** Work runs on the cluster's executor. Completion handlers run on their associated executor,
/// never inside the call that starts the operation; those on the cluster's own executor run in the turn in
/// which the broker's answer came, all others get one post per batch.
///
/// **Threads.** The handle may be used from any thread; the sends of one thread keep their order within a
/// partition.
///
/// **Lifetime.** Destroying the producer never blocks; what is pending completes with `operation_aborted`.
/// `async_close` first delivers what is buffered.
class producer {
public:
    using executor_type = cluster::executor_type;

    /// Throws `boost::system::system_error` (`errc::invalid_option`, `errc::compression_unavailable`) when an
    /// option cannot be.
    KASIO_DECL explicit producer(cluster& kafka, producer_options options = {});
    producer(producer&&) noexcept = default;
    KASIO_DECL producer& operator=(producer&& other) noexcept;
    KASIO_DECL ~producer();

    [[nodiscard]] KASIO_DECL executor_type get_executor() const noexcept;

    /// Sends a record and waits for its delivery.
    ///
    /// The record is encoded before this returns (when initiated), so that what it borrows may go then. With
    /// the budget used up, or the topic's partitions not known yet, it is copied and waits its turn, first
    /// come first served, for at most `max_block`.
    ///
    /// Completes with `void(error_code, delivery)`; `delivery.fate` tells what is certain also when it
    /// failed. Errors: a `broker_errc` of the record's partition; `message_timed_out` after
    /// `delivery_timeout`; `record_too_large`; `unknown_partition`; `budget_exceeded`, `metadata_unavailable`
    /// or the cause that kept the brokers from answering after `max_block`; `closed`.
    ///
    /// A batch that the broker finds too large is sent in parts; where it blames single records (KIP-467)
    /// these end with the error, and the others are sent again without them.
    ///
    /// Cancellation (every type): ends the wait with `operation_aborted`. A record that is in no request yet,
    /// whether it waits for room, for metadata or in its batch, is withdrawn (`not_sent`); one whose batch
    /// has been written, or made ready for it, still goes out, so its fate is `unknown`.
    template <class Token = boost::asio::deferred_t>
    auto async_send(producer_record record, Token&& token = {}) {
        return boost::asio::async_initiate<Token, void(error_code, delivery)>(
            [](auto handler, std::shared_ptr<producer_core> core, producer_record what) {
                using Operation = detail::typed_send<decltype(handler)>;
                auto slot = boost::asio::get_associated_cancellation_slot(handler);
                if (slot.is_connected()) {
                    auto cancellation = start_cancellable_send(core, what, Operation::type_of, &handler);
                    slot.assign([cancellation](boost::asio::cancellation_type) { cancellation->cancel(); });
                } else {
                    start_send(core, what, Operation::type_of, &handler);
                }
            },
            token, core_, record);
    }

    /// Sends several records; completes with `void(error_code, std::vector<send_result>)`, one result a
    /// record in their order, when all have ended. The operation's own code is always success: what failed is
    /// said by the items. Otherwise as `async_send`; cancellation ends the wait with `operation_aborted` and
    /// no items.
    template <class Token = boost::asio::deferred_t>
    auto async_send_many(std::span<const producer_record> records, Token&& token = {}) {
        return boost::asio::async_initiate<Token, void(error_code, std::vector<send_result>)>(
            [](auto handler, std::shared_ptr<producer_core> core, std::span<const producer_record> what) {
                start_send_many(core, what, std::move(handler));
            },
            token, core_, records);
    }

    /// Takes the record if there is room: success, or `would_block` (wait with `async_wait_writable`),
    /// `record_too_large`, `closed`. Its outcome goes to `producer_options::on_delivery`. Never waits, never
    /// allocates per record.
    [[nodiscard]] KASIO_DECL error_code try_send(const producer_record& record);

    /// Completes with `void(error_code)` once the budget has room. Errors: `closed`. Cancellation ends the
    /// wait.
    template <class Token = boost::asio::deferred_t>
    auto async_wait_writable(Token&& token = {}) {
        return boost::asio::async_initiate<Token, void(error_code)>(
            [](auto handler, std::shared_ptr<producer_core> core) {
                start_wait_writable(core, std::move(handler));
            },
            token, core_);
    }

    /// Sends what lingers, and completes with `void(error_code)` when each record sent before has ended, in
    /// whatever way. Errors: none but `closed`. Several at once are fine. Cancellation ends the wait only.
    template <class Token = boost::asio::deferred_t>
    auto async_flush(Token&& token = {}) {
        return boost::asio::async_initiate<Token, void(error_code)>(
            [](auto handler, std::shared_ptr<producer_core> core) { start_flush(core, std::move(handler)); },
            token, core_);
    }

    /// Takes no more records, delivers what is buffered until `timeout`, then ends the rest with `closed` and
    /// their true fate. Completes with `void(error_code)`, whatever the brokers do: success when every record
    /// had ended by itself, `request_timed_out` when some had to be cut. A second close joins the first.
    template <class Token = boost::asio::deferred_t>
    auto async_close(std::chrono::milliseconds timeout, Token&& token = {}) {
        return boost::asio::async_initiate<Token, void(error_code)>(
            [](auto handler, std::shared_ptr<producer_core> core, std::chrono::milliseconds limit) {
                start_close(core, limit, std::move(handler));
            },
            token, core_, timeout);
    }
    /// The same with thirty seconds.
    template <class Token = boost::asio::deferred_t>
        requires(!std::is_convertible_v<Token, std::chrono::milliseconds>)
    auto async_close(Token&& token = {}) {
        return async_close(std::chrono::seconds{30}, std::forward<Token>(token));
    }

    /// What it has done so far and what it holds now, read without a lock.
    [[nodiscard]] KASIO_DECL producer_metrics metrics() const;

private:
    using signal_handler = boost::asio::any_completion_handler<void(error_code)>;
    using many_handler = boost::asio::any_completion_handler<void(error_code, std::vector<send_result>)>;
    KASIO_DECL static void start_send(const std::shared_ptr<producer_core>& core,
                                      const producer_record& record, const detail::send_operation_type& type,
                                      void* handler);
    KASIO_DECL static std::shared_ptr<detail::send_cancellation> start_cancellable_send(
        const std::shared_ptr<producer_core>& core, const producer_record& record,
        const detail::send_operation_type& type, void* handler);
    KASIO_DECL static void start_send_many(const std::shared_ptr<producer_core>& core,
                                           std::span<const producer_record> records, many_handler handler);
    KASIO_DECL static void start_wait_writable(const std::shared_ptr<producer_core>& core,
                                               signal_handler handler);
    KASIO_DECL static void start_flush(const std::shared_ptr<producer_core>& core, signal_handler handler);
    KASIO_DECL static void start_close(const std::shared_ptr<producer_core>& core,
                                       std::chrono::milliseconds timeout, signal_handler handler);
    std::shared_ptr<producer_core> core_;
};

KASIO_END_NAMESPACE
