// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/error.hpp>
#include <kasio/metadata.hpp>
#include <kasio/record.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>

KASIO_BEGIN_NAMESPACE

/// Something a poll tells beside the records.
struct partition_event {
    enum class kind : std::uint8_t {
        /// All records there were when the broker answered have been handed out (`report_end`).
        end_of_partition,
        /// The position was set by the reset policy: from `previous` to `offset`.
        offset_reset,
        /// The partition cannot be read at `offset`; `error` says why. Others go on; `seek` skips it.
        error,
    };
    kind what = kind::error;
    topic_partition partition;
    std::int64_t offset = -1;
    std::int64_t previous = -1;
    error_code error;
    partition_event() {}
    friend bool operator==(const partition_event&, const partition_event&) = default;
};

class fetched_state; // in the library: the buffers, and where records start in them

/// What one `async_poll` gives: a range of cheap record views over the fetched bytes, and events.
///
/// Owns the bytes: views stay valid as long as this object, also after the consumer and the cluster are gone.
/// Its bytes count against the consumer's budget until it is destroyed. Movable, not copyable. Reading it
/// allocates nothing and copies nothing. One thread at a time.
class fetched_records {
public:
    /// Input iterator; yields records partition by partition, in offset order within a partition.
    class iterator {
    public:
        using value_type = record_view;
        using difference_type = std::ptrdiff_t;
        using iterator_category = std::input_iterator_tag;
        using reference = const record_view&;
        using pointer = const record_view*;
        iterator() noexcept = default;
        [[nodiscard]] const record_view& operator*() const noexcept { return current_; }
        [[nodiscard]] const record_view* operator->() const noexcept { return &current_; }
        iterator& operator++() noexcept {
            advance();
            return *this;
        }
        void operator++(int) noexcept { advance(); }
        friend bool operator==(const iterator& it, std::default_sentinel_t) noexcept { return it.left_ == 0; }

    private:
        friend class fetched_records;
        KASIO_DECL void advance() noexcept;
        const fetched_state* state_ = nullptr;
        const char* at_ = nullptr;      // next record in the current batch
        std::size_t left_ = 0;          // records not yet passed, this one included
        std::size_t left_in_batch_ = 0; // records of the current batch not yet decoded
        std::size_t batch_ = 0;
        record_view current_;
    };

    fetched_records() noexcept = default;
    explicit fetched_records(std::shared_ptr<const fetched_state> state) noexcept : state_{std::move(state)} {}
    fetched_records(fetched_records&&) noexcept = default;
    fetched_records& operator=(fetched_records&&) noexcept = default;
    fetched_records(const fetched_records&) = delete;
    fetched_records& operator=(const fetched_records&) = delete;

    [[nodiscard]] KASIO_DECL iterator begin() const noexcept;
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }
    /// Number of records.
    [[nodiscard]] KASIO_DECL std::size_t size() const noexcept;
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    /// Resets, errors and ends of partitions, in the order in which they happened.
    [[nodiscard]] KASIO_DECL std::span<const partition_event> events() const noexcept;

private:
    std::shared_ptr<const fetched_state> state_;
};

KASIO_END_NAMESPACE
