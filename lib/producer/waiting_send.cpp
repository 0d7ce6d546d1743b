// SPDX-License-Identifier: BSL-1.0
#include "producer/waiting_send.hpp"

#include <cstring>
#include <utility>

KASIO_BEGIN_NAMESPACE

waiting_send::waiting_send(const producer_record& record, std::int64_t when, time_point until)
    : time{when}, deadline{until}, topic_{record.topic}, partition_{record.partition} {
    std::size_t total = record.key.size() + record.value.size();
    for (const auto& each : record.headers) total += each.key.size() + each.value.size();
    bytes_ = std::make_unique_for_overwrite<char[]>(total);
    auto* at = bytes_.get();
    const auto copy = [&at](bytes_view from) {
        if (from.is_null()) return bytes_view{};
        std::memcpy(at, from.data(), from.size());
        const bytes_view kept{std::string_view{at, from.size()}};
        at += from.size();
        return kept;
    };
    key_ = copy(record.key);
    value_ = copy(record.value);
    headers_.reserve(record.headers.size());
    for (const auto& each : record.headers) {
        const auto name = copy(bytes_view{each.key});
        headers_.push_back({name.view(), copy(each.value)});
    }
    size_ = sizeof(*this) + topic_.size() + total + headers_.size() * sizeof(header);
}

waiting_send::~waiting_send() {
    if (held_.operation) {
        if (held_.link) held_.link->detach();
        held_.operation->type->destroy(held_.operation);
    }
}

void waiting_send::hold(const detail::send_operation_type& type, void* handler,
                        std::shared_ptr<detail::send_link> link) {
    // operator new[] aligns for every fundamental type; a stricter handler is moved up inside.
    held_.memory = std::make_unique_for_overwrite<std::byte[]>(type.size + type.align);
    void* at = held_.memory.get();
    std::size_t space = type.size + type.align;
    at = std::align(type.align, type.size, at, space);
    held_.operation = type.construct(at, handler);
    held_.operation->link = link.get();
    if (link) link->attach(held_.operation);
    held_.link = std::move(link);
}

producer_record waiting_send::record() const noexcept {
    return {.topic = topic_,
            .partition = partition_,
            .key = key_,
            .value = value_,
            .headers = headers_,
            .timestamp = timestamp{std::chrono::milliseconds{time}}};
}

waiting_send::held waiting_send::release() noexcept {
    return {std::move(held_.memory), std::exchange(held_.operation, nullptr), std::move(held_.link)};
}

KASIO_END_NAMESPACE
