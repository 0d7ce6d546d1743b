// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "net/executor.hpp"
#include "producer/arena.hpp"
#include "producer/buffer_pool.hpp"
#include "producer/sequences.hpp"
#include "record/batch_writer.hpp"

#include <kasio/delivery.hpp>
#include <kasio/detail/send_operation.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

KASIO_BEGIN_NAMESPACE

struct partition_queue;

/// What became of a batch as a whole.
struct batch_outcome {
    error_code error = {};
    std::int64_t base_offset = -1;
    /// -1: the records keep their own timestamps.
    std::int64_t log_append_time = -1;
    kasio::fate fate = kasio::fate::not_sent;
};

/// Records of one partition on their way, with the handlers that wait for them.
///
/// While it is open it belongs to its partition's lock; once sealed, to the strand. Its bytes and its arena
/// live until the last owner lets go: the request that writes it, or handlers posted from it.
class send_batch {
public:
    explicit send_batch() = default;
    send_batch(const send_batch&) = delete;
    send_batch& operator=(const send_batch&) = delete;
    ~send_batch() { destroy_operations(); }

    batch_writer writer;
    arena memory;
    /// Handlers in the order of their records.
    detail::send_operation* first = nullptr;
    detail::send_operation* last = nullptr;
    std::size_t operations = 0;
    /// One piece of outstanding work per foreign executor, so that its context does not run dry meanwhile.
    std::vector<boost::asio::any_io_executor> guards;
    std::vector<std::shared_ptr<detail::send_link>> links;
    /// Memory of operations that were made before the batch (those that waited for room).
    std::vector<std::unique_ptr<std::byte[]>> adopted;

    partition_queue* home = nullptr;
    std::uint64_t number = 0;
    std::size_t charged = 0;
    time_point created{};
    int attempts = 0;
    error_code last_error;
    /// Some of its bytes may be at the broker without a definite answer.
    bool fate_unknown = false;
    bool in_flight = false;
    bool registered = false;
    bool done = false;
    /// Is in the metrics.
    bool counted = false;
    /// Records that were cancelled before the batch was written: to be left out. Guarded by the partition's
    /// lock.
    std::vector<std::int32_t> withdrawn;
    /// Is it being compressed on another executor? Nothing of it may change then.
    enum class packing : std::uint8_t { not_begun, under_way, done };
    packing packed = packing::not_begun;
    error_code packing_error;
    /// What it is a part of, whose memory its handlers lie in; and where in that, for the order of parts.
    std::shared_ptr<send_batch> whole;
    std::int32_t place_in_whole = 0;
    sequence_stamp stamp;
    /// Its place among the stamped batches of its partition.
    std::int64_t place = -1;
    /// What goes on the wire: the writer's own buffer or the compressed copy. Fixed at the first drain.
    std::span<const std::byte> wire;
    byte_buffer compressed;

    /// Bytes of its buffers, which the budget has to count.
    [[nodiscard]] std::size_t held() const noexcept { return writer.capacity() + compressed.capacity(); }
    /// Does it go out before `other` of the same partition?
    [[nodiscard]] bool before(const send_batch& other) const noexcept {
        return number != other.number ? number < other.number : place_in_whole < other.place_in_whole;
    }
    void link(detail::send_operation* operation, std::int32_t index, std::int64_t time) noexcept;
    /// Destroys the handlers that were not run, unrun.
    void destroy_operations() noexcept;
    /// Ready for another partition; keeps its memory but for that of its records.
    void reset() noexcept;
};

/// Batches let go, for use by later ones, and the memory for their records. Any thread.
class batch_pool : public std::enable_shared_from_this<batch_pool> {
public:
    /// Keeps at most so many bytes of buffers for compressed batches, and about as many for plain ones while
    /// no batch is there.
    explicit batch_pool(std::size_t most_bytes) noexcept : buffers_{most_bytes}, most_bytes_{most_bytes} {}
    /// The one with the largest buffer of those that hold at most `most` bytes; a new one if there is none.
    [[nodiscard]] std::shared_ptr<send_batch> acquire(std::size_t most);
    /// Room for `size` bytes of a batch of this pool.
    [[nodiscard]] memory_block room(std::size_t size) { return buffers_.take(size); }

private:
    void put_back(send_batch* batch) noexcept;
    static constexpr std::size_t most_kept = 64;
    buffer_pool buffers_;
    const std::size_t most_bytes_;
    std::size_t bytes_ = 0;
    std::mutex mutex_;
    std::vector<std::unique_ptr<send_batch>> free_;
};

KASIO_END_NAMESPACE
