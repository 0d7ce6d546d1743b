// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/bytes.hpp>
#include <kasio/compression.hpp>
#include <kasio/config.hpp>
#include <kasio/record.hpp>
#include <kasio/testing/broker_options.hpp>
#include <kasio/testing/request.hpp>
#include <kasio/uuid.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

KASIO_BEGIN_NAMESPACE
namespace testing {

/// A record as it lies in a log of the in-process cluster.
struct stored_record {
    std::int64_t offset = -1;
    /// Milliseconds since the Unix epoch.
    std::int64_t timestamp = -1;
    std::optional<std::string> key;
    std::optional<std::string> value;
    std::vector<std::pair<std::string, std::optional<std::string>>> headers;
    std::int64_t producer_id = -1;
    std::int16_t producer_epoch = -1;
    /// -1 when the record came without a sequence.
    std::int32_t sequence = -1;
    std::int32_t leader_epoch = -1;
    friend bool operator==(const stored_record&, const stored_record&) = default;
};

/// How a transaction ends in a partition's log.
enum class transaction_outcome : std::uint8_t {
    committed,
    aborted,
    /// Not yet: no marker.
    open,
};

/// A Kafka cluster inside the process, for tests and for trying things out: real sockets, the real wire
/// protocol, logs in memory, faults on demand.
///
/// **Threads.** It runs on one thread of its own. All functions may be called from any thread, block until
/// done (microseconds) and may be called from hooks. Hooks run on that thread; they must not throw and must
/// not destroy the broker.
/// **Lifetime.** Listens from construction on. The destructor closes all connections and joins the thread.
/// **Errors.** A port that is taken throws `boost::system::system_error`; a node, topic or partition that
/// does not exist throws `std::invalid_argument`.
///
/// Every node's replicas are in sync at all times: one log per partition is shared by all nodes. Only its
/// leader accepts and serves records.
class KASIO_DECL broker {
public:
    explicit broker(broker_options options = {});
    ~broker();
    broker(const broker&) = delete;
    broker& operator=(const broker&) = delete;

    // Where it is.

    /// `host:port` of every node, separated by commas; dead nodes too.
    [[nodiscard]] std::string bootstrap_servers() const;
    /// `host:port` of one node.
    [[nodiscard]] std::string address(int node) const;
    [[nodiscard]] std::uint16_t port(int node) const;
    [[nodiscard]] int node_count() const;
    [[nodiscard]] std::string cluster_id() const;

    // Topics.

    /// Leaders are dealt out in turn: partition 0 is led by node 1, and so on. `replication_factor` 0: the
    /// option's.
    void create_topic(std::string_view topic, int partitions = 1, int replication_factor = 0);
    void delete_topic(std::string_view topic);
    [[nodiscard]] bool has_topic(std::string_view topic) const;
    [[nodiscard]] uuid topic_id(std::string_view topic) const;
    [[nodiscard]] int partition_count(std::string_view topic) const;
    /// Sets one of a topic's settings as its creation may: `max.message.bytes`, `message.timestamp.type`,
    /// `min.insync.replicas` (live replicas count as in sync), `cleanup.policy` (`compact`: records without a key are
    /// refused, by their index). Throws `std::invalid_argument` for a value that cannot be.
    void set_topic_config(std::string_view topic, std::string_view name, std::string_view value);
    /// More partitions for an existing topic.
    void add_partitions(std::string_view topic, int new_total);

    // Logs.

    /// All records of a partition in order, decompressed: the ground truth. Throws `std::runtime_error` when
    /// the log holds bytes that cannot be decoded (see `append_raw`).
    [[nodiscard]] std::vector<stored_record> records(std::string_view topic, int partition) const;
    [[nodiscard]] std::int64_t start_offset(std::string_view topic, int partition) const;
    /// The offset that the next record will get.
    [[nodiscard]] std::int64_t end_offset(std::string_view topic, int partition) const;
    /// Appends the records as one uncompressed batch; their topic and partition members are ignored. Returns
    /// the offset of the first.
    std::int64_t append(std::string_view topic, int partition, std::span<const producer_record> records);
    std::int64_t append(std::string_view topic, int partition, const producer_record& record);
    /// Appends one encoded record batch (magic 2) as Produce does: gives it its offsets and the leader's
    /// epoch. Throws `std::invalid_argument` when it is none.
    std::int64_t append_batch(std::string_view topic, int partition, bytes_view batch);
    /// Appends bytes that are served as they are, whatever they hold; they stand for the next `offsets`
    /// offsets.
    std::int64_t append_raw(std::string_view topic, int partition, bytes_view bytes, int offsets = 1);
    /// Appends the records as one batch of a transaction, and the marker that ends it. `producer_id` -1: that
    /// of a new producer; another one goes on with the transaction it has open here, or begins its next.
    /// Returns the producer's id.
    std::int64_t append_transaction(std::string_view topic, int partition,
                                    std::span<const producer_record> records, transaction_outcome outcome,
                                    std::int64_t producer_id = -1);
    /// Appends the marker alone, also for a producer that has no transaction open. `open` throws
    /// `std::invalid_argument`. Returns its offset.
    std::int64_t append_marker(std::string_view topic, int partition, std::int64_t producer_id,
                               transaction_outcome outcome);
    /// What consumers that read committed records see at most: the first record of an open transaction, or
    /// the end.
    [[nodiscard]] std::int64_t last_stable_offset(std::string_view topic, int partition) const;
    /// Appends the records as they lay in logs before Kafka 0.11: with magic 0 (no timestamps) or 1, an entry
    /// each, or compressed in one wrapper. Their headers are left out. `std::invalid_argument` for what was
    /// not possible then: zstd, and for magic 0 lz4 as it is now. Returns the offset of the first.
    std::int64_t append_legacy(std::string_view topic, int partition,
                               std::span<const producer_record> records, int magic,
                               compression codec = compression::none);
    /// Takes records out as log compaction does: the offsets of the others stay, batches keep their ends.
    /// Those of compressed batches, those of formats before Kafka 0.11 and the log's last stay.
    void compact(std::string_view topic, int partition, std::vector<std::int64_t> gone);
    /// Flips one bit in the last byte of the batch that holds `offset`, so that its checksum no longer fits.
    void corrupt(std::string_view topic, int partition, std::int64_t offset);
    /// Cuts the log: batches that reach to `offset` or beyond are gone, and the leader's epoch rises, as
    /// after an unclean election.
    void truncate(std::string_view topic, int partition, std::int64_t offset);
    /// Raises the log's start offset, as retention and DeleteRecords do.
    void delete_records(std::string_view topic, int partition, std::int64_t before_offset);

    // Leaders and nodes.

    /// -1 when there is none.
    [[nodiscard]] int leader(std::string_view topic, int partition) const;
    [[nodiscard]] std::int32_t leader_epoch(std::string_view topic, int partition) const;
    /// Makes `node` the leader at once and raises the epoch; waiting fetches on the old leader are answered.
    void move_leader(std::string_view topic, int partition, int node);
    /// What the leader answers to consumers that say their rack, from Fetch 11 on: to read from `node`, which
    /// serves them from now on, as the only follower (KIP-392). -1: to stay.
    void set_preferred_replica(std::string_view topic, int partition, int node);
    /// Closes the node's port and connections. After `election_delay` metadata no longer lists it and each of
    /// its partitions has another live replica as leader, or none.
    void kill_node(int node);
    /// Opens the same port again. Partitions without a leader get one; others keep theirs.
    void revive_node(int node);
    /// The node accepts connections and bytes, but does nothing: a half-open peer.
    void pause_node(int node);
    /// What came in during the pause is handled now.
    void resume_node(int node);
    /// Closes all connections of the node (abruptly: with a reset), which goes on listening.
    void close_connections(int node = any_node);
    /// What metadata says of the node's address from now on, for instance an unreachable one.
    void set_advertised_address(int node, std::string host, std::uint16_t port);

    // Faults. Each applies to the next `count` requests of an api, on one node or any. Rules are tried in the
    // order in which they were given; one that is used up is forgotten.

    void next(api which, request_action action, int count = 1, int node = any_node);
    void fail_next(api which, broker_errc error, int count = 1, int node = any_node);
    void drop_next(api which, int count = 1, int node = any_node);
    void drop_answer_next(api which, int count = 1, int node = any_node);
    void delay_next(api which, std::chrono::milliseconds delay, int count = 1, int node = any_node);
    void throttle_next(api which, std::chrono::milliseconds time, int count = 1, int node = any_node);
    void close_next(api which, int count = 1, int node = any_node);
    /// Resets the next `count` connections that `node` accepts after `bytes` bytes in that direction.
    void cut_next_connection(cut_side side, std::size_t bytes, int count = 1, int node = any_node);
    /// Resets the connection once `bytes` bytes of the next request of the api, its length field included,
    /// have come in, at the earliest when the api is known (6 bytes). The request has no effect.
    void cut_next_request(api which, std::size_t bytes, int count = 1, int node = any_node);
    /// The next `count` connections that `node` accepts are sent these bytes before anything was asked.
    void greet_next_connection(std::string bytes, int count = 1, int node = any_node);
    /// Asked first at each request, on the cluster's thread; an action that differs from the default wins
    /// over the rules above. An empty function ends it.
    void on_request(std::function<std::optional<request_action>(const request_record&)> hook);
    /// Forgets all rules and the hook.
    void clear_faults();

    /// As which broker a node presents itself from now on. Its connections are closed, as at the restart that
    /// an upgrade is; to have the node away for a while, kill it before and revive it after.
    void set_profile(version_profile profile, int node = any_node);
    /// Bounds the versions that nodes offer and accept, on top of their profile. An empty range (`max < min`)
    /// withdraws the api.
    void set_versions(api which, std::int16_t min, std::int16_t max, int node = any_node);

    /// Whom to let in from now on; connections that are in stay, until they authenticate again.
    void set_sasl(broker_sasl sasl);

    /// How many fetch sessions each node remembers from now on; it forgets those that it has (KIP-227). 0:
    /// none.
    void set_fetch_session_limit(std::size_t limit);

    // What metadata shows, for the next `answers` Metadata answers.

    /// No broker at all.
    void hide_brokers(int answers = 1);
    /// The topic, without error and without partitions.
    void hide_partitions(std::string_view topic, int answers = 1);
    /// The topic as unknown.
    void hide_topic(std::string_view topic, int answers = 1);
    /// Another leader and epoch than the true ones.
    void show_leader(std::string_view topic, int partition, int node, std::int32_t epoch, int answers = 1);
    /// The partition with that code; with `leader_not_available` also without a leader.
    void show_partition_error(std::string_view topic, int partition, broker_errc error, int answers = 1);

    // What happened.

    /// The requests seen so far, oldest first.
    [[nodiscard]] std::vector<request_record> requests(api which = api::any, int node = any_node) const;
    [[nodiscard]] std::size_t request_count(api which = api::any, int node = any_node) const;
    void clear_requests();
    /// Waits until so many requests have been logged since the last `clear_requests`; false when time ran
    /// out.
    bool wait_for_requests(api which, std::size_t count, std::chrono::milliseconds timeout,
                           int node = any_node) const;
    /// Connections that are open now.
    [[nodiscard]] std::size_t connection_count(int node = any_node) const;
    /// Connections accepted so far.
    [[nodiscard]] std::size_t accepted_count(int node = any_node) const;

private:
    friend class groups;
    class impl;
    std::unique_ptr<impl> impl_;
};

} // namespace testing
KASIO_END_NAMESPACE
