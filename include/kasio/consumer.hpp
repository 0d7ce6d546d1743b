// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/cluster.hpp>
#include <kasio/config.hpp>
#include <kasio/consumer_metrics.hpp>
#include <kasio/consumer_options.hpp>
#include <kasio/fetched_records.hpp>
#include <kasio/group_handle.hpp>
#include <kasio/partition_offset.hpp>
#include <kasio/poll_limits.hpp>
#include <kasio/start_position.hpp>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

class consumer_core;
class partition_stream; // kasio/partition_stream.hpp
class record_loop;      // kasio/record_loop.hpp

/// Reads records from partitions it was told to read, or that its group gives it (see `group_handle`).
///
/// Fetching goes on while the caller works on what a poll gave, up to the budget. **Executor, threads,
/// lifetime**: as `cluster` says. The functions that do not start with `async_` return at once and may be
/// called from any thread; what they change holds for the next poll: records of a position that was left by
/// `seek` or `assign` are never handed out.
class consumer : public group_handle {
public:
    using executor_type = cluster::executor_type;

    /// Throws `boost::system::system_error` (`errc::invalid_option`) when an option cannot be.
    KASIO_DECL explicit consumer(cluster& kafka, consumer_options options = {});
    consumer(consumer&&) noexcept = default;
    KASIO_DECL consumer& operator=(consumer&& other) noexcept;
    KASIO_DECL ~consumer();

    [[nodiscard]] KASIO_DECL executor_type get_executor() const noexcept;

    /// Replaces what is read. Partitions that stay keep their position and what was fetched, unless a start
    /// is given; of a partition that is named twice the first counts. Positions by time, end and so on are
    /// looked up from now on, and fetching begins. Throws `boost::system::system_error`
    /// (`errc::invalid_argument`) for a negative partition, offset or count.
    KASIO_DECL void assign(std::vector<assignment> partitions);
    KASIO_DECL void assign(topic_partition partition, start_position from = {});
    /// Replaces what is read, all of it, with the partitions that the topic has when its metadata arrives.
    KASIO_DECL void assign_topic(std::string topic, start_position from = {});
    [[nodiscard]] KASIO_DECL std::vector<topic_partition> assigned() const;

    /// The next record handed out is the one at `where`. `errc::partition_not_assigned` when it is not read,
    /// `errc::invalid_argument` for a negative offset or count. A poll that has completed already, though its
    /// handler may not have run yet, still gives what was there before.
    KASIO_DECL error_code seek(const topic_partition& partition, start_position where);
    /// Stops handing out and fetching; what has been fetched is kept for `resume`, unless others need its
    /// memory.
    KASIO_DECL error_code pause(const topic_partition& partition);
    KASIO_DECL error_code resume(const topic_partition& partition);
    /// Offset of the record that the next poll starts with; nothing before it has been found out. It moves
    /// when a poll completes: past the records it gives, and past what is never given (aborted, control
    /// records).
    [[nodiscard]] KASIO_DECL std::optional<std::int64_t> position(const topic_partition& partition) const;
    /// How many offsets lie between the position and the end of the log as the broker told it last (with
    /// `read_committed`: the end of what is decided); nothing before it has. Makes no request.
    [[nodiscard]] KASIO_DECL std::optional<std::int64_t> lag(const topic_partition& partition) const;

    /// What has been read so far, and how it stands. From any thread, at any time.
    [[nodiscard]] KASIO_DECL consumer_metrics metrics() const;

    /// Waits for records or events.
    ///
    /// Completes with `void(error_code, fetched_records)` as soon as there is at least one record or event:
    /// with what has arrived, up to `max_poll_records` and some megabytes, partition by partition in turn.
    /// With limits it gives no more records than they say, and succeeds with nothing once their time is over;
    /// without it has no time-out of its own.
    ///
    /// Errors of one partition are events of the result. Errors: `closed`; `budget_exceeded` when the caller
    /// holds the whole budget in results not yet destroyed, since the poll could never finish;
    /// `invalid_argument` when another poll is under way or nothing is assigned; `operation_aborted` when the
    /// handle is destroyed.
    ///
    /// Cancellation (every type): ends the wait with `operation_aborted`; no record is lost, the next poll
    /// gives what this one would have given. When the poll has been given something by then, it completes
    /// with that.
    template <class Token = boost::asio::deferred_t>
        requires(!std::is_convertible_v<Token, poll_limits>)
    auto async_poll(Token&& token = {}) {
        return async_poll(poll_limits{}, std::forward<Token>(token));
    }
    template <class Token = boost::asio::deferred_t>
    auto async_poll(poll_limits limits, Token&& token = {}) {
        return boost::asio::async_initiate<Token, void(error_code, fetched_records)>(
            [](auto handler, std::shared_ptr<consumer_core> core, poll_limits within) {
                start_poll(core, within, std::move(handler));
            },
            token, core_, limits);
    }

    /// The records of one partition that is read, apart from the polls; see <kasio/partition_stream.hpp>. A
    /// former stream of the partition ends.
    [[nodiscard]] KASIO_DECL kasio::partition_stream partition_stream(topic_partition partition);

    /// Waits until the position of a partition is known, and completes with `void(error_code, std::int64_t)`:
    /// at once when it is. Errors: `partition_not_assigned`; `no_position` when reading it has been stopped
    /// by an error; what stands in the way when `default_timeout` of the cluster is over; `closed`.
    /// Cancellation (every type): `operation_aborted`; the look-up goes on.
    template <class Token = boost::asio::deferred_t>
    auto async_position(topic_partition partition, Token&& token = {}) {
        return boost::asio::async_initiate<Token, void(error_code, std::int64_t)>(
            [](auto handler, std::shared_ptr<consumer_core> core, topic_partition which) {
                start_position_wait(core, std::move(which), std::move(handler));
            },
            token, core_, std::move(partition));
    }

    /// Ask the leaders of any partitions, assigned or not, where their logs begin, where they end (with
    /// `read_committed`: the end of what is decided), and which record is the first with a timestamp not
    /// before the given one. Positions stay as they are.
    ///
    /// Complete with `void(error_code, std::vector<partition_offset>)`, one a partition, sorted; of a
    /// partition that is named twice the first counts. Errors of one partition are in its item, after retries
    /// until `default_timeout` of the cluster is over. Errors of the whole: `invalid_argument` for a negative
    /// partition, `closed`. Cancellation (every type): `operation_aborted`.
    template <class Token = boost::asio::deferred_t>
    auto async_beginning_offsets(std::vector<topic_partition> partitions, Token&& token = {}) {
        return async_look_up(std::move(partitions), earliest, std::forward<Token>(token));
    }
    template <class Token = boost::asio::deferred_t>
    auto async_end_offsets(std::vector<topic_partition> partitions, Token&& token = {}) {
        return async_look_up(std::move(partitions), latest, std::forward<Token>(token));
    }
    template <class Token = boost::asio::deferred_t>
    auto async_offsets_for_times(std::vector<partition_time> times, Token&& token = {}) {
        return boost::asio::async_initiate<Token, void(error_code, std::vector<partition_offset>)>(
            [](auto handler, std::shared_ptr<consumer_core> core, std::vector<partition_time> asked) {
                start_look_up(core, std::move(asked), std::move(handler));
            },
            token, core_, std::move(times));
    }

    /// Stops fetching, and leaves the group: commits what polls gave (`auto_commit`), runs `on_revoked`,
    /// tells the group. Without a group there is nothing to wait for.
    ///
    /// Completes with `void(error_code)`, which is success, at the latest after `timeout`, whatever brokers
    /// and hooks do. A poll under way ends with `closed` at once, and what is still to be committed at the
    /// end. A second close joins the first. What polls gave stays valid.
    ///
    /// A consumer that is destroyed without it commits nothing and tells nobody: its group waits for it until
    /// `session_timeout` is over.
    template <class Token = boost::asio::deferred_t>
    auto async_close(close_options how, Token&& token = {}) {
        return boost::asio::async_initiate<Token, void(error_code)>(
            [](auto handler, std::shared_ptr<consumer_core> core, std::shared_ptr<consumer_group> group,
               close_options options) { start_close(core, group, options, std::move(handler)); },
            token, core_, group_, how);
    }
    template <class Token = boost::asio::deferred_t>
    auto async_close(std::chrono::milliseconds timeout, Token&& token = {}) {
        return async_close(close_options{timeout}, std::forward<Token>(token));
    }
    /// The same with five seconds.
    template <class Token = boost::asio::deferred_t>
        requires(!std::is_convertible_v<Token, std::chrono::milliseconds> &&
                 !std::is_convertible_v<Token, close_options>)
    auto async_close(Token&& token = {}) {
        return async_close(close_options{}, std::forward<Token>(token));
    }

private:
    friend class record_loop;
    // ListOffsets' special timestamps.
    static constexpr std::int64_t latest = -1;
    static constexpr std::int64_t earliest = -2;
    using offsets_handler =
        boost::asio::any_completion_handler<void(error_code, std::vector<partition_offset>)>;

    template <class Token>
    auto async_look_up(std::vector<topic_partition> partitions, std::int64_t timestamp, Token&& token) {
        return boost::asio::async_initiate<Token, void(error_code, std::vector<partition_offset>)>(
            [](auto handler, std::shared_ptr<consumer_core> core, std::vector<topic_partition> asked,
               std::int64_t when) { start_look_up(core, std::move(asked), when, std::move(handler)); },
            token, core_, std::move(partitions), timestamp);
    }
    KASIO_DECL static void start_look_up(const std::shared_ptr<consumer_core>& core,
                                         std::vector<topic_partition> partitions, std::int64_t timestamp,
                                         offsets_handler handler);
    KASIO_DECL static void start_look_up(const std::shared_ptr<consumer_core>& core,
                                         std::vector<partition_time> times, offsets_handler handler);
    KASIO_DECL static void start_position_wait(
        const std::shared_ptr<consumer_core>& core, topic_partition partition,
        boost::asio::any_completion_handler<void(error_code, std::int64_t)> handler);
    KASIO_DECL static void start_poll(
        const std::shared_ptr<consumer_core>& core, poll_limits limits,
        boost::asio::any_completion_handler<void(error_code, fetched_records)> handler);
    KASIO_DECL static void start_close(const std::shared_ptr<consumer_core>& core,
                                       const std::shared_ptr<consumer_group>& group, close_options how,
                                       boost::asio::any_completion_handler<void(error_code)> handler);
    std::shared_ptr<consumer_core> core_;
};

KASIO_END_NAMESPACE
