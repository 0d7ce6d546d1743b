// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/histogram.hpp>

#include <array>
#include <atomic>
#include <cstdint>

KASIO_BEGIN_NAMESPACE

/// A number that one thread at a time counts up (what runs on a strand) and any thread reads: a plain add, no
/// locked instruction.
class counter {
public:
    void add(std::uint64_t by = 1) noexcept {
        value_.store(value_.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
    }
    void raise_to(std::uint64_t value) noexcept {
        if (value > value_.load(std::memory_order_relaxed)) value_.store(value, std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

/// Fills a `histogram` in, under the rules of `counter`.
class histogram_recorder {
public:
    void add(std::uint64_t value) noexcept {
        buckets_[histogram::bucket_of(value)].add();
        sum_.add(value);
        largest_.raise_to(value);
        count_.add();
    }
    /// From any thread. Values that come meanwhile may be in some of the numbers and not yet in others.
    [[nodiscard]] histogram snapshot() const noexcept {
        histogram copy;
        copy.count = count_.value();
        copy.sum = sum_.value();
        copy.largest = largest_.value();
        for (std::size_t at = 0; at < histogram::bucket_count; ++at) copy.buckets[at] = buckets_[at].value();
        return copy;
    }

private:
    std::array<counter, histogram::bucket_count> buckets_;
    counter sum_;
    counter largest_;
    counter count_;
};

KASIO_END_NAMESPACE
