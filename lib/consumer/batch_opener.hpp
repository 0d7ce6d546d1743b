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
#include <memory>
#include <span>
#include <string>

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
    /// It is done elsewhere, by an `opening_job`: who hands out only takes what is ready.
    bool apart = false;
};

/// What one answer brought of one partition, as far as nobody has looked into it.
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

/// Why nothing more comes out of a partition.
struct batch_failure {
    error_code error;
    /// Where the batch behind the bad one starts, if its header is to be believed; -1 otherwise.
    std::int64_t next = -1;
};

/// Looks into the batches of one partition: check sum, decompression, framing of every record.
class batch_opener {
public:
    batch_opener(std::shared_ptr<const std::string> topic, std::int32_t partition)
        : topic_{std::move(topic)}, partition_{partition} {}

    enum class outcome : std::uint8_t { opened, nothing, failed };
    /// The next batch of `raw`, whose bytes `fetch_buffer::add` has framed; it is taken off when it could be
    /// read. Records below `from` are left out. `nothing` when there is none, or no memory for it unless
    /// `must_open`.
    outcome next(std::deque<answered_part>& raw, const batch_opening& how, bool must_open, std::int64_t from,
                 opened_batch& into, batch_failure& why) const;

    [[nodiscard]] const std::shared_ptr<const std::string>& topic() const noexcept { return topic_; }

private:
    error_code open(const batch_view& batch, answered_part& part, const batch_opening& how, std::int64_t from,
                    opened_batch& into) const;
    error_code open_legacy(const batch_view& entry, const batch_opening& how, std::int64_t from,
                           opened_batch& into) const;
    error_code open_records(const batch_view& batch, const answered_part& part, const batch_opening& how,
                            std::int64_t from, opened_batch& into) const;
    static error_code open_control(const batch_view& batch, answered_part& part, const batch_opening& how);
    error_code check_records(const batch_view& batch, std::span<const std::byte> records, std::int64_t from,
                             opened_batch& into) const;

    std::shared_ptr<const std::string> topic_;
    std::int32_t partition_;
};

/// Batches on the way to and from where they are looked into, maybe another thread. One at a time of each
/// buffer: `fetch_buffer::begin_opening`, `run`, `fetch_buffer::end_opening`.
class opening_job {
public:
    opening_job(batch_opener opener, std::deque<answered_part> raw, std::int64_t from, std::uint64_t life)
        : opener_{std::move(opener)}, raw_{std::move(raw)}, from_{from}, life_{life} {}
    /// Looks into batches until so many bytes are opened, all are, or memory is short. The first one must be
    /// when `must_open`. Whatever goes wrong is kept in the job.
    void run(const batch_opening& how, bool must_open, std::size_t bytes) noexcept;

private:
    friend class fetch_buffer;
    batch_opener opener_;
    std::deque<answered_part> raw_;
    std::int64_t from_;
    std::uint64_t life_;
    std::deque<opened_batch> ready_;
    bool failed_ = false;
    batch_failure failure_;
};

KASIO_END_NAMESPACE
