// SPDX-License-Identifier: BSL-1.0
#include "record/record_cursor.hpp"

#include "base/big_endian.hpp"
#include "base/varint.hpp"

KASIO_BEGIN_NAMESPACE

namespace {

const char* text(const std::byte* bytes) noexcept { return reinterpret_cast<const char*>(bytes); }

const std::byte* read_long_number(const std::byte* at, const std::byte* end, std::int32_t& value) noexcept {
    return read_varint(at, end, value);
}
const std::byte* read_long_number(const std::byte* at, const std::byte* end, std::int64_t& value) noexcept {
    return read_varlong(at, end, value);
}

/// As these; but most numbers in records take one byte or two, and there are six in each: in place.
template <class Value>
[[gnu::always_inline]] inline const std::byte* read_number(const std::byte* at, const std::byte* end,
                                                           Value& value) noexcept {
    using Bits = std::make_unsigned_t<Value>;
    if (at == end) return nullptr;
    const auto low = static_cast<Bits>(at[0]);
    if (low < 0x80) [[likely]] {
        value = unzigzag(low);
        return at + 1;
    }
    if (end - at >= 2) {
        const auto high = static_cast<Bits>(at[1]);
        if (high < 0x80) [[likely]] {
            value = unzigzag((low & 0x7f) | (high << 7));
            return at + 2;
        }
    }
    return read_long_number(at, end, value);
}

/// A length of -1 or more, and as many bytes; null on failure.
[[gnu::always_inline]] inline const std::byte* read_bytes(const std::byte* at, const std::byte* end,
                                                          bytes_view& bytes) noexcept {
    std::int32_t length = 0;
    at = read_number(at, end, length);
    if (at == nullptr || length < -1) return nullptr;
    if (length == -1) {
        bytes = nullptr;
        return at;
    }
    if (length > end - at) return nullptr;
    bytes = bytes_view{at, static_cast<std::size_t>(length)};
    return at + length;
}

/// Do `count` headers fill exactly what is left?
bool headers_fit(const std::byte* at, const std::byte* end, std::int32_t count) noexcept {
    for (; count > 0; --count) {
        bytes_view name;
        bytes_view value;
        at = read_bytes(at, end, name);
        if (at == nullptr || name.is_null()) return false;
        at = read_bytes(at, end, value);
        if (at == nullptr) return false;
    }
    return at == end;
}

timestamp at_milliseconds(std::int64_t time) noexcept { return timestamp{std::chrono::milliseconds{time}}; }

/// Wraps instead of overflowing: the value comes from the wire.
std::int64_t plus(std::int64_t a, std::int64_t b) noexcept {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

// For bytes that were found valid.
template <class Value>
const std::byte* valid_long_number(const std::byte* at, Value& value) noexcept {
    using Bits = std::make_unsigned_t<Value>;
    Bits bits = 0;
    for (unsigned shift = 0;; shift += 7) {
        const auto group = static_cast<Bits>(*at++);
        bits |= (group & 0x7f) << shift;
        if (group < 0x80) break;
    }
    value = unzigzag(bits);
    return at;
}

template <class Value>
[[gnu::always_inline]] inline const std::byte* valid_number(const std::byte* at, Value& value) noexcept {
    using Bits = std::make_unsigned_t<Value>;
    const auto low = static_cast<Bits>(at[0]);
    if (low < 0x80) [[likely]] {
        value = unzigzag(low);
        return at + 1;
    }
    const auto high = static_cast<Bits>(at[1]);
    if (high < 0x80) [[likely]] {
        value = unzigzag((low & 0x7f) | (high << 7));
        return at + 2;
    }
    return valid_long_number(at, value);
}

[[gnu::always_inline]] inline const std::byte* valid_bytes(const std::byte* at, bytes_view& bytes) noexcept {
    std::int32_t length = 0;
    at = valid_number(at, length);
    if (length < 0) {
        bytes = nullptr;
        return at;
    }
    bytes = bytes_view{at, static_cast<std::size_t>(length)};
    return at + length;
}

} // namespace

record_cursor::record_cursor(const batch_view& batch, std::span<const std::byte> records,
                             const batch_origin* origin) noexcept
    : origin_{origin},
      at_{records.data()},
      end_{at_ + records.size()},
      base_offset_{batch.base_offset},
      last_offset_{batch.last_offset()},
      base_timestamp_{batch.base_timestamp},
      fixed_timestamp_{batch.max_timestamp},
      fixed_time_{batch.timestamp_type() == timestamp_type::log_append_time},
      left_{batch.record_count} {}

record_cursor::outcome record_cursor::next(record_view& record) noexcept {
    if (left_ == 0) return at_ == end_ ? outcome::end : outcome::corrupt;
    --left_;
    std::int32_t length = 0;
    const auto* at = read_number(at_, end_, length);
    if (at == nullptr || length < 1 || length > end_ - at) return outcome::corrupt;
    const auto* const end = at + length;
    ++at; // attributes
    std::int64_t time_delta = 0;
    std::int32_t offset_delta = 0;
    bytes_view key;
    bytes_view value;
    std::int32_t headers = 0;
    if ((at = read_number(at, end, time_delta)) == nullptr) return outcome::corrupt;
    if ((at = read_number(at, end, offset_delta)) == nullptr) return outcome::corrupt;
    if ((at = read_bytes(at, end, key)) == nullptr) return outcome::corrupt;
    if ((at = read_bytes(at, end, value)) == nullptr) return outcome::corrupt;
    if ((at = read_number(at, end, headers)) == nullptr) return outcome::corrupt;
    if (headers < 0 || !headers_fit(at, end, headers)) return outcome::corrupt;
    const auto offset = base_offset_ + offset_delta;
    // Offsets rise, and stay inside what the batch stands for.
    if (offset_delta < 0 || offset <= previous_ || offset > last_offset_) return outcome::corrupt;
    previous_ = offset;
    const auto time = fixed_time_ ? fixed_timestamp_ : plus(base_timestamp_, time_delta);
    record = record_view{origin_, offset, at_milliseconds(time), key, value, headers_view{text(at), headers}};
    at_ = end;
    return outcome::record;
}

const std::byte* decode_valid_record(const std::byte* at, std::int64_t base_offset,
                                     std::int64_t base_timestamp, const std::int64_t* fixed_timestamp,
                                     const batch_origin* origin, record_view& record) noexcept {
    std::int32_t length = 0;
    at = valid_number(at, length);
    const auto* const end = at + length;
    std::int64_t time_delta = 0;
    std::int32_t offset_delta = 0;
    bytes_view key;
    bytes_view value;
    std::int32_t headers = 0;
    at = valid_number(at + 1, time_delta);
    at = valid_number(at, offset_delta);
    at = valid_bytes(at, key);
    at = valid_bytes(at, value);
    at = valid_number(at, headers);
    const auto time = fixed_timestamp ? *fixed_timestamp : plus(base_timestamp, time_delta);
    record = record_view{origin, base_offset + offset_delta,     at_milliseconds(time), key,
                         value,  headers_view{text(at), headers}};
    return end;
}

KASIO_END_NAMESPACE
