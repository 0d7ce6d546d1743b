// SPDX-License-Identifier: BSL-1.0
// Both walks over a batch's records, side by side.
#pragma once

#include "base/byte_buffer.hpp"
#include "record/record_cursor.hpp"

#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace kasio_test {

/// A copy in memory of exactly its size, so that a read beyond its end is one beyond an allocation.
class exact_bytes {
public:
    explicit exact_bytes(std::span<const std::byte> bytes);
    [[nodiscard]] std::span<const std::byte> view() const noexcept { return {bytes_.get(), size_}; }

private:
    std::unique_ptr<std::byte[]> bytes_;
    std::size_t size_;
};

struct walked {
    std::vector<kasio::owned_record> records;
    bool corrupt = false;
    /// Did the walk that checks nothing find the same records?
    bool agree = true;
};

/// `records` are uncompressed.
[[nodiscard]] walked walk(const kasio::batch_view& batch, std::span<const std::byte> records);

} // namespace kasio_test
