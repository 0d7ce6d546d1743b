// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/compression.hpp>
#include <kasio/config.hpp>
#include <kasio/delivery.hpp>
#include <kasio/partitioner.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>

KASIO_BEGIN_NAMESPACE

/// Who must have a record before it counts as delivered. `acks`.
enum class acks : std::int16_t { all = -1, none = 0, leader = 1 };

/// How a `producer` batches and delivers. Defaults are the Java producer's (4.4) unless a member says
/// otherwise.
struct producer_options {
    kasio::acks acks = kasio::acks::all;
    /// Each record lands once and in order, also when requests are repeated (KIP-98). Absent: on when `acks`
    /// is `all`, with at most five requests in flight; a broker that cannot do it is used without.
    /// `enable.idempotence`.
    std::optional<bool> idempotence = {};
    /// How long a batch waits for more records; zero sends at once (records that come meanwhile still
    /// gather). `linger.ms`.
    std::chrono::milliseconds linger{5};
    /// Largest batch, before compression. Java 16,384; here buffers grow as they fill and are reused, so that
    /// a large maximum costs nothing. `batch.size`.
    std::size_t batch_size = 1'000'000;
    /// Largest request, and so the largest record. `max.request.size`.
    std::size_t max_request_size = 1'048'576;
    /// Everything not yet delivered, in bytes: the memory of batches, which comes in powers of two from 1 KiB
    /// on, and of their compressed copies. What was used stays for later batches until nothing is on its way,
    /// then a quarter of it. `buffer.memory`.
    std::size_t buffer_memory = 33'554'432;
    /// How long `async_send` waits for room in the budget or for the topic's metadata. `max.block.ms`.
    std::chrono::milliseconds max_block{60'000};
    /// From the send to the outcome, retries included. `delivery.timeout.ms`.
    std::chrono::milliseconds delivery_timeout{120'000};
    /// Retries of a batch after retriable errors; the delivery time-out usually ends it first. `retries`.
    std::int32_t retries = std::numeric_limits<std::int32_t>::max();
    /// Requests under way to one broker. `max.in.flight.requests.per.connection`.
    std::int32_t max_in_flight = 5;
    /// `compression.type` and `compression.<codec>.level` (the codec's own default when absent).
    kasio::compression compression = kasio::compression::none;
    std::optional<int> compression_level = {};
    /// Where batches are compressed: several side by side if it has several threads. Absent: on the cluster's
    /// executor, each as it goes out. It must run as long as the producer does; a batch that waits for one
    /// that does not is ended by its delivery time-out. A batch that compression does not make smaller goes
    /// out plain (Java sends it all the same).
    std::optional<boost::asio::any_io_executor> compression_executor = {};
    /// Who decides on the partition of a record that names none; `partitioner` decides instead where it is
    /// set.
    kasio::partitioning partitioning = kasio::partitioning::murmur2_random;
    partition_function partitioner = {};
    /// May the broker create a topic that does not exist (if it is set up to)? Java: true.
    bool allow_auto_create = true;
    /// Gets the outcome of `try_send`, one call a batch, on the producer's strand. It may send and close; it
    /// must not block. What it throws is rethrown from the executor's `run`.
    std::function<void(const delivery_report&)> on_delivery = {};
};

KASIO_END_NAMESPACE
