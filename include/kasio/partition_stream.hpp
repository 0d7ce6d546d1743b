// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/error.hpp>
#include <kasio/fetched_records.hpp>
#include <kasio/metadata.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>

#include <memory>
#include <utility>

KASIO_BEGIN_NAMESPACE

class consumer_core;
class stream_state; // in the library: who waits for the partition's records

/// The records and events of one partition of a consumer, apart from its polls: so that partitions can be
/// worked on side by side, each in a coroutine of its own and at its own pace. From
/// `consumer::partition_stream`.
///
/// While it lives, polls of the consumer give nothing of this partition; position, seek, pause and budget are
/// the consumer's as before. So that a slow reader does not take the others' share, what is fetched ahead of
/// any partition is bounded by half of the budget divided by their number. When the partition is given up (by
/// `assign`, or taken away from a member of a group) the stream has ended, and stays so when the partition
/// comes back.
///
/// **Executor, threads, lifetime**: as `consumer` says. It may outlive the consumer, and has ended then.
/// Destroying it ends its wait with `operation_aborted`, and gives the partition back to the polls.
class partition_stream {
public:
    partition_stream() noexcept = default;
    partition_stream(partition_stream&&) noexcept = default;
    KASIO_DECL partition_stream& operator=(partition_stream&& other) noexcept;
    KASIO_DECL ~partition_stream();

    /// Not of a stream that was moved from.
    [[nodiscard]] KASIO_DECL const topic_partition& partition() const noexcept;

    /// Waits for records or events of the partition, and completes with `void(error_code, fetched_records)`
    /// as `consumer::async_poll` does, `max_poll_records` at most.
    ///
    /// Errors: `partition_not_assigned` when the stream has ended because its partition was given up, or was
    /// not read when it was made; `closed`; `invalid_argument` when another wait on it is under way;
    /// `operation_aborted` when the handle is destroyed, or another stream of the partition was made. Not for
    /// a stream that was moved from.
    ///
    /// Cancellation (every type): ends the wait with `operation_aborted`; no record is lost.
    template <class Token = boost::asio::deferred_t>
    auto async_next(Token&& token = {}) {
        return boost::asio::async_initiate<Token, void(error_code, fetched_records)>(
            [](auto handler, std::shared_ptr<consumer_core> core, std::shared_ptr<stream_state> state) {
                start_next(core, state, std::move(handler));
            },
            token, core_, state_);
    }

private:
    friend class consumer;
    partition_stream(std::shared_ptr<consumer_core> core, std::shared_ptr<stream_state> state) noexcept
        : core_{std::move(core)}, state_{std::move(state)} {}
    KASIO_DECL static void start_next(
        const std::shared_ptr<consumer_core>& core, const std::shared_ptr<stream_state>& state,
        boost::asio::any_completion_handler<void(error_code, fetched_records)> handler);
    void let_go() noexcept;
    std::shared_ptr<consumer_core> core_;
    std::shared_ptr<stream_state> state_;
};

KASIO_END_NAMESPACE
