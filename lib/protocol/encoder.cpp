// SPDX-License-Identifier: BSL-1.0
#include "protocol/encoder.hpp"

#include "base/big_endian.hpp"
#include "base/varint.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <limits>

KASIO_BEGIN_NAMESPACE
namespace protocol {

namespace {

// Also in flexible versions: Kafka's own readers refuse longer strings there too.
constexpr std::size_t max_string_size = std::numeric_limits<std::int16_t>::max();
constexpr std::size_t max_length = std::numeric_limits<std::int32_t>::max();

template <class Integer>
void append(outgoing_frame& out, Integer value) {
    store_big(out.extend(sizeof value), value);
}

void append_uvarint(outgoing_frame& out, std::uint64_t value) {
    write_uvarint(out.extend(uvarint_size(value)), value);
}

} // namespace

void encoder::fail(errc cause) noexcept {
    if (!failed()) error_ = cause;
}

bool encoder::admit(field f, bool initial) noexcept {
    if (stands(f)) return true;
    if (!f.is_ignorable && !initial) fail(errc::unsupported_version);
    return false;
}

void encoder::put(bool value, field f) {
    if (admit(f, value == (f.initial != 0))) append(out_, static_cast<std::int8_t>(value));
}

void encoder::put(std::int8_t value, field f) {
    if (admit(f, value == f.initial)) append(out_, value);
}

void encoder::put(std::int16_t value, field f) {
    if (admit(f, value == f.initial)) append(out_, value);
}

void encoder::put(std::uint16_t value, field f) {
    if (admit(f, value == f.initial)) append(out_, value);
}

void encoder::put(std::int32_t value, field f) {
    if (admit(f, value == f.initial)) append(out_, value);
}

void encoder::put(std::int64_t value, field f) {
    if (admit(f, value == f.initial)) append(out_, value);
}

void encoder::put(double value, field f) {
    if (admit(f, value == static_cast<double>(f.initial))) append(out_, std::bit_cast<std::int64_t>(value));
}

void encoder::put(const uuid& value, field f) {
    if (admit(f, value.is_zero()))
        std::memcpy(out_.extend(value.bytes.size()), value.bytes.data(), value.bytes.size());
}

void encoder::put(const std::string& value, field f) {
    if (admit(f, value.empty())) put_text(value);
}

void encoder::put(const std::optional<std::string>& value, field f) {
    if (!admit(f, is_initial(value, f))) return;
    if (value) put_text(*value);
    else put_null(sizeof(std::int16_t), f);
}

void encoder::put(const bytes_view& value, field f) {
    if (!admit(f, is_initial(value, f))) return;
    if (value.is_null()) return put_null(sizeof(std::int32_t), f);
    if (value.size() >= max_length) return fail(errc::invalid_argument);
    if (flexible_) append_uvarint(out_, value.size() + 1);
    else append(out_, static_cast<std::int32_t>(value.size()));
    // The payload of a tag may yet be moved, so nothing inside it is borrowed.
    if (value.size() >= outgoing_frame::borrow_threshold && !in_tag_section_) out_.borrow(value.bytes());
    else out_.copy(value.bytes());
}

void encoder::put_text(bytes_view text) {
    if (text.size() > max_string_size) return fail(errc::invalid_argument);
    if (flexible_) append_uvarint(out_, text.size() + 1);
    else append(out_, static_cast<std::int16_t>(text.size()));
    out_.copy(text.bytes());
}

void encoder::put_short_string(bytes_view text) {
    if (text.size() > max_string_size) return fail(errc::invalid_argument);
    append(out_, text.is_null() ? std::int16_t{-1} : static_cast<std::int16_t>(text.size()));
    out_.copy(text.bytes());
}

void encoder::put_count(std::size_t count) {
    if (count >= max_length) return fail(errc::invalid_argument);
    if (flexible_) append_uvarint(out_, count + 1);
    else append(out_, static_cast<std::int32_t>(count));
}

void encoder::put_null(std::size_t plain_size, field f) {
    if (!f.may_be_null_in(version_)) return fail(errc::unsupported_version);
    if (flexible_) append(out_, std::int8_t{0});
    else if (plain_size == sizeof(std::int16_t)) append(out_, std::int16_t{-1});
    else append(out_, std::int32_t{-1});
}

void encoder::put_null_array(field f) { put_null(sizeof(std::int32_t), f); }

void encoder::put_presence(bool present, field f) {
    if (!present && !f.may_be_null_in(version_)) return fail(errc::unsupported_version);
    append(out_, static_cast<std::int8_t>(present ? 1 : -1));
}

void encoder::put_empty_tag_section() { append(out_, std::int8_t{0}); }

void encoder::note(field f, const void* value, put_function put) noexcept {
    assert(tags_->count < max_tagged_fields);
    tags_->fields[tags_->count++] = {f, value, put};
}

void encoder::end_structure(tag_section& tags) {
    std::sort(tags.fields, tags.fields + tags.count,
              [](const noted_field& a, const noted_field& b) { return a.f.tag < b.f.tag; });
    append_uvarint(out_, tags.count);
    for (std::size_t i = 0; i < tags.count; ++i) put_tagged(tags.fields[i]);
}

// The length stands before the payload and takes one to five bytes: write the payload first, then make way
// for it.
void encoder::put_tagged(const noted_field& noted) {
    const bool outer = in_tag_section_;
    in_tag_section_ = true;
    append_uvarint(out_, static_cast<std::uint64_t>(noted.f.tag));
    const std::size_t start = out_.own_size();
    noted.put(*this, noted.value, noted.f);
    const std::size_t size = out_.own_size() - start;
    const std::size_t length_size = uvarint_size(size);
    static_cast<void>(out_.extend(length_size));
    std::byte* const payload = out_.own() + start;
    std::memmove(payload + length_size, payload, size);
    write_uvarint(payload, size);
    in_tag_section_ = outer;
}

} // namespace protocol
KASIO_END_NAMESPACE
