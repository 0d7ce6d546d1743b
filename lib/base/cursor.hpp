// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "base/big_endian.hpp"
#include "base/varint.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

KASIO_BEGIN_NAMESPACE

/// Reads forward through bytes it does not own and never past their end.
///
/// Failure sticks: after the first read that does not fit, every read gives zero or nothing and `ok()` is
/// false, so that a decoder checks once at its end. After a failure nothing remains.
class cursor {
public:
    explicit cursor(std::span<const std::byte> bytes) noexcept
        : at_{bytes.data()}, end_{at_ + bytes.size()} {}

    [[nodiscard]] bool ok() const noexcept { return ok_; }
    [[nodiscard]] std::size_t remaining() const noexcept { return static_cast<std::size_t>(end_ - at_); }
    /// The next byte to read.
    [[nodiscard]] const std::byte* position() const noexcept { return at_; }

    /// Marks the bytes as malformed.
    void fail() noexcept {
        ok_ = false;
        at_ = end_;
    }

    /// A big-endian integer.
    template <std::integral Integer>
    [[nodiscard]] Integer read() noexcept {
        if (remaining() < sizeof(Integer)) {
            fail();
            return 0;
        }
        const auto value = load_big<Integer>(at_);
        at_ += sizeof(Integer);
        return value;
    }

    [[nodiscard]] std::uint32_t read_uvarint() noexcept {
        return read_with<std::uint32_t>(&kasio::read_uvarint);
    }
    [[nodiscard]] std::int32_t read_varint() noexcept { return read_with<std::int32_t>(&kasio::read_varint); }
    [[nodiscard]] std::int64_t read_varlong() noexcept {
        return read_with<std::int64_t>(&kasio::read_varlong);
    }

    /// The next `size` bytes, as a view; empty on failure.
    [[nodiscard]] std::span<const std::byte> take(std::size_t size) noexcept {
        if (remaining() < size) {
            fail();
            return {};
        }
        const std::byte* const first = at_;
        at_ += size;
        return {first, size};
    }
    void skip(std::size_t size) noexcept { static_cast<void>(take(size)); }

private:
    template <class Value>
    Value read_with(const std::byte* (*read)(const std::byte*, const std::byte*, Value&) noexcept) noexcept {
        Value value = 0;
        const std::byte* const next = read(at_, end_, value);
        if (next == nullptr) fail();
        else at_ = next;
        return value;
    }

    const std::byte* at_;
    const std::byte* end_;
    bool ok_ = true;
};

KASIO_END_NAMESPACE
