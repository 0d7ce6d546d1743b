// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <cstddef>
#include <memory>
#include <string_view>

KASIO_BEGIN_NAMESPACE

/// Bytes that are overwritten before their memory is given back. It moves by pointer, so no copy stays behind
/// in a string's inner buffer, and has no output operator.
class secret {
public:
    secret() = default;
    explicit secret(std::size_t size);
    explicit secret(std::string_view text);
    secret(secret&& other) noexcept;
    secret& operator=(secret&& other) noexcept;
    secret(const secret&) = delete;
    secret& operator=(const secret&) = delete;
    ~secret();

    [[nodiscard]] char* data() noexcept { return bytes_.get(); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::string_view view() const noexcept { return {bytes_.get(), size_}; }

private:
    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
};

KASIO_END_NAMESPACE
