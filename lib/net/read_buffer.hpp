// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <boost/beast/core/flat_buffer.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// The buffers one connection reads into. Most of the time there is one; when an answer is kept (records that
/// are read by view), its buffer stays with who keeps it and comes back here when the last view is gone, from
/// whatever thread.
///
/// Large buffers are kept while answers are large: memory that the system hands out anew for each of them
/// costs as much as reading it. They go when answers become small again.
class read_buffer_pool : public std::enable_shared_from_this<read_buffer_pool> {
public:
    using buffer = boost::beast::flat_buffer;

    /// No buffer ever holds more than `max_bytes`.
    explicit read_buffer_pool(std::size_t max_bytes) noexcept : max_bytes_{max_bytes} {}

    /// An empty buffer. Its memory returns to the pool, or is freed, when the last copy of the pointer goes.
    [[nodiscard]] std::shared_ptr<buffer> take();

    [[nodiscard]] std::size_t max_bytes() const noexcept { return max_bytes_; }
    /// Buffers that wait to be used again.
    [[nodiscard]] std::size_t idle() const;

    /// Tells the size of each frame that came, on one thread at a time.
    void note(std::size_t frame_bytes) noexcept;
    /// The largest buffer that is worth keeping, as frames have been of late. One huge answer does not make
    /// it so.
    [[nodiscard]] std::size_t worth_keeping() const noexcept;

    /// Kept whatever frames there are.
    static constexpr std::size_t always_kept_capacity = 512 * 1024;
    /// Never kept.
    static constexpr std::size_t largest_kept_capacity = 16 * 1024 * 1024;
    static constexpr std::size_t most_idle = 3;

private:
    void give_back(std::unique_ptr<buffer> used) noexcept;
    void trim() noexcept;

    const std::size_t max_bytes_;
    /// An average that later frames outweigh.
    std::atomic<std::size_t> recent_{0};
    /// The largest of `idle_`.
    std::atomic<std::size_t> largest_idle_{0};
    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<buffer>> idle_;
};

KASIO_END_NAMESPACE
