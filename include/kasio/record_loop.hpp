// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/consumer.hpp>
#include <kasio/fetched_records.hpp>
#include <kasio/partition_offset.hpp>
#include <kasio/record.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

class record_run; // in the library

/// Which records a `record_loop` works on one after the other; all others go side by side.
enum class record_order : std::uint8_t {
    by_partition,
    /// Those of one partition that have the same key. Records without a key go side by side.
    by_key,
};

/// How a `record_loop` works.
struct record_loop_options {
    record_order order = record_order::by_partition;
    /// Records that are worked on at a time.
    std::size_t concurrency = 16;
    /// Records taken from the consumer and not yet finished: no more is polled at this.
    std::size_t max_pending = 1'000;
    /// Commits what has been finished, and calls its second argument when that is over, from any thread.
    /// Called every `commit_interval` while there is something to commit, one at a time, and at the end. An
    /// offset is that of the record before which everything has been finished. What fails is tried again next
    /// time. Empty: the consumer's group keeps the offsets, as with `async_commit`; without a group nothing
    /// is committed.
    std::function<void(std::vector<partition_offset>, std::function<void(error_code)>)> commit = {};
    std::chrono::milliseconds commit_interval{5'000};
    /// Told of the consumer's events. Empty: the loop goes on over resets and ends of partitions, and ends
    /// with the first event that is an error.
    std::function<void(const partition_event&)> on_event = {};
};

/// Works on every record that a consumer reads, several at a time, and commits what is finished, no more: a
/// record that was not finished comes again after a restart, whatever others finished meanwhile.
///
/// While it runs, `auto_commit` and `async_commit` without offsets commit only what is finished too, and a
/// group that takes a partition away waits, within its time-outs, until all that was begun of it is finished
/// and committed.
///
/// ```
/// asio::awaitable<void> handle(kasio::record_view record);
///
/// kasio::record_loop loop{consumer, {.order = kasio::record_order::by_key, .concurrency = 64}};
/// co_await loop.async_run(handle);
/// ```
/// **Executor, threads, lifetime**: as `consumer` says, which must not be polled meanwhile. Work runs as
/// coroutines on the consumer's executor, on all of its threads. Destroying the loop stops it as a
/// cancellation does.
class record_loop {
public:
    /// Throws `boost::system::system_error` (`errc::invalid_option`) when an option cannot be.
    KASIO_DECL explicit record_loop(consumer& from, record_loop_options options = {});
    record_loop(record_loop&&) noexcept = default;
    KASIO_DECL record_loop& operator=(record_loop&& other) noexcept;
    KASIO_DECL ~record_loop();

    /// Calls `work` with each record; it gives an `awaitable<void>`, and the record is finished when that is.
    /// The view holds until then.
    ///
    /// Completes with `void(std::exception_ptr)`, so that who awaits it gets it thrown, once nothing is
    /// worked on any more and what was finished has been committed: with what `work` threw first, or a
    /// `boost::system::system_error` with an error of the consumer's polls or of an event (see `on_event`).
    /// After any of these no more work begins. The consumer is then sought back to the first record of each
    /// partition that was not finished, so that polling it goes on there. Once for each loop: a second run
    /// ends with `errc::invalid_argument`.
    ///
    /// Cancellation (every type): no more work begins; what is under way is waited for and what is finished
    /// committed; then it completes with `operation_aborted`.
    template <class Work, class Token = boost::asio::deferred_t>
    auto async_run(Work work, Token&& token = {}) {
        return boost::asio::async_initiate<Token, void(std::exception_ptr)>(
            [](auto handler, std::shared_ptr<record_run> run, Work each) {
                start(run, launcher(std::move(each)), std::move(handler));
            },
            token, run_, std::move(work));
    }

private:
    friend class record_run;
    using finished = std::function<void(std::exception_ptr)>;
    using launch = std::function<void(const boost::asio::any_io_executor&, const record_view&, finished)>;

    template <class Work>
    static launch launcher(Work work) {
        return [work = std::move(work)](const boost::asio::any_io_executor& executor,
                                        const record_view& record, finished done) mutable {
            boost::asio::co_spawn(executor, work(record), std::move(done));
        };
    }
    KASIO_DECL static void start(const std::shared_ptr<record_run>& run, launch work,
                                 boost::asio::any_completion_handler<void(std::exception_ptr)> handler);
    [[nodiscard]] static const std::shared_ptr<consumer_core>& core_of(const consumer& from) noexcept {
        return from.core_;
    }
    std::shared_ptr<record_run> run_;
};

KASIO_END_NAMESPACE
