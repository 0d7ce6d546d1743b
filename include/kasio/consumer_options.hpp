// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>
#include <kasio/offset_reset.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

KASIO_BEGIN_NAMESPACE

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
};

KASIO_END_NAMESPACE
