// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cluster/cluster_core.hpp"
#include "cluster/complete.hpp"
#include "cluster/metadata_cache.hpp"
#include "compression/compression.hpp"
#include "consumer/consumer_counts.hpp"
#include "consumer/fetch_round.hpp"
#include "consumer/fetch_session.hpp"
#include "consumer/group_link.hpp"
#include "consumer/memory_count.hpp"
#include "consumer/offset_lookup.hpp"
#include "consumer/offset_round.hpp"
#include "consumer/positions.hpp"
#include "consumer/stream_state.hpp"

#include <kasio/consumer_options.hpp>
#include <kasio/fetched_records.hpp>
#include <kasio/poll_limits.hpp>

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// The state behind `consumer`.
///
/// Where reading stands (`positions`) is changed by callers on any thread, under one lock that is never held
/// while a batch is looked into or a user's code runs. Everything else happens on the cluster's strand, which
/// hears of changes through one posted wake at a time: what there is to read (tracking.cpp), look-ups of
/// offsets (lookups.cpp), fetching from the leaders (fetching.cpp), logs that lost their end
/// (truncation.cpp), what a poll gets (polling.cpp), what is looked into elsewhere (opening.cpp), the end
/// (ending.cpp).
///
/// A poll that was cancelled loses nothing: cancellation comes to the strand first, and a poll that has been
/// given records by then is no longer there to be cancelled.
class consumer_core final : public cluster_listener, public std::enable_shared_from_this<consumer_core> {
public:
    using poll_completion = waiting_completion<fetched_records>;
    using poll_handler = poll_completion::handler_type;

    static std::shared_ptr<consumer_core> create(std::shared_ptr<cluster_core> cluster,
                                                 consumer_options options);
    consumer_core(std::shared_ptr<cluster_core> cluster, consumer_options options);

    // From any thread.
    [[nodiscard]] const std::shared_ptr<cluster_core>& cluster() const noexcept { return cluster_; }
    [[nodiscard]] const consumer_options& options() const noexcept { return options_; }
    void assign(const std::vector<assignment>& wanted);
    void assign_topic(std::string topic, start_position from);
    error_code seek(const topic_partition& partition, start_position where);
    error_code pause(const topic_partition& partition, bool paused);
    [[nodiscard]] std::optional<std::int64_t> position(const topic_partition& partition) const;
    [[nodiscard]] std::optional<std::int64_t> lag(const topic_partition& partition) const;
    [[nodiscard]] std::vector<topic_partition> assigned() const;
    [[nodiscard]] consumer_metrics metrics() const;
    void look_up(
        std::vector<offset_lookup::question> questions,
        boost::asio::any_completion_handler<void(error_code, std::vector<partition_offset>)> handler);
    void await_position(topic_partition partition,
                        boost::asio::any_completion_handler<void(error_code, std::int64_t)> handler);
    void poll(poll_limits limits, poll_handler handler);
    [[nodiscard]] std::shared_ptr<stream_state> open_stream(topic_partition partition);
    void next(const std::shared_ptr<stream_state>& stream, poll_handler handler);
    void close_stream(const std::shared_ptr<stream_state>& stream) noexcept;
    /// Polls and streams end with `closed` from now on; positions stay until `close`.
    void stop_waits();
    void close(unique_function<void(error_code)> done);
    /// The handle is gone.
    void abandon() noexcept;

    // For a group; grouping.cpp.
    /// To be called before anything else.
    void join(std::shared_ptr<group_link> group) noexcept { group_ = std::move(group); }
    /// From any thread: while a group says what is read, `assign` throws.
    void be_ruled(bool on) noexcept { ruled_ = on; }
    /// From any thread: what has been handed out, or of that what has been worked off.
    [[nodiscard]] std::vector<consumed_position> consumed(bool worked_off) const;
    /// From any thread: what polls give counts as worked off only as `finish` tells.
    void tell_finished(bool on);
    void finish(const std::vector<finished_position>& what);
    void commit_finished(std::vector<partition_offset> offsets, unique_function<void(error_code)> done);
    // On the strand.
    [[nodiscard]] error_code ended() const noexcept { return ended_; }
    void assign_none();
    /// Adds partitions, held: neither fetched nor handed out.
    void add(const std::vector<topic_partition>& more);
    void hold(const std::vector<topic_partition>& which, bool held);
    void remove(const std::vector<topic_partition>& gone);
    [[nodiscard]] bool in_hands(const std::vector<topic_partition>& which) const;
    struct committed_question {
        std::shared_ptr<partition_position> position;
        std::uint64_t version = 0;
    };
    [[nodiscard]] std::vector<committed_question> awaiting_committed() const;
    /// `offset` -1: none. `go_on_reading` comes last.
    void on_committed(const committed_question& which, std::int64_t offset, std::int32_t epoch);
    void go_on_reading();
    /// Is somebody waiting for records?
    [[nodiscard]] bool waits_for_records() const noexcept;
    /// An event of the whole group.
    void tell_group(error_code what);
    /// A wait for records has ended without any.
    void tell_served();
    /// Every wait for records ends with `error` from now on; nothing: no longer.
    void fail_waits(error_code error);

    // From the cluster, on the strand.
    void on_metadata(const metadata_cache& metadata) override;
    void on_cluster_closed(error_code cause) override;
    void on_context_shutdown() noexcept override;

private:
    using partition_ptr = std::shared_ptr<fetched_partition>;

    /// Looking into batches takes time, about a millisecond for this many bytes: more of them comes with the
    /// next poll.
    static constexpr std::size_t most_bytes_a_poll = 4 * 1024 * 1024;

    /// Requests to one broker.
    struct line {
        std::int32_t node = -1;
        /// What is read from it; the longest unserved first.
        std::vector<partition_ptr> order;
        /// What it knows of that.
        fetch_session session;
        /// Something may have become possible since it was last looked at.
        bool dirty = false;
        /// Nothing has changed since the last request, whose answer had no news: the next one says the same,
        /// and thousands of partitions at rest need not be looked at.
        bool at_rest = false;
        bool connecting = false;
        bool fetching = false;
        /// A look-up of offsets, or the connection for one, is under way.
        bool asking = false;
        /// Bytes that the answer under way may bring.
        std::size_t reserved = 0;
        int failures = 0;
        /// Not before: it failed, asked for quiet (KIP-219), or answers nothing without waiting.
        time_point retry_at{};
        /// It cannot deal with topic ids mixed with names (error 106).
        bool by_name = false;

        void touch() noexcept {
            dirty = true;
            at_rest = false;
        }
    };
    /// Where the records of one answer lie, and the share that keeps them there.
    struct answer_block {
        /// Of what was held last.
        std::shared_ptr<const void> share;
        const std::byte* at = nullptr;
        /// Each partition's records get a block of their own: they are read each at its own pace, and the
        /// slowest must not hold the bytes of all.
        bool apart = false;
        std::span<const std::byte> hold(std::span<const std::byte> records, reply& raw, memory_count& memory);
    };
    /// What came of one partition's part of an answer.
    enum class partition_step : std::uint8_t { idle, told, served };
    /// Someone who waits until a position is known.
    struct position_waiter {
        topic_partition partition;
        std::shared_ptr<waiting_completion<std::int64_t>> waiting;
        time_point deadline;
    };
    struct open_stream_entry {
        partition_ptr partition;
        std::shared_ptr<stream_state> stream;
    };
    struct told_event {
        /// Null for a whole topic that is not there.
        partition_ptr partition;
        std::uint64_t version = 0;
        partition_event event;
    };

    void wake();
    void on_wake();

    // tracking.cpp
    void track();
    void list_partitions();
    void follow(fetched_partition& partition);
    void watch_topics();
    void find_leaders();
    bool find_leader(const partition_ptr& partition, const known_topic* topic);
    void take_id(const partition_ptr& partition, const known_topic& topic);
    void on_recreated(const partition_ptr& partition);
    void fill_lines();
    void expand_topic();
    void look_for_missing(time_point now);
    [[nodiscard]] error_code why_missing(const std::string& topic, std::int32_t number) const;
    void tell(const partition_ptr& partition, partition_event event);
    void tell_error(const partition_ptr& partition, error_code error);
    void tell_once(const partition_ptr& partition, error_code error);
    line& line_to(std::int32_t node);
    void wake_at(time_point when);
    void on_timer();
    void back_off(fetched_partition& partition);

    // lookups.cpp
    void pump_lookups();
    void ask_offsets(line& to, offset_round round);
    void connect_to_ask(line& to);
    void on_offsets(std::int32_t node, const offset_round& round, error_code error,
                    const protocol::list_offsets_response& answer);
    void on_offset(const offset_item& item, std::int64_t offset);
    void on_partition_error(const partition_ptr& partition, std::uint64_t version, fetch_step step,
                            error_code error);

    // fetching.cpp
    void go_on();
    void pump_fetch(line& to);
    [[nodiscard]] std::size_t ahead_of_each() const noexcept;
    std::size_t fetch_room(std::size_t partitions);
    void connect_to_fetch(line& to);
    void send_fetch(line& to, session& connection, const fetch_round* round, std::size_t most);
    void on_fetched(std::int32_t node, time_point sent, error_code error, protocol::fetch_response& answer,
                    reply& raw);
    void note_fetch(error_code error, steady_clock::duration took, const reply& raw) noexcept;
    void on_line_failed(line& to, error_code error);
    bool on_answer(line& to, protocol::fetch_response& answer, reply& raw);
    partition_step on_partition(line& to, const fetch_item& item,
                                protocol::fetch_response::partition_data& data, answer_block& block,
                                reply& raw);
    void leave_nearest(fetched_partition& partition);
    bool on_records(const fetch_item& item, protocol::fetch_response::partition_data& data,
                    answer_block& block, reply& raw);
    void on_fetch_error(const line& from, const fetch_item& item,
                        const protocol::fetch_response::partition_data& data);
    void on_out_of_range(const fetch_item& item);

    // truncation.cpp
    void prove_first(const line& to, session& connection, fetch_round& round);
    void on_epoch_ends(std::int32_t node, const std::vector<fetch_item>& asked, error_code error,
                       const protocol::offset_for_leader_epoch_response& answer);
    void on_epoch_end(const fetch_item& item, log_end end);
    void on_diverged(const fetch_item& item, log_end end);

    // polling.cpp
    void start_poll(poll_limits limits, std::shared_ptr<poll_completion> waiting);
    void wait_at_most();
    void on_poll_limit();
    void cancel_poll(const poll_completion* which);
    void serve();
    void take_events(fetched_state& into, const fetched_partition* only = nullptr);
    void take_records(fetched_state& into);
    bool take_from(const partition_ptr& partition, take_limits limits, fetched_state& into);
    void tell_failure(const partition_ptr& partition, const fetch_buffer::failure& what);
    void note_end(const partition_ptr& partition);
    void line_up(const partition_ptr& partition);
    [[nodiscard]] batch_opening opening() noexcept;
    void check_stuck();
    bool drop_paused();

    // opening.cpp
    [[nodiscard]] bool opens_apart() const noexcept {
        return static_cast<bool>(options_.decompression_executor);
    }
    void open_apart(const partition_ptr& partition);
    [[nodiscard]] bool may_open(const fetched_partition& partition, bool must) const noexcept;
    [[nodiscard]] bool waited_for(const fetched_partition& partition) const noexcept;
    void retry_unopened();
    void on_opened(const partition_ptr& partition, opening_job& job, std::unique_ptr<decompressor> codecs);

    // questions.cpp
    void start_look_up(std::vector<offset_lookup::question> questions,
                       std::shared_ptr<offset_lookup::completion_type> waiting);
    void start_await(position_waiter waiter);
    void serve_position_waiters();
    [[nodiscard]] error_code why_no_position(const topic_partition& partition) const;
    void end_questions(error_code error);

    // grouping.cpp
    [[nodiscard]] bool may_hand_out();
    void back_for_more();
    void settle_stream(const stream_state& stream, bool worked_off);

    // streaming.cpp
    void attach(const std::shared_ptr<stream_state>& stream);
    void detach(const std::shared_ptr<stream_state>& stream);
    void start_next(const std::shared_ptr<stream_state>& stream, std::shared_ptr<poll_completion> waiting);
    void serve_streams();
    void end_lost_streams();
    void end_streams(error_code error);

    // ending.cpp
    void cut(error_code cause);
    void end_poll(error_code error);

    const std::shared_ptr<cluster_core> cluster_;
    const consumer_options options_;
    /// Of this consumer alone: a fetch that waits for records holds up all that follows on its connection.
    const purpose fetch_lane_;
    const std::shared_ptr<memory_count> memory_;
    consumer_counts counts_;
    /// Null without a group.
    std::shared_ptr<group_link> group_;

    mutable std::mutex mutex_;
    positions positions_;

    std::atomic<bool> wake_posted_{false};
    std::atomic<bool> ruled_{false};

    // On the strand.
    std::uint64_t generation_ = 0;
    std::uint64_t runs_ = 0;
    std::vector<partition_ptr> partitions_;
    std::set<std::string, std::less<>> watched_;
    std::map<std::int32_t, line> lines_;
    bool leaders_stale_ = false;
    bool lookups_wanted_ = false;
    bool committed_wanted_ = false;
    /// A line had something to fetch, but there was no memory for it.
    bool starved_ = false;
    std::size_t reserved_ = 0;
    decompressor codecs_;
    /// Those of jobs on the executor that the options name, while they rest; and how many jobs are under way.
    std::vector<std::unique_ptr<decompressor>> idle_codecs_;
    std::size_t jobs_ = 0;
    /// What there was no memory to look into.
    std::vector<partition_ptr> unopened_;
    /// Partitions with something for the next poll, in turn.
    std::deque<partition_ptr> ready_;
    std::vector<told_event> events_;
    /// What polls gave since the last one began.
    std::vector<partition_ptr> handed_out_;
    std::shared_ptr<poll_completion> poll_;
    std::size_t poll_records_ = 0;
    time_point poll_until_ = time_point::max();
    time_point poll_armed_ = time_point::max();
    std::vector<open_stream_entry> streams_;
    std::vector<position_waiter> position_waiters_;
    std::vector<std::weak_ptr<offset_lookup>> questions_;
    std::optional<time_point> topic_missing_since_;
    time_point armed_ = time_point::max();
    /// Why nothing can be read for now: a group that this member cannot be in.
    error_code failed_;
    /// Why everything was ended; nothing while alive.
    error_code ended_;
};

KASIO_END_NAMESPACE
