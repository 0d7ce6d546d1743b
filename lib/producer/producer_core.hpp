// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "base/unique_function.hpp"
#include "cluster/cluster_core.hpp"
#include "compression/compression.hpp"
#include "net/context_watch.hpp"
#include "producer/budget.hpp"
#include "producer/completion.hpp"
#include "producer/produce_round.hpp"
#include "producer/producer_counters.hpp"
#include "producer/topic_table.hpp"

#include <kasio/producer_metrics.hpp>
#include <kasio/producer_options.hpp>

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

KASIO_BEGIN_NAMESPACE

[[nodiscard]] std::uint64_t microseconds(steady_clock::duration time) noexcept;

/// The state behind `producer`.
///
/// Callers append under the lock of one partition (append.cpp). Everything else happens on the cluster's
/// strand, which hears of new batches through one posted wake at a time: lines to the leaders (lines.cpp),
/// answers and retries (answers.cpp), batches taken apart or packed elsewhere (parting.cpp), time
/// (deadlines.cpp), records that wait (admission.cpp), flush and close (ending.cpp).
class producer_core final : public cluster_listener,
                            public context_watcher,
                            public std::enable_shared_from_this<producer_core> {
public:
    static std::shared_ptr<producer_core> create(std::shared_ptr<cluster_core> cluster,
                                                 producer_options options);
    producer_core(std::shared_ptr<cluster_core> cluster, producer_options options);

    // From any thread.
    [[nodiscard]] const std::shared_ptr<cluster_core>& cluster() const noexcept { return cluster_; }
    /// Takes the handler over whatever happens; it is called later, never in here.
    void send(const producer_record& record, const detail::send_operation_type& type, void* handler,
              std::shared_ptr<detail::send_link> link);
    [[nodiscard]] error_code try_send(const producer_record& record);
    void wait_writable(unique_function<void(error_code)> done);
    void flush(unique_function<void(error_code)> done);
    void close(std::chrono::milliseconds timeout, unique_function<void(error_code)> done);
    void cancel(std::shared_ptr<detail::send_link> link);
    [[nodiscard]] producer_metrics metrics() const;
    /// The handle is gone.
    void abandon() noexcept;

    // From the cluster, on the strand.
    void on_metadata(const metadata_cache& metadata) override;
    void on_cluster_closed(error_code cause) override;
    void on_context_shutdown() noexcept override;

private:
    /// What a caller brings beside the record.
    struct sender {
        const detail::send_operation_type* type = nullptr;
        void* handler = nullptr;
        std::shared_ptr<detail::send_link> link;
        /// Set instead of `handler` when the handler has waited already.
        waiting_send* waited = nullptr;
    };
    enum class admission : std::uint8_t { taken, no_room, no_partition, closed, too_large, again };

    /// Requests to one broker.
    struct line {
        std::int32_t node = -1;
        std::deque<partition_queue*> ready;
        int in_flight = 0;
        bool connecting = false;
        int failures = 0;
        /// The broker asked for quiet until then (KIP-219).
        time_point quiet_until{};
    };
    struct lingering {
        time_point until;
        partition_queue* queue;
        std::uint64_t batch;
    };
    struct opened_before {
        [[nodiscard]] bool operator()(const std::shared_ptr<send_batch>& one,
                                      const std::shared_ptr<send_batch>& other) const noexcept {
            return one->created != other->created ? one->created < other->created : one->before(*other);
        }
    };
    struct flush_waiter {
        std::uint64_t before;
        unique_function<void(error_code)> done;
    };

    // append.cpp: any thread
    admission admit(const producer_record& record, sender& who, std::int64_t time);
    admission append(partition_queue& queue, const producer_record& record, sender& who, std::int64_t time);
    partition_queue* choose(topic_entry& topic, const partition_list& known,
                            const producer_record& record) const;
    [[nodiscard]] std::int32_t choose_without_key(topic_entry& topic,
                                                  const partition_list& known) const noexcept;
    [[nodiscard]] bool is_full(send_batch& batch, std::size_t more, std::size_t most);
    /// Gives the batch memory for `more` bytes and counts it; false: the budget has no room.
    [[nodiscard]] bool make_room(send_batch& batch, std::size_t more);
    [[nodiscard]] std::size_t largest_batch(const topic_entry& topic) const noexcept;
    bool open_batch(partition_queue& queue, std::size_t first_size);
    void link_operation(const std::shared_ptr<send_batch>& batch, sender& who, std::int64_t time);
    void seal(partition_queue& queue) const;
    void wait_for_room(const producer_record& record, sender& who, std::int64_t time);
    admission wait_for_partition(topic_entry& topic, const partition_list* seen,
                                 const producer_record& record, sender& who, std::int64_t time);
    void fail_later(sender& who, std::int64_t time, error_code error);
    [[nodiscard]] std::size_t largest_record(std::string_view topic) const noexcept;
    void notice(partition_queue& queue);
    void wake();

    // admission.cpp
    void admit_waiting();
    void look_for_partitions();
    [[nodiscard]] bool is_refused(const topic_entry& topic) const;
    [[nodiscard]] static bool has_pending(topic_entry& topic);
    void drain_pending(topic_entry& topic);
    void place_pending(topic_entry& topic, const partition_list& list);
    void refuse_pending(topic_entry& topic, error_code error);
    void expire_waiting(time_point now);
    void fail_waiting(std::unique_ptr<waiting_send> waiting, error_code error);
    void report_refused(const waiting_send& waiting, error_code error);
    [[nodiscard]] error_code why_no_partition(const topic_entry& topic) const;
    void wake_writable();
    void give_back(std::size_t& charged) noexcept;

    // lines.cpp
    void on_wake();
    void look_at(partition_queue& queue);
    void register_batch(const std::shared_ptr<send_batch>& batch);
    /// The sealed batches that are not registered yet; the queue is locked.
    void register_sealed(partition_queue& queue);
    void make_ready(partition_queue& queue);
    void pump_all();
    void pump(line& to);
    void connect(line& to);
    std::shared_ptr<produce_round> gather(line& to);
    std::shared_ptr<send_batch> take(partition_queue& queue, std::size_t room, bool& more);
    /// The sealed batch whose turn it is; the number of sealed ones when none may go. Under the partition's
    /// lock.
    std::size_t next_to_leave(partition_queue& queue);
    void route_again(line& from);
    /// Under the partition's lock.
    [[nodiscard]] bool open_is_due(const partition_queue& queue, time_point now) const;
    error_code prepare(send_batch& batch);
    void write(line& to, session& connection, std::shared_ptr<produce_round> round);
    void count_first_way_out(const send_batch& batch, time_point now);
    line& line_to(std::int32_t node);

    // identity.cpp
    [[nodiscard]] bool may_start(partition_queue& queue);
    void ask_for_id();
    void on_id(error_code error, std::int64_t id, std::int16_t epoch);
    void unblock();
    void fail_all(error_code error);

    // answers.cpp
    void on_answer(std::int32_t node, std::shared_ptr<produce_round> round, error_code error, reply& answer);
    void be_quiet(line& to, std::int16_t version, std::int32_t milliseconds);
    [[nodiscard]] bool settle_sequence(const std::shared_ptr<send_batch>& batch, error_code error);
    void settle(const std::shared_ptr<send_batch>& batch, const partition_outcome& outcome);
    void retry(const std::shared_ptr<send_batch>& batch, error_code error);
    [[nodiscard]] bool has_no_retry(send_batch& batch) const noexcept;
    void requeue(const std::shared_ptr<send_batch>& batch);
    void landed(const std::shared_ptr<send_batch>& batch);
    void end(const std::shared_ptr<send_batch>& batch, const batch_outcome& outcome);
    void end_failed(const std::shared_ptr<send_batch>& batch, error_code error);

    // parting.cpp
    void split(const std::shared_ptr<send_batch>& batch);
    [[nodiscard]] static std::vector<std::int32_t> blamed_in(const send_batch& batch,
                                                             const partition_outcome& outcome);
    /// Ends the records that the answer blames, and sends the others again.
    void blame(const std::shared_ptr<send_batch>& batch, error_code error,
               const std::vector<std::int32_t>& blamed);
    void replace(const std::shared_ptr<send_batch>& batch,
                 const std::vector<std::vector<std::int32_t>>& parts);
    /// Is the batch compressed, where that is done elsewhere? Sees to it otherwise. Under the partition's
    /// lock.
    bool is_packed(const std::shared_ptr<send_batch>& batch);
    void pack(const std::shared_ptr<send_batch>& batch);
    error_code encode(send_batch& batch, const batch_writer::finish_options& how);
    /// Charges what it holds beyond what it has charged, room or not.
    void charge_rest(send_batch& batch, std::size_t all) noexcept;
    void count_end(const send_batch& batch, fate how);

    // deadlines.cpp
    void arm(time_point when);
    void arm_for_all();
    void on_timer();
    void expire_batches(time_point now);
    void end_linger(time_point now);
    void withdraw(const std::shared_ptr<send_batch>& batch);

    // ending.cpp
    void seal_all();
    void check_flushes();
    void check_close();
    void cut(error_code cause);
    void drop_late_arrivals();
    void cancel_now(detail::send_link& link);
    std::unique_ptr<waiting_send> take_waiting(const detail::send_operation* operation);
    void finish_close(error_code error);

    const std::shared_ptr<cluster_core> cluster_;
    const producer_options options_;
    topic_table topics_;
    budget budget_;
    const std::shared_ptr<batch_pool> pool_ = std::make_shared<batch_pool>(options_.buffer_memory / 4);
    std::atomic<std::uint64_t> next_number_{1};
    /// No more records. Set before the strand seals what is open, looked at under the partition's lock.
    std::atomic<bool> closing_{false};

    /// Partitions with news for the strand.
    std::mutex notice_mutex_;
    std::vector<partition_queue*> noticed_;
    bool wake_posted_ = false;

    /// Senders that wait for room, first come first served.
    std::mutex room_mutex_;
    std::deque<std::unique_ptr<waiting_send>> room_;
    std::atomic<std::size_t> waiting_for_room_{0};
    std::vector<unique_function<void(error_code)>> writable_;
    /// Somebody was refused since room was last made: there is no sense in calling others.
    std::atomic<bool> refused_{false};
    /// Records in the lines of topics.
    std::atomic<std::size_t> pending_{0};

    // On the strand.
    bool idempotent_;
    bool asking_for_id_ = false;
    int id_failures_ = 0;
    sequence_keeper sequences_;
    /// Partitions that may not send before an id is there or what is under way has ended.
    std::deque<partition_queue*> blocked_;
    completer completer_;
    producer_counters counters_;
    std::unique_ptr<compressor> compressor_;
    /// Those that work on the user's executor.
    std::mutex compressors_mutex_;
    std::vector<std::unique_ptr<compressor>> compressors_;
    std::vector<partition_queue*> looking_;
    std::unordered_map<std::int32_t, std::unique_ptr<line>> lines_;
    std::deque<partition_queue*> leaderless_;
    std::deque<lingering> lingering_;
    /// Batches in the order in which they opened, to end them at their delivery time-out.
    std::set<std::shared_ptr<send_batch>, opened_before> by_age_;
    /// Numbers of batches that have not ended; parts of one share its number.
    std::multiset<std::uint64_t> outstanding_;
    std::vector<flush_waiter> flushes_;
    std::vector<unique_function<void(error_code)>> close_waiters_;
    time_point close_at_ = time_point::max();
    /// Let go when the context goes down: a timer must not outlive it.
    std::optional<steady_timer> timer_;
    time_point armed_ = time_point::max();
    std::vector<topic_entry*> watched_;
    bool had_lined_up_ = false;
    /// Why everything was ended; nothing while alive.
    error_code ended_;
};

KASIO_END_NAMESPACE
