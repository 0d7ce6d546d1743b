// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/config.hpp>
#include <kasio/error.hpp>

#include <cstdint>
#include <set>

KASIO_BEGIN_NAMESPACE

/// What an idempotent batch carries (KIP-98), fixed when it first goes out and kept over retries.
struct sequence_stamp {
    std::int64_t producer_id = -1;
    std::int16_t epoch = -1;
    std::int32_t first = -1;
    std::int32_t count = 0;
    [[nodiscard]] bool stamped() const noexcept { return first >= 0; }
    friend bool operator==(const sequence_stamp&, const sequence_stamp&) = default;
};

/// The sequence numbers of one partition.
struct partition_sequences {
    std::int32_t next = 0;
    /// Which numbering `next` belongs to; another than the keeper's: start at 0.
    std::uint64_t numbering = 0;
    /// Places of batches that went out and have not ended, in the order of sending. All are of `numbering`.
    std::set<std::int64_t> unsettled;
    /// Place of a batch in that order, free of the wrap at 2^31.
    std::int64_t sent = 0;
    /// The broker has acknowledged a batch of this numbering.
    bool established = false;
};

/// Producer id, epoch and sequences of an idempotent producer (KIP-98, KIP-360; Kafka's TransactionManager).
///
/// A broker takes a batch only when its first sequence follows the last one it has for this id, epoch and
/// partition, and knows the last five again. So a retry with the same stamp is appended once. Where a number
/// is lost for good (a batch ended without having been appended, or nobody knows whether it was), the
/// partition could never go on: then the epoch rises, and every partition starts again from 0 under it, each
/// as soon as all its batches of the former one have ended. Until then those are sent again as they are: what
/// is unknown never goes out under another stamp. One partition whose broker is away does not hold up the
/// others.
class sequence_keeper {
public:
    /// At most so many batches of a partition under way: a broker recognises no more.
    static constexpr std::size_t most_unsettled = 5;

    /// An id is needed before any batch can get a stamp.
    [[nodiscard]] bool needs_id() const noexcept { return producer_id_ < 0; }
    [[nodiscard]] std::int64_t producer_id() const noexcept { return producer_id_; }
    [[nodiscard]] std::int16_t epoch() const noexcept { return epoch_; }
    void on_id(std::int64_t id, std::int16_t epoch) noexcept;

    /// May a batch that has no stamp yet go out? A broker that knows nothing of the numbering takes any
    /// number as the first: so the first batch goes alone, lest one that overtakes it leaves it out of order
    /// for good.
    [[nodiscard]] bool may_start(const partition_sequences& partition) const noexcept;
    /// Gives a batch of `count` records its stamp. Only after `may_start`.
    [[nodiscard]] sequence_stamp start(partition_sequences& partition, std::int32_t count,
                                       std::int64_t& place);

    /// The batch is in the log (answered 0, or 46: a duplicate).
    void delivered(partition_sequences& partition, std::int64_t place) noexcept;
    /// The batch ended otherwise; `unknown`: it may be in the log.
    void lost(partition_sequences& partition, std::int64_t place, const sequence_stamp& stamp,
              bool unknown) noexcept;
    /// The partition is another one of the same name: its log knows no numbers (KIP-516).
    void recreated(partition_sequences& partition) noexcept;

    enum class verdict : std::uint8_t {
        /// Send it again as it is.
        retry,
        /// It is not in the log and never will be under this stamp: it gets another one.
        renumber,
        /// It cannot be told any more whether it is in the log: end it so.
        unknown,
        /// In the log already.
        duplicate,
        /// Not an error of sequences.
        other,
    };
    /// What a broker's error says of a batch that is under way; `unknown`: an earlier attempt may have been
    /// appended.
    [[nodiscard]] verdict on_error(partition_sequences& partition, std::int64_t place,
                                   const error_code& error, bool unknown) noexcept;

private:
    void leave_numbering(const partition_sequences& partition, bool id_is_lost) noexcept;

    std::int64_t producer_id_ = -1;
    std::int16_t epoch_ = -1;
    std::uint64_t numbering_ = 1;
};

KASIO_END_NAMESPACE
