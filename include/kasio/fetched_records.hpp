// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/error.hpp>
#include <kasio/metadata.hpp>
#include <kasio/record.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <iterator>
#include <memory>
#include <span>
#include <string_view>

KASIO_BEGIN_NAMESPACE

/// Something a poll tells beside the records.
struct partition_event {
    enum class kind : std::uint8_t {
        /// All records there were when the broker answered have been handed out (`report_end`).
        end_of_partition,
        /// The log no longer had the position, or did not have it yet, so that `offset_reset` of the options
        /// set
        /// it: from `previous` to `offset`. A partition's first position is no reset.
        offset_reset,
        /// The log was cut below the position, as by an unclean election: what was read from `offset` up to
        /// `previous` is no longer there, and reading goes on at `offset` (KIP-320). Both are the same when
        /// something before the position was replaced, and nobody knows from where on. With the policy `none`
        /// it is an `error` event, `errc::log_truncated`, whose `next` is where the log parts from what was
        /// read. Brokers before Kafka 2.3 cannot tell.
        truncated,
        /// The partition cannot be read at `offset`; `error` says why. Told once. Other partitions go on.
        ///
        /// After a batch that cannot be read, `broker_errc::offset_out_of_range` and `errc::no_position` (the
        /// policy is `none`), `broker_errc::corrupt_message` and other codes that trying again does not mend,
        /// nothing more is read until `seek`. After `broker_errc::topic_authorization_failed`,
        /// `broker_errc::unknown_topic_or_partition`, `errc::unknown_partition` and
        /// `errc::leader_unavailable` (the
        /// latter three after `default_timeout`) trying goes on, and reading starts when it succeeds.
        error,
        /// Something happened to the consumer's membership in its group, as `error` says; `partition` names
        /// none. `errc::poll_overdue`: nobody polled for `max_poll_interval`, the member has left and its
        /// partitions are lost; the next poll has it join again. `errc::coordinator_unavailable`: nobody was
        /// found to be in charge of the group, or has answered; trying goes on, and after `session_timeout`
        /// the partitions are lost.
        /// `errc::hook_failed`, `errc::hook_timed_out`: a rebalance hook threw, or took too long.
        /// `errc::assignment_lost`: the group took the partitions away without asking. Any other: an
        /// automatic
        /// commit or the look-up of committed offsets failed with it.
        group,
    };
    kind what = kind::error;
    topic_partition partition;
    /// Where: the end, the new position, or what cannot be read. -1 when there is no position yet.
    std::int64_t offset = -1;
    /// A reset: the position before. -1 otherwise.
    std::int64_t previous = -1;
    /// A batch that cannot be read (`errc::corrupt_batch`, `errc::batch_too_large`, ...): where the next one
    /// starts as its header tells, which may be damaged too: what to `seek` in order to pass over it.
    /// `errc::log_truncated`: where to go on. -1 otherwise.
    std::int64_t next = -1;
    error_code error;
    partition_event() {}
    friend bool operator==(const partition_event&, const partition_event&) = default;
    KASIO_DECL friend std::ostream& operator<<(std::ostream& out, const partition_event& event);
};

class fetched_state; // in the library: the buffers, and where records start in them

/// Walks over records as they lie in the fetched bytes: an input iterator.
class record_iterator {
public:
    using value_type = record_view;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;
    using reference = const record_view&;
    using pointer = const record_view*;
    record_iterator() noexcept = default;
    /// `count` records from a batch on.
    KASIO_DECL record_iterator(const fetched_state& state, std::size_t batch, std::size_t count) noexcept;
    [[nodiscard]] const record_view& operator*() const noexcept { return current_; }
    [[nodiscard]] const record_view* operator->() const noexcept { return &current_; }
    record_iterator& operator++() noexcept {
        advance();
        return *this;
    }
    void operator++(int) noexcept { advance(); }
    friend bool operator==(const record_iterator& it, std::default_sentinel_t) noexcept {
        return it.left_ == 0;
    }

private:
    KASIO_DECL void advance() noexcept;
    void decode() noexcept;
    void start_batch() noexcept;
    const fetched_state* state_ = nullptr;
    const char* at_ = nullptr;      // what follows the current record in its batch
    std::size_t left_ = 0;          // records not yet passed, this one included
    std::size_t left_in_batch_ = 0; // records of the current batch not yet decoded
    std::size_t batch_ = 0;         // number of the next batch
    record_view current_;
};

/// The records of one partition among a `fetched_records`, which must outlive it: a range, cheap to copy.
class partition_records {
public:
    using iterator = record_iterator;

    [[nodiscard]] KASIO_DECL std::string_view topic() const noexcept;
    [[nodiscard]] KASIO_DECL std::int32_t partition() const noexcept;
    [[nodiscard]] KASIO_DECL iterator begin() const noexcept;
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }
    /// Number of records; one at least.
    [[nodiscard]] KASIO_DECL std::size_t size() const noexcept;
    /// Where reading goes on behind them: past the last one, and past what is never given (aborted and
    /// control records). What to commit when all of them have been worked off.
    [[nodiscard]] KASIO_DECL std::int64_t next_offset() const noexcept;
    /// Epoch of the leader that appended what lies before `next_offset`; -1 when the broker did not say.
    [[nodiscard]] KASIO_DECL std::int32_t next_epoch() const noexcept;

private:
    friend class fetched_records;
    friend class record_run; // in the library: reads on by them
    partition_records(const fetched_state* state, std::size_t part) noexcept : state_{state}, part_{part} {}
    const fetched_state* state_;
    std::size_t part_;
};

/// What one `async_poll` gives: a range of cheap record views over the fetched bytes, and events.
///
/// Owns the bytes: views stay valid as long as this object, also after the consumer and the cluster are gone.
/// Its bytes count against the consumer's budget until it is destroyed. Movable, not copyable. Reading it
/// allocates nothing and copies nothing. One thread at a time.
class fetched_records {
public:
    /// Yields records partition by partition, in offset order within a partition.
    using iterator = record_iterator;
    /// Yields the partitions that there are records of.
    class partition_iterator {
    public:
        using value_type = partition_records;
        using difference_type = std::ptrdiff_t;
        using iterator_category = std::input_iterator_tag;
        using reference = partition_records;
        using pointer = void;
        partition_iterator() noexcept = default;
        [[nodiscard]] partition_records operator*() const noexcept { return {state_, part_}; }
        partition_iterator& operator++() noexcept {
            ++part_;
            return *this;
        }
        void operator++(int) noexcept { ++part_; }
        friend bool operator==(const partition_iterator&, const partition_iterator&) = default;

    private:
        friend class fetched_records;
        partition_iterator(const fetched_state* state, std::size_t part) noexcept
            : state_{state}, part_{part} {}
        const fetched_state* state_ = nullptr;
        std::size_t part_ = 0;
    };
    struct partition_range {
        partition_iterator first;
        partition_iterator last;
        [[nodiscard]] partition_iterator begin() const noexcept { return first; }
        [[nodiscard]] partition_iterator end() const noexcept { return last; }
    };

    fetched_records() noexcept = default;
    explicit fetched_records(std::shared_ptr<const fetched_state> state) noexcept
        : state_{std::move(state)} {}
    fetched_records(fetched_records&&) noexcept = default;
    fetched_records& operator=(fetched_records&&) noexcept = default;
    fetched_records(const fetched_records&) = delete;
    fetched_records& operator=(const fetched_records&) = delete;

    [[nodiscard]] KASIO_DECL iterator begin() const noexcept;
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }
    /// Number of records.
    [[nodiscard]] KASIO_DECL std::size_t size() const noexcept;
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    /// The same records by partition, each partition once.
    [[nodiscard]] KASIO_DECL partition_range partitions() const noexcept;
    /// Resets, errors and ends of partitions, in the order in which they happened.
    [[nodiscard]] KASIO_DECL std::span<const partition_event> events() const noexcept;

private:
    std::shared_ptr<const fetched_state> state_;
};

KASIO_END_NAMESPACE
