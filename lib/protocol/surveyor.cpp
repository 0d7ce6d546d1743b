// SPDX-License-Identifier: BSL-1.0
#include "protocol/surveyor.hpp"

#include "base/varint.hpp"

#include <algorithm>

KASIO_BEGIN_NAMESPACE
namespace protocol {

void surveyor::add(const uuid& value) { add_place(place::kind::content, value.bytes.size()); }

void surveyor::add(const std::string& value) {
    add_length(sizeof(std::int16_t), value.size());
    add_place(place::kind::content, value.size());
}

void surveyor::add(const std::optional<std::string>& value) {
    if (value) add(*value);
    else add_null(sizeof(std::int16_t));
}

void surveyor::add(const bytes_view& value) {
    if (value.is_null()) return add_null(sizeof(std::int32_t));
    add_length(sizeof(std::int32_t), value.size());
    add_place(place::kind::content, value.size());
}

void surveyor::add_place(place::kind what, std::size_t size, bool is_varint) {
    if (size == 0) return;
    places_.push_back({what, size_, size, is_varint});
    size_ += size;
}

void surveyor::add_varint(place::kind what, std::uint64_t value) {
    add_place(what, uvarint_size(value), true);
}

void surveyor::add_length(std::size_t plain_size, std::size_t length) {
    if (flexible_) add_varint(place::kind::length, length + 1);
    else add_place(place::kind::length, plain_size);
}

void surveyor::add_null(std::size_t plain_size) {
    add_place(place::kind::length, flexible_ ? 1 : plain_size, flexible_);
}

// A tagged value's size stands before it: it is surveyed apart, and moved behind its size.
void surveyor::end_structure() {
    std::sort(tagged_.begin(), tagged_.end(),
              [](const tagged_value& a, const tagged_value& b) { return a.tag < b.tag; });
    add_varint(place::kind::tag_count, tagged_.size());
    for (const tagged_value& each : tagged_) {
        surveyor apart{version_, flexible_};
        each.add(apart, each.value);
        add_varint(place::kind::tag, static_cast<std::uint64_t>(each.tag));
        add_varint(place::kind::tag_size, apart.size_);
        for (place one : apart.places_) {
            one.at += size_;
            places_.push_back(one);
        }
        size_ += apart.size_;
    }
}

} // namespace protocol
KASIO_END_NAMESPACE
