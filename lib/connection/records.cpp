// SPDX-License-Identifier: BSL-1.0
// Record batches of the short calls, both ways.
#include <kasio/calls/records.hpp>

#include "compression/compression.hpp"
#include "record/batch_view.hpp"
#include "record/batch_writer.hpp"
#include "record/record_cursor.hpp"

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <limits>

KASIO_BEGIN_NAMESPACE
namespace calls {

namespace {

/// Of one batch, decompressed: what a broker accepts at most by default is a hundredth of it.
constexpr std::size_t largest_batch = 128 * 1024 * 1024;
constexpr std::size_t longest_message = std::numeric_limits<std::int32_t>::max();

[[noreturn]] void refuse(error_code error, const char* what) {
    throw boost::system::system_error{error, what};
}

std::int64_t milliseconds_of(const producer_record& record) {
    const auto now =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    return record.timestamp.value_or(now).time_since_epoch().count();
}

std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

error_code unpack(decompressor& codecs, const batch_view& batch, byte_buffer& space,
                  std::span<const std::byte>& out) {
    if (!batch.crc_fits()) return errc::corrupt_batch;
    out = batch.records;
    if (batch.codec() == compression::none) return {};
    space.clear();
    if (const auto error = codecs.decompress(batch.codec(), batch.records, space, largest_batch))
        return error;
    out = space.bytes();
    return {};
}

} // namespace

std::string encode_batch(std::span<const producer_record> records, const produce_settings& settings) {
    if (records.empty()) refuse(errc::invalid_argument, "encode_batch: no records");
    std::size_t bound = batch_header_size;
    for (const auto& each : records) bound += batch_writer::upper_bound(each.key, each.value, each.headers);
    if (bound > longest_message) refuse(errc::record_too_large, "encode_batch: above 2 GiB");
    batch_writer writer;
    writer.grow_to(bound);
    for (const auto& each : records) writer.append(milliseconds_of(each), each.key, each.value, each.headers);
    batch_writer::finish_options how;
    how.producer_id = settings.producer_id;
    how.producer_epoch = settings.producer_epoch;
    how.base_sequence = settings.sequence;
    how.transactional = settings.transactional_id.has_value();
    if (settings.compression == compression::none) return text_of(writer.finish(how));
    compressor codec{settings.compression};
    byte_buffer packed;
    if (const auto error = writer.finish_compressed(codec, packed, how)) refuse(error, "encode_batch");
    return text_of(packed.bytes());
}

protocol::fetch_request fetch_request_for(std::span<const fetch_position> from,
                                          const fetch_settings& settings) {
    protocol::fetch_request request;
    request.max_wait_ms = static_cast<std::int32_t>(settings.wait.count());
    request.min_bytes = settings.min_bytes;
    request.max_bytes = settings.max_bytes;
    request.isolation_level = settings.read_committed ? 1 : 0;
    for (const auto& each : from) {
        const auto named = [&each](const auto& topic) { return topic.topic == each.topic; };
        auto place = std::find_if(request.topics.begin(), request.topics.end(), named);
        if (place == request.topics.end()) {
            place = request.topics.emplace(request.topics.end());
            place->topic = each.topic;
        }
        auto& partition = place->partitions.emplace_back();
        partition.partition = each.partition;
        partition.fetch_offset = each.offset;
        partition.partition_max_bytes = settings.max_partition_bytes;
    }
    return request;
}

read_outcome read_records(std::string topic, std::int32_t partition, std::int64_t offset,
                          bytes_view batches) {
    read_outcome outcome;
    outcome.next_offset = offset;
    batch_origin origin;
    origin.topic = topic;
    origin.partition = partition;
    decompressor codecs;
    byte_buffer space;
    batch_reader reader{batches.bytes()};
    batch_view batch;
    while (true) {
        const auto next = reader.next(batch);
        if (next != batch_reader::outcome::batch) {
            if (next == batch_reader::outcome::legacy) outcome.error = errc::unsupported_version;
            else if (next == batch_reader::outcome::corrupt) outcome.error = errc::corrupt_batch;
            return outcome;
        }
        std::span<const std::byte> records;
        if ((outcome.error = unpack(codecs, batch, space, records))) return outcome;
        origin.leader_epoch = batch.leader_epoch;
        origin.timestamp_type = batch.timestamp_type();
        record_cursor cursor{batch, records, &origin};
        record_view record;
        auto step = batch.control() ? record_cursor::outcome::end : cursor.next(record);
        for (; step == record_cursor::outcome::record; step = cursor.next(record)) {
            if (record.offset() >= offset) outcome.records.push_back(record.to_owned());
        }
        if (step == record_cursor::outcome::corrupt) {
            outcome.error = errc::corrupt_batch;
            return outcome;
        }
        outcome.next_offset = std::max(outcome.next_offset, batch.next_offset());
    }
}

} // namespace calls
KASIO_END_NAMESPACE
