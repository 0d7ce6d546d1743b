// SPDX-License-Identifier: BSL-1.0
#include "producer/batch_parts.hpp"

#include "producer/send_link.hpp"
#include "record/record_cursor.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

KASIO_BEGIN_NAMESPACE

namespace {

/// Calls `visit(index, record)` for each record of a batch that is not finished.
template <class Visit>
void for_each_record(const batch_writer& batch, Visit visit) {
    batch_view view;
    view.base_timestamp = batch.first_timestamp();
    view.max_timestamp = batch.max_timestamp();
    view.record_count = batch.count();
    view.last_offset_delta = batch.count() - 1;
    const batch_origin origin;
    record_cursor cursor{view, batch.bytes().subspan(batch_header_size), &origin};
    record_view record;
    for (std::int32_t index = 0; cursor.next(record) == record_cursor::outcome::record; ++index)
        visit(index, record);
}

void copy_records(const batch_writer& from, batch_writer& to, const std::vector<std::int32_t>& which) {
    auto wanted = which.begin();
    std::vector<header> headers;
    to.grow_to(from.size());
    for_each_record(from, [&](std::int32_t index, const record_view& record) {
        if (wanted == which.end() || *wanted != index) return;
        ++wanted;
        headers.assign(record.headers().begin(), record.headers().end());
        const auto size = to.size() + batch_writer::upper_bound(record.key(), record.value(), headers);
        if (size > to.capacity()) to.grow_to(std::max(size, to.capacity() + to.capacity() / 8));
        to.append(record.timestamp().time_since_epoch().count(), record.key(), record.value(), headers);
    });
}

/// Where `index` stands among `which`; -1: it does not.
std::int32_t place_among(const std::vector<std::int32_t>& which, std::int32_t index) {
    const auto at = std::lower_bound(which.begin(), which.end(), index);
    return at != which.end() && *at == index ? static_cast<std::int32_t>(at - which.begin()) : -1;
}

detail::send_operation* detach_all(send_batch& batch) noexcept {
    batch.last = nullptr;
    batch.operations = 0;
    return std::exchange(batch.first, nullptr);
}

} // namespace

std::vector<std::int32_t> indices(std::int32_t first, std::int32_t end) {
    std::vector<std::int32_t> all(static_cast<std::size_t>(end - first));
    std::iota(all.begin(), all.end(), first);
    return all;
}

std::vector<std::int32_t> all_but(std::int32_t count, const std::vector<std::int32_t>& these) {
    const auto all = indices(0, count);
    std::vector<std::int32_t> rest;
    std::set_difference(all.begin(), all.end(), these.begin(), these.end(), std::back_inserter(rest));
    return rest;
}

std::int32_t middle_of(const send_batch& batch) {
    const auto half = (batch.writer.size() - batch_header_size) / 2;
    std::size_t bytes = 0;
    std::int32_t middle = 0;
    for_each_record(batch.writer, [&](std::int32_t index, const record_view& record) {
        if (bytes < half) middle = index + 1;
        bytes += record.key().size() + record.value().size() + 8; // about; headers are seldom large
    });
    return std::clamp(middle, 1, batch.writer.count() - 1);
}

void take_part(const std::shared_ptr<send_batch>& whole, const std::shared_ptr<send_batch>& part,
               const std::vector<std::int32_t>& which) {
    copy_records(whole->writer, part->writer, which);
    part->home = whole->home;
    part->number = whole->number;
    part->created = whole->created;
    part->attempts = whole->attempts;
    part->last_error = whole->last_error;
    part->whole = whole;
    part->place_in_whole = whole->place_in_whole + which.front();
    part->registered = true;
    for (auto* operation = detach_all(*whole); operation != nullptr;) {
        auto* const next = std::exchange(operation->next, nullptr);
        const auto place = place_among(which, operation->index);
        const auto& home = place < 0 ? whole : part;
        if (place >= 0 && operation->link != nullptr && !operation->claimed) operation->link->into(part);
        home->link(operation, place < 0 ? operation->index : place, operation->time);
        operation = next;
    }
}

void leave_out_withdrawn(send_batch& batch) {
    if (batch.withdrawn.empty()) return;
    std::sort(batch.withdrawn.begin(), batch.withdrawn.end());
    const auto kept = all_but(batch.writer.count(), batch.withdrawn);
    batch.withdrawn.clear();
    batch_writer writer;
    copy_records(batch.writer, writer, kept);
    batch.writer = std::move(writer);
    for (auto* operation = detach_all(batch); operation != nullptr;) {
        auto* const next = std::exchange(operation->next, nullptr);
        // Those that are left out have ended, by their cancellation.
        if (const auto place = place_among(kept, operation->index); place >= 0)
            batch.link(operation, place, operation->time);
        operation = next;
    }
}

KASIO_END_NAMESPACE
