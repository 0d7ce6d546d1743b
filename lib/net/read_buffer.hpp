// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <boost/beast/core/flat_buffer.hpp>

#include <memory>
#include <mutex>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// The buffers one connection reads into. Most of the time there is one; when an answer is kept (records that
/// are read by view), its buffer stays with who keeps it and comes back here when the last view is gone, from
/// whatever thread.
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

    /// A buffer that one huge answer has blown up is not kept for small ones.
    static constexpr std::size_t largest_kept_capacity = 2 * 1024 * 1024;
    static constexpr std::size_t most_idle = 3;

private:
    void give_back(std::unique_ptr<buffer> used) noexcept;

    const std::size_t max_bytes_;
    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<buffer>> idle_;
};

KASIO_END_NAMESPACE
