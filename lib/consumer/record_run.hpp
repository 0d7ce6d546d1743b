// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "consumer/consumer_core.hpp"
#include "consumer/finish_tracker.hpp"
#include "consumer/work_queue.hpp"

#include <kasio/record_loop.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/strand.hpp>

#include <exception>
#include <memory>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// What a `record_loop` does: polls, spreads records over lanes, starts work, commits. All of it on a strand
/// of its own over the consumer's executor; the work runs outside of it.
class record_run : public std::enable_shared_from_this<record_run> {
public:
    record_run(std::shared_ptr<consumer_core> from, record_loop_options options);

    // From any thread.
    void start(record_loop::launch work,
               boost::asio::any_completion_handler<void(std::exception_ptr)> handler);
    void stop() noexcept;

private:
    struct piece {
        record_view record;
        /// Keeps the bytes.
        std::shared_ptr<const fetched_records> from;
        finish_tracker::ticket ticket;
    };
    using handler_type = boost::asio::any_completion_handler<void(std::exception_ptr)>;
    /// The user's handler, with work outstanding on its executor meanwhile.
    class waiter {
    public:
        waiter(handler_type handler, const boost::asio::any_io_executor& fallback);
        void complete(std::exception_ptr why);

    private:
        using executor_type = boost::asio::associated_executor_t<handler_type, boost::asio::any_io_executor>;
        handler_type handler_;
        const boost::asio::any_io_executor way_out_;
        executor_type executor_;
    };

    void begin(record_loop::launch work, std::shared_ptr<waiter> waiting);
    void go_on();
    void poll();
    void on_polled(error_code error, fetched_records records);
    void take(const std::shared_ptr<const fetched_records>& records);
    [[nodiscard]] std::uint64_t lane_of(const record_view& record, std::uint64_t partition) noexcept;
    void start_work();
    void on_worked(std::uint64_t lane, const finish_tracker::ticket& ticket, std::exception_ptr thrown);
    void commit_when_due();
    void commit();
    void on_committed(const std::vector<partition_offset>& offsets, error_code error);
    void end_with(std::exception_ptr why);
    void end_with(error_code why);
    void finish_when_done();
    void seek_back();

    const std::shared_ptr<consumer_core> core_;
    const record_loop_options options_;
    const boost::asio::any_io_executor executor_;
    const boost::asio::strand<boost::asio::any_io_executor> strand_;

    // On the strand.
    record_loop::launch work_;
    std::shared_ptr<waiter> waiting_;
    work_queue<piece> queue_;
    finish_tracker tracker_;
    std::uint64_t next_lane_ = 0;
    bool begun_ = false;
    bool polling_ = false;
    /// The budget was in the hands of work: polled again when some of it is done.
    bool starved_ = false;
    bool committing_ = false;
    bool last_commit_ = false;
    time_point committed_at_{};
    bool stopping_ = false;
    std::exception_ptr why_;
    boost::asio::cancellation_signal stop_poll_;
};

KASIO_END_NAMESPACE
