// SPDX-License-Identifier: BSL-1.0
#include "protocol/decoder.hpp"

#include "base/utf8.hpp"

#include <bit>
#include <cassert>
#include <cstring>
#include <limits>
#include <utility>

KASIO_BEGIN_NAMESPACE
namespace protocol {

namespace {

// Kafka's own readers refuse longer strings, in flexible versions too.
constexpr std::int64_t max_string_size = std::numeric_limits<std::int16_t>::max();

} // namespace

void decoder::get(bool& value, field) noexcept { value = in_.read<std::int8_t>() != 0; }
void decoder::get(std::int8_t& value, field) noexcept { value = in_.read<std::int8_t>(); }
void decoder::get(std::int16_t& value, field) noexcept { value = in_.read<std::int16_t>(); }
void decoder::get(std::uint16_t& value, field) noexcept { value = in_.read<std::uint16_t>(); }
void decoder::get(std::int32_t& value, field) noexcept { value = in_.read<std::int32_t>(); }
void decoder::get(std::int64_t& value, field) noexcept { value = in_.read<std::int64_t>(); }
void decoder::get(double& value, field) noexcept { value = std::bit_cast<double>(in_.read<std::int64_t>()); }

void decoder::get(uuid& value, field) noexcept {
    const auto bytes = in_.take(value.bytes.size());
    if (in_.ok()) std::memcpy(value.bytes.data(), bytes.data(), bytes.size());
}

void decoder::get(std::string& value, field f) {
    if (const auto text = get_text(f)) value = *text;
}

void decoder::get(std::optional<std::string>& value, field f) {
    if (const auto text = get_text(f)) value.emplace(*text);
    else value.reset();
}

void decoder::get(bytes_view& value, field f) noexcept {
    const std::int64_t size = get_length(sizeof(std::int32_t), f);
    value = size < 0 ? bytes_view{} : bytes_view{in_.take(static_cast<std::size_t>(size))};
}

std::optional<std::string_view> decoder::get_text(field f) noexcept {
    const std::int64_t size = get_length(sizeof(std::int16_t), f);
    if (size > max_string_size) in_.fail();
    if (size < 0 || !in_.ok()) return std::nullopt;
    const std::string_view text = bytes_view{in_.take(static_cast<std::size_t>(size))}.view();
    if (!is_utf8(text)) {
        in_.fail();
        return std::nullopt;
    }
    return text;
}

std::int64_t decoder::get_length(std::size_t plain_size, field f) noexcept {
    std::int64_t size = 0;
    if (flexible_) size = std::int64_t{in_.read_uvarint()} - 1;
    else if (plain_size == sizeof(std::int16_t)) size = in_.read<std::int16_t>();
    else size = in_.read<std::int32_t>();
    const bool legal =
        size == -1 ? f.may_be_null_in(version_) : size >= 0 && std::cmp_less_equal(size, in_.remaining());
    if (!legal) in_.fail();
    return in_.ok() ? size : -1;
}

std::int64_t decoder::get_count(field f) noexcept {
    const std::int64_t count = flexible_ ? std::int64_t{in_.read_uvarint()} - 1 : in_.read<std::int32_t>();
    if (count < -1 || (count == -1 && !f.may_be_null_in(version_))) in_.fail();
    return in_.ok() ? count : -1;
}

bool decoder::get_presence(field f) noexcept {
    const auto mark = in_.read<std::int8_t>();
    if (mark < 0 && !f.may_be_null_in(version_)) in_.fail();
    return in_.ok() && mark >= 0;
}

bool decoder::fits(std::int64_t count, std::size_t size) noexcept {
    if (std::cmp_greater(count, in_.remaining() / size)) in_.fail();
    return in_.ok();
}

void decoder::get_short_string(std::optional<std::string>& text) {
    const auto size = in_.read<std::int16_t>();
    text.reset();
    if (size < -1) in_.fail();
    if (size < 0) return;
    const bytes_view bytes{in_.take(static_cast<std::size_t>(size))};
    if (in_.ok()) text.emplace(bytes.view());
}

void decoder::skip_tag_section() {
    const tag_section none;
    end_structure(none);
}

void decoder::note(field f, void* value, get_function get) noexcept {
    assert(tags_->count < max_tagged_fields);
    tags_->fields[tags_->count++] = {f, value, get};
}

void decoder::end_structure(const tag_section& tags) {
    std::uint32_t left = in_.read_uvarint();
    std::int64_t last = -1;
    for (; left > 0 && in_.ok(); --left) {
        const std::uint32_t tag = in_.read_uvarint();
        const std::uint32_t size = in_.read_uvarint();
        if (std::int64_t{tag} <= last || size > in_.remaining()) return in_.fail();
        last = tag;
        get_tagged(tags, tag, size);
    }
}

// A known tag must use up exactly its size; an unknown one was added by a newer broker and is passed over.
void decoder::get_tagged(const tag_section& tags, std::uint32_t tag, std::size_t size) {
    for (std::size_t i = 0; i < tags.count; ++i) {
        const noted_field& noted = tags.fields[i];
        if (static_cast<std::uint32_t>(noted.f.tag) != tag) continue;
        const cursor whole = in_;
        cursor after = in_;
        after.skip(size);
        in_ = cursor{{whole.position(), size}};
        noted.get(*this, noted.value, noted.f);
        const bool used_up = in_.ok() && in_.remaining() == 0;
        in_ = after;
        if (!used_up) in_.fail();
        return;
    }
    in_.skip(size);
}

} // namespace protocol
KASIO_END_NAMESPACE
