// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/config.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

KASIO_BEGIN_NAMESPACE

/// Memory for the completion handlers of one batch: handed out piece by piece, taken back all at once, and
/// kept for the next batch. Destroys nothing: that is the batch's job.
class arena {
public:
    [[nodiscard]] void* allocate(std::size_t size, std::size_t align) {
        const auto at = (used_ + align - 1) & ~(align - 1);
        if (current_ < chunks_.size() && at + size <= chunks_[current_].size) [[likely]] {
            used_ = at + size;
            return chunks_[current_].bytes.get() + at;
        }
        return next_chunk(size, align);
    }
    /// Everything handed out is free again; the memory stays.
    void clear() noexcept {
        current_ = 0;
        used_ = 0;
    }

private:
    static constexpr std::size_t chunk_size = 4096;
    struct chunk {
        std::unique_ptr<std::byte[]> bytes;
        std::size_t size;
    };

    void* next_chunk(std::size_t size, std::size_t align) {
        if (current_ < chunks_.size()) ++current_;
        // A handler larger than a chunk gets one of its own; smaller later ones skip no memory they could
        // use.
        const auto wanted = size + align > chunk_size ? size + align : chunk_size;
        if (current_ == chunks_.size() || chunks_[current_].size < wanted) {
            // operator new[] aligns for every fundamental type; stricter handlers are moved up inside.
            chunk fresh{std::make_unique_for_overwrite<std::byte[]>(wanted), wanted};
            chunks_.insert(chunks_.begin() + static_cast<std::ptrdiff_t>(current_), std::move(fresh));
        }
        auto* base = chunks_[current_].bytes.get();
        const auto misalignment = reinterpret_cast<std::uintptr_t>(base) & (align - 1);
        const auto at = misalignment == 0 ? 0 : align - misalignment;
        used_ = at + size;
        return base + at;
    }

    std::vector<chunk> chunks_;
    std::size_t current_ = 0;
    std::size_t used_ = 0;
};

KASIO_END_NAMESPACE
