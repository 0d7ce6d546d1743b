// SPDX-License-Identifier: BSL-1.0
#include <kasio/record.hpp>

#include "base/varint.hpp"

KASIO_BEGIN_NAMESPACE

namespace {

/// `record_cursor` has checked these bytes: the varint ends, and what it counts is there.
const std::byte* read_length(const std::byte* at, std::int32_t& length) noexcept {
    return read_varint(at, at + max_varint_size, length);
}

} // namespace

headers_view::iterator::iterator(const char* at, std::int32_t left) noexcept : at_{at}, left_{left} {
    if (left_ > 0) read();
}

headers_view::iterator& headers_view::iterator::operator++() noexcept {
    if (--left_ > 0) read();
    return *this;
}

void headers_view::iterator::read() noexcept {
    const auto* at = reinterpret_cast<const std::byte*>(at_);
    std::int32_t length = 0;
    at = read_length(at, length);
    current_.key = {reinterpret_cast<const char*>(at), static_cast<std::size_t>(length)};
    at = read_length(at + length, length);
    current_.value = length < 0 ? bytes_view{} : bytes_view{at, static_cast<std::size_t>(length)};
    at_ = reinterpret_cast<const char*>(length < 0 ? at : at + length);
}

std::optional<bytes_view> headers_view::last(std::string_view key) const noexcept {
    std::optional<bytes_view> found;
    for (const auto& each : *this) {
        if (each.key == key) found = each.value;
    }
    return found;
}

owned_record record_view::to_owned() const {
    const auto owned = [](bytes_view bytes) -> std::optional<std::string> {
        if (bytes.is_null()) return std::nullopt;
        return bytes.to_string();
    };
    owned_record copy;
    copy.topic = topic();
    copy.partition = partition();
    copy.offset = offset_;
    copy.timestamp = time_;
    copy.timestamp_type = timestamp_type();
    copy.leader_epoch = leader_epoch();
    copy.key = owned(key_);
    copy.value = owned(value_);
    copy.headers.reserve(headers_.size());
    for (const auto& each : headers_) copy.headers.emplace_back(each.key, owned(each.value));
    return copy;
}

KASIO_END_NAMESPACE
