// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/config.hpp>

#include <cstddef>
#include <cstring>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

KASIO_BEGIN_NAMESPACE

/// A borrowed run of bytes that may also be *null*, as a Kafka key or value may.
///
/// Null and empty differ: a null value is a tombstone in a compacted topic. The view owns nothing; what it
/// points to must outlive it. Trivially copyable, and two views are equal when both are null or both hold the
/// same bytes.
class bytes_view {
public:
    /// Null.
    constexpr bytes_view() noexcept = default;
    /// Null.
    constexpr bytes_view(std::nullptr_t) noexcept {}
    /// The characters of a literal or a C string, without its terminator; a null pointer gives null.
    constexpr bytes_view(const char* text) noexcept
        : data_{text}, size_{text == nullptr ? 0 : std::char_traits<char>::length(text)} {}
    constexpr bytes_view(std::string_view text) noexcept : data_{text.data() ? text.data() : ""}, size_{text.size()} {}
    bytes_view(const std::string& text) noexcept : data_{text.data()}, size_{text.size()} {}
    bytes_view(std::span<const std::byte> bytes) noexcept
        : data_{bytes.data() ? reinterpret_cast<const char*>(bytes.data()) : ""}, size_{bytes.size()} {}
    /// `size` bytes at `data`; null when `data` is.
    bytes_view(const void* data, std::size_t size) noexcept : data_{static_cast<const char*>(data)}, size_{data ? size : 0} {}

    [[nodiscard]] constexpr bool is_null() const noexcept { return data_ == nullptr; }
    /// True for null and for no bytes.
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr const char* data() const noexcept { return data_; }
    [[nodiscard]] constexpr const char* begin() const noexcept { return data_; }
    [[nodiscard]] constexpr const char* end() const noexcept { return data_ + size_; }

    /// The bytes as characters; null gives an empty view.
    [[nodiscard]] constexpr std::string_view view() const noexcept { return {data_ ? data_ : "", size_}; }
    constexpr explicit operator std::string_view() const noexcept { return view(); }
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
        return {reinterpret_cast<const std::byte*>(data_), size_};
    }
    /// A copy of the bytes; null gives an empty string.
    [[nodiscard]] std::string to_string() const { return std::string{view()}; }

    friend constexpr bool operator==(const bytes_view& a, const bytes_view& b) noexcept {
        return a.is_null() == b.is_null() && a.view() == b.view();
    }
    /// Writes the bytes as they are; null writes `NULL`.
    KASIO_DECL friend std::ostream& operator<<(std::ostream& out, bytes_view bytes);

private:
    const char* data_ = nullptr;
    std::size_t size_ = 0;
};

KASIO_END_NAMESPACE
