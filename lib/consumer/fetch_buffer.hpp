// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "consumer/aborted_filter.hpp"
#include "consumer/batch_opener.hpp"
#include "consumer/fetched_state.hpp"

#include <kasio/error.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// What one take may give at most.
struct take_limits {
    std::size_t records = std::numeric_limits<std::size_t>::max();
    std::size_t bytes = std::numeric_limits<std::size_t>::max();
};

/// What has been fetched of one partition and not yet been handed out.
///
/// Bytes come in as they were answered. Each batch is looked into once, at the latest when it is handed out:
/// check sum, decompression, framing of every record; so the reader's loop needs no check any more. `next()`
/// is the offset that comes out next, and `fetch_offset()` the one to fetch next. A batch that cannot be read
/// ends it: nothing behind it comes out until `reset`.
class fetch_buffer {
public:
    using failure = batch_failure;
    enum class added : std::uint8_t {
        /// `fetch_offset()` has moved on, or a batch that cannot be is in the way.
        progress,
        /// Not one whole batch that reaches the offset asked for: ask again, but not at once.
        nothing,
    };

    explicit fetch_buffer(std::shared_ptr<const std::string> topic, std::int32_t partition)
        : opener_{std::move(topic), partition} {}

    /// Forgets all; goes on at `offset`, in front of which lies a batch of that leader epoch; -1: not known.
    void reset(std::int64_t offset, std::int32_t epoch = -1);
    /// What an answer brought for `fetch_offset()`. The bytes lie in `frame`.
    added add(std::shared_ptr<const void> frame, std::span<const std::byte> bytes, aborted_filter aborted);

    [[nodiscard]] std::int64_t next() const noexcept { return next_; }
    [[nodiscard]] std::int64_t fetch_offset() const noexcept { return fetch_offset_; }
    /// Leader epoch of the last batch before `fetch_offset()`; -1 when there was none, or it has none.
    [[nodiscard]] std::int32_t fetch_epoch() const noexcept { return fetch_epoch_; }
    /// Leader epoch of the last batch that was passed; -1 when there was none.
    [[nodiscard]] std::int32_t last_epoch() const noexcept { return last_epoch_; }
    /// Nothing to come: no records, no failure.
    [[nodiscard]] bool empty() const noexcept {
        return ready_.empty() && raw_.empty() && !failed_ && !opening_;
    }
    /// Looked into, or failed: to be taken without another look.
    [[nodiscard]] bool opened() const noexcept { return !ready_.empty() || failed_; }
    /// Fetching more is in vain: there is a batch that cannot be read.
    [[nodiscard]] bool broken() const noexcept { return broken_ || failed_; }
    /// Bytes not handed out yet, as they were answered.
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

    /// Looks into what has been answered, up to some bytes and as far as there is memory: so that a poll
    /// finds it done.
    void open_ahead(const batch_opening& how, std::size_t bytes);
    /// What has been answered and not been looked into, to be looked into elsewhere; null when there is none,
    /// or when another job is under way.
    [[nodiscard]] std::unique_ptr<opening_job> begin_opening();
    /// False when the job's batches are no longer wanted, after a `reset`.
    bool end_opening(opening_job& job);
    /// Appends records to `out` within the limits, and moves `next()` past them and past what is not handed
    /// out. Decompresses at least one batch when `must_open`, whatever memory says.
    std::size_t take(const batch_opening& how, take_limits limits, bool must_open, fetched_state& out);
    /// Set once all that lies before the bad batch has been taken.
    [[nodiscard]] const failure* failed() const noexcept {
        return failed_ && ready_.empty() ? &failure_ : nullptr;
    }

private:
    bool open_next(const batch_opening& how, bool must_open);
    std::size_t hand_out(std::size_t most, fetched_state& out);
    void pass_front();
    void fail(const batch_failure& why);

    batch_opener opener_;
    std::int64_t next_ = 0;
    std::int64_t fetch_offset_ = 0;
    std::int32_t fetch_epoch_ = -1;
    std::int32_t last_epoch_ = -1;
    std::deque<answered_part> raw_;
    std::deque<opened_batch> ready_;
    std::size_t bytes_ = 0;
    /// The bytes last answered end with something that cannot be.
    bool broken_ = false;
    bool failed_ = false;
    /// A job is under way; it counts only for the same life.
    bool opening_ = false;
    std::uint64_t life_ = 0;
    failure failure_;
};

KASIO_END_NAMESPACE
