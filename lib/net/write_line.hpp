// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "net/fifo.hpp"
#include "net/stream.hpp"
#include "protocol/frame.hpp"

#include <boost/asio/buffer.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <span>

KASIO_BEGIN_NAMESPACE

/// The bytes of requests on their way to the socket. They belong to the write, not to the request: a
/// time-out, a cancellation or a close may end the request, but its frame and what that borrows stay here
/// until the write that holds them is over.
class write_line {
public:
    /// One call of the system takes no more; a socket rarely does.
    static constexpr std::size_t largest_write = 1024 * 1024;

    void add(std::uint64_t id, protocol::outgoing_frame&& frame, std::shared_ptr<const void>&& pin);
    /// Takes out a request that was not handed to the socket.
    void withdraw(std::uint64_t id);

    /// What the next write takes; empty when nothing is left. `on_writing()` is called for each request that
    /// was queued until now; none is begun unless `may_begin()` says so. Valid until `advance` or
    /// `clear`.
    template <class OnWriting, class MayBegin>
    [[nodiscard]] std::span<const boost::asio::const_buffer> gather(OnWriting on_writing,
                                                                    MayBegin may_begin) {
        begin_pieces();
        while (!queued_.empty() && may_begin() && count_ != pieces_.size() &&
               pending_bytes_ < largest_write) {
            begin_next();
            on_writing();
        }
        return std::span{pieces_}.first(count_);
    }

    template <class OnWriting>
    [[nodiscard]] std::span<const boost::asio::const_buffer> gather(OnWriting on_writing) {
        return gather(on_writing, [] { return true; });
    }

    /// `bytes` were written. `on_written(id)` is called for each request that is complete, after its bytes
    /// were let go; it may add requests.
    template <class OnWritten>
    void advance(std::size_t bytes, OnWritten on_written) {
        offset_ += bytes;
        pending_bytes_ -= bytes;
        while (!writing_.empty() && offset_ >= writing_.front().size) {
            std::uint64_t id = 0;
            {
                const item done = writing_.pop_front();
                offset_ -= done.size;
                id = done.id;
            }
            on_written(id);
        }
    }

    /// Whether a request waits that was not handed to the socket.
    [[nodiscard]] bool has_queued() const noexcept { return !queued_.empty(); }
    /// Lets go what no write holds.
    void clear_queued() noexcept { queued_.clear(); }
    /// Lets go everything. Precondition: no write is in progress.
    void clear() noexcept;

private:
    struct item {
        std::uint64_t id = 0;
        std::size_t size = 0;
        protocol::outgoing_frame frame;
        std::shared_ptr<const void> pin;
    };

    /// What is left of the requests that are being written.
    void begin_pieces() noexcept;
    void begin_next();
    void add_pieces(const item& next, std::size_t skip) noexcept;

    fifo<item> queued_;
    /// Never touched while a write is in progress: the write may point into the frames themselves.
    fifo<item> writing_;
    /// Bytes of the first of `writing_` that are through.
    std::size_t offset_ = 0;
    std::size_t pending_bytes_ = 0;
    std::size_t count_ = 0;
    std::array<boost::asio::const_buffer, stream::max_pieces> pieces_;
};

KASIO_END_NAMESPACE
