// SPDX-License-Identifier: BSL-1.0
#include "testing/legacy_records.hpp"

#include "base/big_endian.hpp"
#include "base/byte_buffer.hpp"
#include "compression/compression.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

KASIO_BEGIN_NAMESPACE
namespace testing {

namespace {

/// CRC-32 as gzip's, bit by bit: few bytes, and not the code that reads them.
std::uint32_t checksum(std::string_view bytes) {
    std::uint32_t crc = ~0U;
    for (const char byte : bytes) {
        crc ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0U);
    }
    return ~crc;
}

template <class Number>
void put(std::string& to, Number value) {
    char bytes[sizeof value];
    store_big(bytes, value);
    to.append(bytes, sizeof bytes);
}

void put_nullable(std::string& to, bytes_view bytes) {
    if (bytes.is_null()) return put(to, std::int32_t{-1});
    put(to, static_cast<std::int32_t>(bytes.size()));
    to += bytes.view();
}

struct entry_parts {
    std::int64_t offset = 0;
    std::int64_t time = -1;
    bytes_view key;
    bytes_view value;
    compression codec = compression::none;
    bool log_append_time = false;
};

std::string entry(int magic, const entry_parts& parts) {
    std::string body;
    put(body, static_cast<std::int8_t>(magic));
    constexpr int log_append_time = 0x08;
    put(body, static_cast<std::int8_t>(static_cast<int>(parts.codec) |
                                       (parts.log_append_time ? log_append_time : 0)));
    if (magic == 1) put(body, parts.time);
    put_nullable(body, parts.key);
    put_nullable(body, parts.value);
    std::string whole;
    put(whole, parts.offset);
    put(whole, static_cast<std::int32_t>(body.size() + sizeof(std::uint32_t)));
    put(whole, checksum(body));
    return whole + body;
}

std::int64_t time_of(const producer_record& record) {
    using namespace std::chrono;
    if (record.timestamp) return record.timestamp->time_since_epoch().count();
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string compressed(const std::string& entries, compression codec) {
    compressor with{codec};
    byte_buffer out;
    const bytes_view in{entries};
    if (const auto error = with.compress(in.bytes(), out))
        throw std::invalid_argument{"kasio::testing::broker: " + error.message()};
    const auto bytes = out.bytes();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void check(const legacy_format& format) {
    if (format.magic != 0 && format.magic != 1)
        throw std::invalid_argument{"kasio::testing::broker: the old formats have magic 0 and 1"};
    if (format.magic == 0 && format.log_append_time)
        throw std::invalid_argument{"kasio::testing::broker: magic 0 has no times"};
    if (format.codec == compression::zstd || (format.codec == compression::lz4 && format.magic == 0))
        throw std::invalid_argument{"kasio::testing::broker: no such codec in that format"};
}

} // namespace

std::vector<legacy_piece> legacy_records(std::span<const producer_record> records, std::int64_t base_offset,
                                         const legacy_format& format) {
    check(format);
    const bool wraps = format.codec != compression::none;
    std::vector<legacy_piece> pieces;
    std::string inner;
    std::int64_t latest = -1;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const std::int64_t offset = base_offset + static_cast<std::int64_t>(i);
        const std::int64_t time = time_of(records[i]);
        latest = std::max(latest, time);
        // Within a wrapper of magic 1 offsets count from 0 (KIP-31).
        const bool relative = wraps && format.magic == 1;
        const std::int64_t stored = relative ? static_cast<std::int64_t>(i) : offset;
        auto bytes = entry(format.magic, {stored, time, records[i].key, records[i].value, compression::none,
                                          format.log_append_time && !wraps});
        if (wraps) inner += bytes;
        else pieces.push_back({std::move(bytes), offset, offset});
    }
    if (!wraps || records.empty()) return pieces;
    // The wrapper carries the offset of its last record.
    const std::int64_t last = base_offset + static_cast<std::int64_t>(records.size()) - 1;
    const std::string value = compressed(inner, format.codec);
    pieces.push_back({entry(format.magic, {last, latest, {}, value, format.codec, format.log_append_time}),
                      base_offset, last});
    return pieces;
}

} // namespace testing
KASIO_END_NAMESPACE
