// SPDX-License-Identifier: BSL-1.0
#include "testing/partition_log.hpp"

#include <algorithm>
#include <cstring>

KASIO_BEGIN_NAMESPACE
namespace testing {

std::span<std::byte> partition_log::append(std::span<const std::byte> batch, const batch_entry& entry) {
    if (chunk_size_ - chunk_used_ < batch.size()) {
        const std::size_t grown = std::clamp(chunk_size_ * 2, smallest_chunk, largest_chunk);
        const std::size_t size = std::max(grown, batch.size());
        chunk_ = std::make_shared_for_overwrite<std::byte[]>(size);
        chunk_size_ = size;
        chunk_used_ = 0;
    }
    batches_.push_back({entry, chunk_, chunk_used_, batch.size()});
    std::byte* const to = chunk_.get() + chunk_used_;
    if (!batch.empty()) std::memcpy(to, batch.data(), batch.size());
    chunk_used_ += batch.size();
    end_offset_ = entry.last_offset + 1;
    return {to, batch.size()};
}

std::size_t partition_log::find(std::int64_t offset) const noexcept {
    const auto at = std::partition_point(
        batches_.begin(), batches_.end(),
        [offset](const stored_batch& batch) { return batch.entry.last_offset < offset; });
    return static_cast<std::size_t>(at - batches_.begin());
}

partition_log::slice partition_log::read(std::int64_t offset, std::size_t max_bytes, bool at_least_one,
                                         std::int64_t limit) const {
    const std::size_t first = find(offset);
    if (first == batches_.size() || batches_[first].entry.base_offset >= limit) return {};
    const stored_batch& head = batches_[first];
    std::size_t size = head.size;
    std::int64_t next = head.entry.last_offset + 1;
    if (size > max_bytes && !at_least_one) return {};
    for (std::size_t i = first + 1; i < batches_.size() && size < max_bytes; ++i) {
        const stored_batch& batch = batches_[i];
        const bool adjacent = batch.chunk == head.chunk && batch.position == head.position + size;
        if (!adjacent || size + batch.size > max_bytes || batch.entry.base_offset >= limit) break;
        size += batch.size;
        next = batch.entry.last_offset + 1;
    }
    return {head.chunk, bytes_view{head.chunk.get() + head.position, size}, next};
}

std::span<std::byte> partition_log::batch_bytes(std::int64_t offset) noexcept {
    const std::size_t at = find(offset);
    if (at == batches_.size() || batches_[at].entry.base_offset > offset) return {};
    return {batches_[at].chunk.get() + batches_[at].position, batches_[at].size};
}

partition_log::stored_batch partition_log::stored_apart(const batch_entry& entry,
                                                        std::span<const std::byte> bytes) {
    auto chunk = std::make_shared_for_overwrite<std::byte[]>(bytes.size());
    std::memcpy(chunk.get(), bytes.data(), bytes.size());
    return {entry, std::move(chunk), 0, bytes.size()};
}

const batch_entry* partition_log::latest_in_time() const noexcept {
    const batch_entry* latest = nullptr;
    for (const stored_batch& batch : batches_)
        if (latest == nullptr || batch.entry.max_timestamp > latest->max_timestamp) latest = &batch.entry;
    return latest;
}

partition_log::epoch_end partition_log::end_of_epoch(std::int32_t epoch) const noexcept {
    epoch_end found;
    for (const auto& batch : batches_) {
        if (batch.entry.leader_epoch > epoch) {
            if (found.epoch >= 0) found.offset = batch.entry.base_offset;
            return found;
        }
        found = {batch.entry.leader_epoch, end_offset_};
    }
    return found;
}

void partition_log::truncate(std::int64_t offset) {
    if (offset >= end_offset_) return;
    while (!batches_.empty() && batches_.back().entry.last_offset >= offset) {
        end_offset_ = batches_.back().entry.base_offset;
        batches_.pop_back();
    }
    end_offset_ = std::max(end_offset_, std::min(offset, start_offset_));
    start_offset_ = std::min(start_offset_, end_offset_);
}

void partition_log::delete_before(std::int64_t offset) {
    start_offset_ = std::clamp(offset, start_offset_, end_offset_);
    while (!batches_.empty() && batches_.front().entry.last_offset < start_offset_) batches_.pop_front();
}

} // namespace testing
KASIO_END_NAMESPACE
