// SPDX-License-Identifier: BSL-1.0
#include "record/batch_writer.hpp"

#include "base/big_endian.hpp"
#include "record/batch_edit.hpp"

#include <algorithm>
#include <cstring>

KASIO_BEGIN_NAMESPACE

void batch_writer::move_to(memory_block larger) noexcept {
    // The header is written at the end.
    if (count_ > 0)
        std::memcpy(larger.data() + batch_header_size, memory_.data() + batch_header_size,
                    size_ - batch_header_size);
    memory_ = std::move(larger);
}

void batch_writer::append(std::int64_t timestamp_ms, bytes_view key, bytes_view value,
                          std::span<const header> headers) noexcept {
    if (count_ == 0) first_timestamp_ = max_timestamp_ = timestamp_ms;
    max_timestamp_ = std::max(max_timestamp_, timestamp_ms);
    const auto delta = static_cast<std::int64_t>(static_cast<std::uint64_t>(timestamp_ms) -
                                                 static_cast<std::uint64_t>(first_timestamp_));
    const auto* const to = write_record(memory_.data() + size_, delta, count_, key, value, headers);
    size_ = static_cast<std::size_t>(to - memory_.data());
    ++count_;
}

void batch_writer::write_header(std::byte* to, std::size_t whole, std::int16_t codec,
                                const finish_options& options) const noexcept {
    using namespace batch_layout;
    auto bits = codec;
    if (options.transactional) bits |= batch_attributes::transactional;
    if (options.control) bits |= batch_attributes::control;
    store_big<std::int64_t>(to + base_offset, 0);
    store_big<std::int32_t>(to + length, static_cast<std::int32_t>(whole - length_end));
    store_big<std::int32_t>(to + leader_epoch, -1);
    to[magic] = std::byte{2};
    store_big<std::int16_t>(to + attributes, bits);
    store_big<std::int32_t>(to + last_offset_delta, count_ - 1);
    store_big<std::int64_t>(to + base_timestamp, first_timestamp_);
    store_big<std::int64_t>(to + batch_layout::max_timestamp, max_timestamp_);
    store_big<std::int64_t>(to + producer_id, options.producer_id);
    store_big<std::int16_t>(to + producer_epoch, options.producer_epoch);
    store_big<std::int32_t>(to + base_sequence, options.base_sequence);
    store_big<std::int32_t>(to + record_count, count_);
    write_crc({to, whole});
}

std::span<const std::byte> batch_writer::finish(const finish_options& options) noexcept {
    write_header(memory_.data(), size_, 0, options);
    return bytes();
}

error_code batch_writer::finish_compressed(compressor& with, byte_buffer& out,
                                           const finish_options& options) const {
    if (const auto error = compress(with, out)) return error;
    finish_compressed(with.codec(), out, options);
    return {};
}

error_code batch_writer::compress(compressor& with, byte_buffer& out) const {
    out.clear();
    (void)out.prepare(batch_header_size);
    out.commit(batch_header_size);
    return with.compress(bytes().subspan(batch_header_size), out);
}

void batch_writer::finish_compressed(compression codec, byte_buffer& out,
                                     const finish_options& options) const noexcept {
    write_header(out.data(), out.size(), static_cast<std::int16_t>(codec), options);
}

void batch_writer::reset() noexcept {
    size_ = batch_header_size;
    count_ = 0;
    first_timestamp_ = max_timestamp_ = 0;
}

KASIO_END_NAMESPACE
