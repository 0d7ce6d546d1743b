// SPDX-License-Identifier: BSL-1.0
#include "testing/stored_records.hpp"

#include "base/byte_buffer.hpp"
#include "compression/compression.hpp"
#include "record/batch_view.hpp"
#include "record/batch_writer.hpp"
#include "record/legacy_view.hpp"
#include "record/record_cursor.hpp"

#include <chrono>
#include <stdexcept>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

/// More than any batch of a test decompresses to, less than what would bring the machine down.
constexpr std::size_t max_decompressed = 256 * 1024 * 1024;

/// Walks the records of batches, whatever their codec.
class record_walker {
public:
    /// Calls `visit(view, record)` for each data record until it returns false. False: the bytes are no
    /// whole, valid batch or entry.
    template <class Visit>
    bool walk(std::span<const std::byte> batch, Visit visit) {
        batch_reader reader{batch};
        batch_view view;
        const auto outcome = reader.next(view);
        std::span<const std::byte> records;
        decompressed_.clear();
        if (outcome == batch_reader::outcome::legacy) {
            legacy_reader legacy{decompressor_};
            const auto entry = view.whole;
            if (legacy.read(entry, max_decompressed, true, decompressed_, view)) return false;
            records = view.records;
        } else {
            if (outcome != batch_reader::outcome::batch || !view.crc_fits()) return false;
            if (view.control()) return true;
            records = view.records;
            if (view.codec() != compression::none) {
                if (decompressor_.decompress(view.codec(), records, decompressed_, max_decompressed))
                    return false;
                records = decompressed_.bytes();
            }
        }
        const batch_origin origin;
        record_cursor cursor{view, records, &origin};
        record_view record;
        while (true) {
            const auto step = cursor.next(record);
            if (step == record_cursor::outcome::corrupt) return false;
            if (step == record_cursor::outcome::end || !visit(view, record)) return true;
        }
    }

private:
    decompressor decompressor_;
    byte_buffer decompressed_;
};

std::optional<std::string> copy_of(bytes_view bytes) {
    return bytes.is_null() ? std::nullopt : std::optional{bytes.to_string()};
}

std::int64_t milliseconds_of(const record_view& record) {
    return record.timestamp().time_since_epoch().count();
}

stored_record copy_of(const batch_view& batch, const record_view& record) {
    stored_record copy;
    copy.offset = record.offset();
    copy.timestamp = milliseconds_of(record);
    copy.key = copy_of(record.key());
    copy.value = copy_of(record.value());
    for (const header& each : record.headers()) copy.headers.emplace_back(each.key, copy_of(each.value));
    copy.producer_id = batch.producer_id;
    copy.producer_epoch = batch.producer_epoch;
    copy.leader_epoch = batch.leader_epoch;
    if (batch.base_sequence >= 0) {
        const std::int64_t sequence = batch.base_sequence + (record.offset() - batch.base_offset);
        copy.sequence = static_cast<std::int32_t>(sequence & 0x7fffffff);
    }
    return copy;
}

} // namespace

std::vector<std::int32_t> records_without_key(std::span<const std::byte> batch) {
    std::vector<std::int32_t> found;
    std::int32_t index = 0;
    record_walker walker;
    static_cast<void>(walker.walk(batch, [&](const batch_view&, const record_view& record) {
        if (record.key().is_null()) found.push_back(index);
        ++index;
        return true;
    }));
    return found;
}

std::vector<stored_record> stored_records(const partition_log& log) {
    std::vector<stored_record> records;
    record_walker walker;
    log.each_batch(log.start_offset(), [&](const batch_entry& entry, std::span<const std::byte> bytes) {
        const bool is_valid = walker.walk(bytes, [&](const batch_view& batch, const record_view& record) {
            if (record.offset() >= log.start_offset()) records.push_back(copy_of(batch, record));
            return true;
        });
        if (is_valid) return true;
        throw std::runtime_error{"kasio::testing::broker: the bytes at offset " +
                                 std::to_string(entry.base_offset) + " are no valid record batch"};
    });
    return records;
}

namespace {

std::string encoded(std::span<const producer_record> records, const batch_writer::finish_options& how) {
    using namespace std::chrono;
    const std::int64_t now = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
    batch_writer writer;
    std::size_t room = writer.size();
    for (const auto& record : records)
        room += batch_writer::upper_bound(record.key, record.value, record.headers);
    writer.grow_to(room);
    for (const auto& record : records) {
        const std::int64_t time = record.timestamp ? record.timestamp->time_since_epoch().count() : now;
        writer.append(time, record.key, record.value, record.headers);
    }
    const auto batch = writer.finish(how);
    return {reinterpret_cast<const char*>(batch.data()), batch.size()};
}

} // namespace

std::string encoded_batch(std::span<const producer_record> records) { return encoded(records, {}); }

std::string encoded_transactional_batch(std::span<const producer_record> records, std::int64_t producer_id) {
    batch_writer::finish_options how;
    how.producer_id = producer_id;
    how.producer_epoch = 0;
    how.transactional = true;
    return encoded(records, how);
}

std::optional<timed_offset> first_record_at(std::span<const std::byte> batch, std::int64_t time,
                                            std::int64_t from) {
    std::optional<timed_offset> found;
    record_walker walker;
    static_cast<void>(walker.walk(batch, [&](const batch_view&, const record_view& record) {
        if (record.offset() < from || milliseconds_of(record) < time) return true;
        found = timed_offset{record.offset(), milliseconds_of(record)};
        return false;
    }));
    return found;
}

} // namespace testing
KASIO_END_NAMESPACE
