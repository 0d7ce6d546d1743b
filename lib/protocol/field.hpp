// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <kasio/api_info.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

KASIO_BEGIN_NAMESPACE
namespace protocol {

/// Everything about a field but its name and type: in which versions it stands, where it may be null, and
/// what becomes of a value that a version has no place for. Sixteen bytes, so that it travels in two
/// registers.
struct field {
    static constexpr std::int8_t last_version = 127;

    std::int8_t first = 0;
    std::int8_t last = last_version;
    std::int8_t null_first = last_version;
    std::int8_t null_last = 0;
    std::int8_t tag = -1;
    /// A value that the version lacks is dropped; without it, only the initial value may be.
    bool is_ignorable = false;
    bool starts_null = false;
    bool is_secret = false;
    /// Of numbers and booleans.
    std::int64_t initial = 0;

    [[nodiscard]] constexpr bool stands_in(std::int16_t version) const noexcept {
        return first <= version && version <= last;
    }
    [[nodiscard]] constexpr bool may_be_null_in(std::int16_t version) const noexcept {
        return null_first <= version && version <= null_last;
    }
};

/// A field that a codec meets at its place.
struct plain_field : field {};
/// A field that a codec meets in the tag section at the end of its struct.
struct tagged_field : field {};

/// How descriptions write fields down: `since(3).nullable(7).ignorable()`.
template <class Field>
struct field_words : Field {
    [[nodiscard]] constexpr field_words since(std::int8_t version) const noexcept {
        field_words copy = *this;
        copy.first = version;
        return copy;
    }
    [[nodiscard]] constexpr field_words until(std::int8_t version) const noexcept {
        field_words copy = *this;
        copy.last = version;
        return copy;
    }
    /// Null is legal in these versions.
    [[nodiscard]] constexpr field_words nullable(std::int8_t from = 0,
                                                 std::int8_t to = field::last_version) const noexcept {
        field_words copy = *this;
        copy.null_first = from;
        copy.null_last = to;
        return copy;
    }
    [[nodiscard]] constexpr field_words ignorable() const noexcept {
        field_words copy = *this;
        copy.is_ignorable = true;
        return copy;
    }
    /// The value of the member initialiser, where it is neither zero nor empty and the field may be left out.
    [[nodiscard]] constexpr field_words initially(std::int64_t value) const noexcept {
        field_words copy = *this;
        copy.initial = value;
        return copy;
    }
    [[nodiscard]] constexpr field_words initially(std::nullptr_t) const noexcept {
        field_words copy = *this;
        copy.starts_null = true;
        return copy;
    }
    /// The printer masks it.
    [[nodiscard]] constexpr field_words secret() const noexcept {
        field_words copy = *this;
        copy.is_secret = true;
        return copy;
    }
};

/// In every version.
inline constexpr field_words<plain_field> always{};
[[nodiscard]] constexpr field_words<plain_field> since(std::int8_t version) noexcept {
    return always.since(version);
}
[[nodiscard]] constexpr field_words<plain_field> until(std::int8_t version) noexcept {
    return always.until(version);
}
[[nodiscard]] constexpr field_words<plain_field> between(std::int8_t first, std::int8_t last) noexcept {
    return always.since(first).until(last);
}
/// In the tag section, when it differs from its initial value.
[[nodiscard]] constexpr field_words<tagged_field> tagged(std::int8_t tag) noexcept {
    field_words<tagged_field> words{};
    words.tag = tag;
    return words;
}

/// What a description gets from a codec: codecs that only read messages see them const.
template <class Message, class Codec>
using field_of = std::conditional_t<Codec::changes_messages, Message, const Message>;

/// No struct of Kafka's has more tagged fields than this; the tests count them.
inline constexpr std::size_t max_tagged_fields = 8;

} // namespace protocol
KASIO_END_NAMESPACE
