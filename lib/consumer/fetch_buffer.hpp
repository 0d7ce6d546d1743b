// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "base/byte_buffer.hpp"
#include "compression/compression.hpp"
#include "consumer/aborted_filter.hpp"
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

/// Who counts the memory that fetched data takes.
class block_keeper {
public:
    /// Takes decompressed bytes over, and counts them until the last share is gone.
    [[nodiscard]] virtual std::shared_ptr<const void> keep(byte_buffer block) = 0;
    /// May one more batch be decompressed now?
    [[nodiscard]] virtual bool has_room() const noexcept = 0;

protected:
    ~block_keeper() = default;
};

/// What looking into a batch takes.
struct batch_opening {
    decompressor& codecs;
    block_keeper& memory;
    std::size_t max_batch_bytes = 0;
    bool check_crcs = true;
};

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
    /// Why nothing more comes out.
    struct failure {
        error_code error;
        /// Where the batch behind the bad one starts, if its header is to be believed; -1 otherwise.
        std::int64_t next = -1;
    };
    enum class added : std::uint8_t {
        /// `fetch_offset()` has moved on, or a batch that cannot be is in the way.
        progress,
        /// Not one whole batch that reaches the offset asked for: ask again, but not at once.
        nothing,
    };

    explicit fetch_buffer(std::shared_ptr<const std::string> topic, std::int32_t partition)
        : topic_{std::move(topic)}, partition_{partition} {}

    /// Forgets all; goes on at `offset`.
    void reset(std::int64_t offset);
    /// What an answer brought for `fetch_offset()`. The bytes lie in `frame`.
    added add(std::shared_ptr<const void> frame, std::span<const std::byte> bytes, aborted_filter aborted);

    [[nodiscard]] std::int64_t next() const noexcept { return next_; }
    [[nodiscard]] std::int64_t fetch_offset() const noexcept { return fetch_offset_; }
    /// Leader epoch of the last batch before `fetch_offset()`; -1 when there was none, or it has none.
    [[nodiscard]] std::int32_t fetch_epoch() const noexcept { return fetch_epoch_; }
    /// Leader epoch of the last batch that was passed; -1 when there was none.
    [[nodiscard]] std::int32_t last_epoch() const noexcept { return last_epoch_; }
    /// Nothing to come: no records, no failure.
    [[nodiscard]] bool empty() const noexcept { return ready_.empty() && raw_.empty() && !failed_; }
    /// Fetching more is in vain: there is a batch that cannot be read.
    [[nodiscard]] bool broken() const noexcept { return broken_ || failed_; }
    /// Bytes not handed out yet, as they were answered.
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

    /// Looks into what has been answered, up to some bytes and as far as there is memory: so that a poll
    /// finds it done.
    void open_ahead(const batch_opening& how, std::size_t bytes);
    /// Appends records to `out` within the limits, and moves `next()` past them and past what is not handed
    /// out. Decompresses at least one batch when `must_open`, whatever memory says.
    std::size_t take(const batch_opening& how, take_limits limits, bool must_open, fetched_state& out);
    /// Set once all that lies before the bad batch has been taken.
    [[nodiscard]] const failure* failed() const noexcept {
        return failed_ && ready_.empty() ? &failure_ : nullptr;
    }

private:
    struct answered_part {
        std::shared_ptr<const void> frame;
        std::span<const std::byte> bytes;
        aborted_filter aborted;
    };
    /// A batch that was looked into; without records when it is only to be passed.
    struct opened_batch {
        fetched_batch records;
        std::shared_ptr<const void> block;
        std::int64_t next_offset = -1;
        std::int32_t epoch = -1;
        std::size_t answered = 0; // bytes
        std::size_t opened = 0;   // bytes, decompressed
    };

    bool open_next(const batch_opening& how, bool must_open);
    error_code open(const batch_view& batch, answered_part& part, const batch_opening& how,
                    opened_batch& into) const;
    error_code open_legacy(const batch_view& entry, const batch_opening& how, opened_batch& into) const;
    error_code open_records(const batch_view& batch, const answered_part& part, const batch_opening& how,
                            opened_batch& into) const;
    error_code open_control(const batch_view& batch, answered_part& part, const batch_opening& how) const;
    error_code check_records(const batch_view& batch, std::span<const std::byte> records,
                             opened_batch& into) const;
    std::size_t hand_out(std::size_t most, fetched_state& out);
    void pass_front();
    void fail(error_code error, std::int64_t next);

    std::shared_ptr<const std::string> topic_;
    std::int32_t partition_;
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
    failure failure_;
};

KASIO_END_NAMESPACE
