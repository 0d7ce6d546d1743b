// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/error.hpp>
#include <kasio/metadata.hpp>
#include <kasio/offset_reset.hpp>
#include <kasio/start_position.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// Where reading one partition stands.
///
/// `version` rises whenever the position changes otherwise than by reading on. Whoever asks a broker
/// something on behalf of a position notes the version, and drops the answer when it is another by then: so
/// what a `seek` left behind never comes back.
struct partition_position {
    enum class stage : std::uint8_t {
        /// An offset has to be looked up first.
        unknown,
        known,
        /// Nothing is read until `seek` or `assign`: the error has been told.
        stopped,
    };

    const std::shared_ptr<const std::string> topic;
    const std::int32_t number;
    std::uint64_t version = 1;
    /// Of all uninterrupted readings which one this is, for those who work on records; 0: none yet.
    std::uint64_t run = 0;
    stage where = stage::unknown;
    bool assigned = true;
    bool paused = false;
    /// Nothing is fetched or handed out: a group is taking it away, or has not given it yet.
    bool held = false;
    /// What the group has committed comes before `start`.
    bool ask_committed = false;
    /// Records of it are in the hands of a caller who has not come back for more.
    bool in_hands = false;
    /// Behind the last of these records; -1: there have been none.
    std::int64_t given = -1;
    /// Of the next record to hand out; -1 while none has been found.
    std::int64_t offset = -1;
    /// Epoch of the leader that appended what lies before `offset`; -1: not known.
    std::int32_t epoch = -1;
    /// Everything before it has been worked off (the caller has come back since, or has said so): what may be
    /// committed without asking. -1: nothing.
    std::int64_t done = -1;
    std::int32_t done_epoch = -1;
    /// Up to where there were records when the broker answered last; -1: not known.
    std::int64_t end = -1;
    /// How much lies behind that which open transactions hold back.
    std::int64_t held_back = 0;
    /// What to look up.
    start_position start;
    /// How far a look-up in several questions has come.
    int question = 0;
    std::int64_t first_answer = -1;
    /// The position that a reset replaces; -1: no reset.
    std::int64_t reset_from = -1;

    partition_position(std::shared_ptr<const std::string> name, std::int32_t partition)
        : topic{std::move(name)}, number{partition} {}
    [[nodiscard]] topic_partition name() const { return {*topic, number}; }
    [[nodiscard]] bool quiet() const noexcept { return paused || held; }
};

/// How far the records of one partition have been worked off.
struct finished_position {
    topic_partition partition;
    std::uint64_t run = 0;
    std::int64_t offset = -1;
    std::int32_t epoch = -1;
    /// All of them, up to where reading goes on.
    bool through = false;
};

/// Where a leader epoch ends in a log.
struct log_end {
    std::int32_t epoch = -1;
    std::int64_t offset = -1;
};

/// What there is to commit of one partition.
struct consumed_position {
    topic_partition partition;
    std::int64_t offset = -1;
    std::int32_t epoch = -1;
};

/// What is read, and from where on (Kafka's SubscriptionState). Not synchronised: the caller holds a lock.
///
/// Rule: a position is only ever reset by evidence (the leader says that it has no such offset, or that its
/// log was cut), never by an error of the line, a time-out or a code that nobody foresaw.
class positions {
public:
    /// `duration` is for `offset_reset::by_duration`.
    explicit positions(offset_reset policy, std::chrono::milliseconds duration = {}) noexcept
        : policy_{policy}, duration_{duration} {}

    // What users do.

    /// Those that stay keep position and all, unless they come with a start. Of one that is named twice the
    /// first counts.
    void assign(const std::vector<assignment>& wanted);
    /// All partitions that `add_partitions` will tell of.
    void assign_topic(std::string topic, start_position from);
    /// Partitions that come without a start begin where their group has committed, if it has.
    void use_committed(bool on) noexcept { use_committed_ = on; }
    error_code seek(const topic_partition& partition, start_position where);
    error_code pause(const topic_partition& partition, bool paused);
    [[nodiscard]] std::optional<std::int64_t> position(const topic_partition& partition) const;
    /// Records between the position and the end that the broker told of last.
    [[nodiscard]] std::optional<std::int64_t> lag(const topic_partition& partition) const;
    /// For who waits for a position: nothing while it is being looked up.
    struct awaited {
        error_code error;
        std::int64_t offset = -1;
    };
    [[nodiscard]] std::optional<awaited> await(const topic_partition& partition) const;
    [[nodiscard]] std::vector<topic_partition> assigned() const;
    [[nodiscard]] static bool valid(start_position where) noexcept;

    // What a group does.

    /// Held, without touching the others; those that are read already are left alone.
    void add(const std::vector<topic_partition>& more);
    void remove(const std::vector<topic_partition>& gone);
    void hold(const std::vector<topic_partition>& which, bool held);
    /// What has been handed out, or of that what has been worked off; only the latter while it is told by
    /// `finish`.
    [[nodiscard]] std::vector<consumed_position> consumed(bool worked_off) const;
    /// Is any of them in the hands of a caller?
    [[nodiscard]] bool in_hands(const std::vector<topic_partition>& which) const;
    /// The group's committed offset; -1: none. False when the position is another one by now.
    static bool on_committed(partition_position& partition, std::uint64_t version, std::int64_t offset,
                             std::int32_t epoch) noexcept;
    /// The caller has come back for more.
    static void settle(partition_position& partition) noexcept;
    /// That a caller comes back for more says nothing while `finish` tells what has been worked off.
    void told_by_finish(bool on) noexcept { told_by_finish_ = on; }
    [[nodiscard]] bool told_by_finish() const noexcept { return told_by_finish_; }
    /// True when nothing of the partition is in a caller's hands any more.
    bool finish(const finished_position& what) const noexcept;

    // What the fetcher sees.

    /// Rises whenever partitions come or go.
    [[nodiscard]] std::uint64_t generation() const noexcept { return generation_; }
    [[nodiscard]] bool none() const noexcept { return partitions_.empty() && !whole_topic_; }
    [[nodiscard]] std::vector<std::shared_ptr<partition_position>> all() const;
    /// Null when it is not read.
    [[nodiscard]] std::shared_ptr<partition_position> share(const topic_partition& partition) const;
    /// The topic of which all partitions are wanted, until they are known.
    [[nodiscard]] const std::optional<std::string>& whole_topic() const noexcept { return whole_topic_; }
    void add_partitions(std::string_view topic, std::int32_t count);

    /// The timestamp to ask ListOffsets for, -1 (the end) and -2 (the beginning) among them. Nothing when
    /// there is nothing to look up, or when the policy forbids it: then the partition is `stopped`. `now` is
    /// the wall clock's.
    [[nodiscard]] std::optional<std::int64_t> question(partition_position& partition, timestamp now) const;

    enum class found : std::uint8_t {
        /// The position is another one by now.
        stale,
        /// The position is known.
        position,
        /// The position is known, and it replaces `previous`: a reset.
        reset,
        /// There is one more question.
        more,
        /// The answer cannot be: ask again later.
        nonsense,
    };
    /// ListOffsets has answered the question of that version. `previous` is set on a reset.
    found on_answer(partition_position& partition, std::uint64_t version, std::int64_t offset,
                    std::int64_t& previous) const;

    /// Reading went on to `offset`. False when the position is another one by now.
    /// `gave`: records were handed out on the way.
    static bool advance(partition_position& partition, std::uint64_t version, std::int64_t offset,
                        std::int32_t epoch, bool gave) noexcept;

    enum class out_of_range : std::uint8_t { stale, reset, stopped };
    /// The leader has no such offset as this position.
    out_of_range on_out_of_range(partition_position& partition, std::uint64_t version) const;
    enum class truncated : std::uint8_t {
        stale,
        /// Nothing that is gone has been handed out: the position holds.
        ahead,
        /// The position was set back to where the log parts from what was read; `previous` is what it was.
        /// Both are the same where it parts somewhere before the position, nobody knows where.
        moved,
        /// The policy is `none`.
        stopped,
    };
    /// In the leader's log what was read goes up to `end`, and up to that epoch, at most (KIP-320).
    truncated on_truncated(partition_position& partition, std::uint64_t version, log_end end,
                           std::int64_t& previous) const;
    /// Nothing more can be read from here.
    static void stop(partition_position& partition) noexcept;

private:
    [[nodiscard]] partition_position* find(const topic_partition& partition) const;
    static found ask_more(partition_position& partition) noexcept;
    std::shared_ptr<partition_position> make(const topic_partition& partition, start_position from);
    static void move_to(partition_position& partition, start_position where) noexcept;
    static void leave(partition_position& partition) noexcept;

    offset_reset policy_;
    std::chrono::milliseconds duration_;
    std::map<topic_partition, std::shared_ptr<partition_position>> partitions_;
    std::optional<std::string> whole_topic_;
    start_position whole_topic_from_;
    bool use_committed_ = false;
    bool told_by_finish_ = false;
    std::shared_ptr<const std::string> last_name_;
    std::uint64_t generation_ = 0;
};

KASIO_END_NAMESPACE
