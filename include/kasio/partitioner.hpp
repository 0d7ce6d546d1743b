// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/bytes.hpp>
#include <kasio/config.hpp>

#include <cstdint>
#include <functional>
#include <string_view>

KASIO_BEGIN_NAMESPACE

/// Who decides on the partition of a record that names none: `partitioner`, `partitioner.class`.
///
/// Those named after a hash are librdkafka's, so that keys stay where its producers put them. *Sticky* means:
/// one partition for 16 KiB of records (or `batch_size`, if that is less), so that batches fill, then
/// another; the next is drawn by lot, those with fewer batches waiting being likelier and those without a
/// leader left out (KIP-794).
///
/// When a topic grows, hashes are taken of the new number of partitions: keys move, as with Java. Records of
/// a key that were sent before stay where they were put, so order within a key holds only up to the growth.
enum class partitioning : std::uint8_t {
    /// Java's default: murmur2 of the key, also of an empty one; without a key sticky.
    murmur2_random,
    /// murmur2 of the key; none counts as an empty one.
    murmur2,
    /// CRC-32 of the key; none and an empty one go to partition 0.
    consistent,
    /// CRC-32 of the key; without one, and with an empty one, sticky. librdkafka's default.
    consistent_random,
    /// FNV-1a of the key as Sarama takes it; none counts as an empty one.
    fnv1a,
    /// FNV-1a of the key; without one sticky.
    fnv1a_random,
    /// Keys do not matter: always sticky. Java's `partitioner.ignore.keys`.
    sticky,
    /// Keys do not matter: each record to the next partition that has a leader. Java's RoundRobinPartitioner.
    round_robin,
};

/// What a user's own partitioner is asked. Borrowed for the call.
struct partition_question {
    std::string_view topic;
    bytes_view key;
    bytes_view value;
    /// How many partitions the topic has: one at least.
    std::int32_t partitions = 0;
    partition_question() {}
};

/// Answers with a partition. Below 0: sticky. A number that the topic does not have waits until the topic has
/// grown to it, as a record that names it does. Called on the thread that sends, so possibly on several at
/// once; it must not throw, and must not use the producer.
using partition_function = std::function<std::int32_t(const partition_question&)>;

KASIO_END_NAMESPACE
