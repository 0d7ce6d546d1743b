// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/committed_offset.hpp>
#include <kasio/config.hpp>
#include <kasio/group_options.hpp>
#include <kasio/offset_reset.hpp>
#include <kasio/rebalance.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

KASIO_BEGIN_NAMESPACE

class assignor; // kasio/assignor.hpp

/// Which records of transactions are read. `isolation.level`.
enum class isolation_level : std::int8_t { read_uncommitted = 0, read_committed = 1 };

/// How a `consumer` reads. Defaults are the Java consumer's (4.4) unless a member says otherwise.
struct consumer_options {
    /// Java: read_uncommitted.
    kasio::isolation_level isolation_level = kasio::isolation_level::read_committed;
    kasio::offset_reset offset_reset = kasio::offset_reset::latest;
    /// For `offset_reset::by_duration`; counted back from the moment of the look-up.
    std::chrono::milliseconds offset_reset_duration{0};
    /// The broker answers a fetch once it has this much, or after `fetch_max_wait`. `fetch.min.bytes`,
    /// `fetch.max.wait.ms`.
    std::int32_t fetch_min_bytes = 1;
    std::chrono::milliseconds fetch_max_wait{500};
    /// One answer, and one partition's part of it; a first batch above it still comes whole (KIP-74).
    /// `fetch.max.bytes`, `max.partition.fetch.bytes`.
    std::int32_t fetch_max_bytes = 52'428'800;
    std::int32_t partition_fetch_bytes = 1'048'576;
    /// Everything fetched and not yet let go by the caller, in bytes: fetching pauses at this.
    std::size_t buffer_memory = 67'108'864;
    /// Largest batch after decompression that is believed.
    std::size_t max_batch_bytes = 33'554'432;
    /// Where batches are checked, decompressed and looked into, such as a `thread_pool`'s executor:
    /// partitions side by side. It must run as long as the consumer, and no longer than the consumer's
    /// context is there. None: where the consumer runs.
    boost::asio::any_io_executor decompression_executor{};
    /// Records one `async_poll` gives at most; zero: all that has arrived. Java's `max.poll.records` is 500.
    std::size_t max_poll_records = 0;
    /// `check.crcs`.
    bool check_crcs = true;
    /// Report an event each time a partition's end is reached (librdkafka's `enable.partition.eof`).
    bool report_end = false;
    /// May asking for a topic create it? `allow.auto.create.topics`; Java: true.
    bool allow_auto_create = false;

    /// The group whose offsets are committed, and which shares topics out among its members
    /// (`consumer::subscribe`). Empty: none. `group.id`.
    std::string group_id = {};
    /// Makes a member static (KIP-345): who comes back with it within `session_timeout` gets its partitions
    /// again, without a rebalance. Empty: none. `group.instance.id`.
    std::string group_instance_id = {};
    kasio::group_protocol group_protocol = kasio::group_protocol::automatic;
    /// KIP-848: which of the broker's assignors to use, `uniform` or `range`; empty: the broker's choice.
    /// `group.remote.assignor`.
    std::string remote_assignor = {};
    /// Classic protocol: how this member would share partitions out as leader, in order of preference; empty:
    /// Java's, which are range and cooperative-sticky. See <kasio/assignor.hpp>.
    /// `partition.assignment.strategy`.
    std::vector<std::shared_ptr<assignor>> assignors = {};
    /// Classic protocol: a member that is not heard of for so long is taken for dead. With KIP-848 the broker
    /// says how long. `session.timeout.ms`, `heartbeat.interval.ms`.
    std::chrono::milliseconds session_timeout{45'000};
    std::chrono::milliseconds heartbeat_interval{3'000};
    /// A member that does not poll for so long gives its partitions up. It is the group's rebalance time-out
    /// too: the longest that handing over a partition may take. `max.poll.interval.ms`.
    std::chrono::milliseconds max_poll_interval{300'000};
    /// Commit what has been worked off: every interval, before partitions are given up, and at close. What a
    /// poll gave counts as worked off once the next one begins. `enable.auto.commit`,
    /// `auto.commit.interval.ms`.
    bool auto_commit = true;
    std::chrono::milliseconds auto_commit_interval{5'000};

    /// Partitions have been given to this member; reading them starts when the hook is done.
    rebalance_hook on_assigned = {};
    /// Partitions are about to be given up: nothing of them is handed out any more, they may still be
    /// committed, and are handed over when the hook is done.
    rebalance_hook on_revoked = {};
    /// Partitions are gone, and may be read by others already; committing them fails. Not set: `on_revoked`.
    rebalance_hook on_lost = {};
    commit_hook on_commit = {};
};

KASIO_END_NAMESPACE
