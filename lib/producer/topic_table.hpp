// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "producer/partition_queue.hpp"
#include "producer/partitioner.hpp"
#include "producer/waiting_send.hpp"

#include <kasio/uuid.hpp>

#include <atomic>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// The partitions of a topic at one moment. Never changed once published; queues are shared by later ones.
struct partition_list {
    std::vector<partition_queue*> queues;
};

/// A topic somebody sends to. Lives as long as its producer.
struct topic_entry {
    explicit topic_entry(std::string topic, std::uint64_t seed) : name{std::move(topic)}, sticky{seed} {}

    const std::string name;
    sticky_partition sticky;
    /// Its broker takes no larger batches, as it has shown: what it refused, halved.
    std::atomic<std::size_t> largest_batch{std::numeric_limits<std::size_t>::max()};
    /// Null until metadata came and all that waited for it was put into batches.
    std::atomic<const partition_list*> partitions{nullptr};

    /// Guards `pending`. Never held together with a partition's lock.
    std::mutex mutex;
    /// Records that came before the partitions were known (or name one that is not there yet), in order.
    std::deque<std::unique_ptr<waiting_send>> pending;

    // On the strand.
    /// The broker refused the topic for good; who sends to it next makes it asked about anew, once.
    bool refused = false;
    /// Zero where brokers do not tell; another one: another topic of the same name (KIP-516).
    uuid id;
    std::vector<std::unique_ptr<partition_queue>> queues;
    std::vector<std::unique_ptr<partition_list>> lists;
};

/// Topic by name, from any thread, without a lock: entries are only ever added.
///
/// Readers probe an open-addressed array of atomic pointers. A writer (under the mutex) that has to grow it
/// publishes a larger copy and keeps the old one, which readers may still be looking at; sizes double, so
/// that all of them together are at most twice the last.
class topic_table {
public:
    topic_table() { slots_.store(add_array(16), std::memory_order_release); }

    [[nodiscard]] topic_entry* find(std::string_view name) const noexcept {
        const auto* array = slots_.load(std::memory_order_acquire);
        const auto mask = array->size() - 1;
        for (auto at = hash(name) & mask;; at = (at + 1) & mask) {
            auto* entry = (*array)[at].load(std::memory_order_acquire);
            if (entry == nullptr || entry->name == name) return entry;
        }
    }
    /// The entry of that name, made when there is none.
    topic_entry& find_or_add(std::string_view name);
    /// All entries. The caller keeps writers away, or does without those that come meanwhile.
    [[nodiscard]] std::vector<topic_entry*> all() const;

private:
    using slot_array = std::vector<std::atomic<topic_entry*>>;
    [[nodiscard]] static std::size_t hash(std::string_view name) noexcept {
        return std::hash<std::string_view>{}(name);
    }
    slot_array* add_array(std::size_t size);
    static void insert(slot_array& array, topic_entry* entry) noexcept;

    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<topic_entry>> entries_;
    std::vector<std::unique_ptr<slot_array>> arrays_;
    std::atomic<slot_array*> slots_;
};

KASIO_END_NAMESPACE
