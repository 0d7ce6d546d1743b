// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/config.hpp>

#include <cstddef>
#include <cstdint>

KASIO_BEGIN_NAMESPACE

/// Where the fields of a record batch of magic 2 stand (Kafka's DefaultRecordBatch). The check sum covers all
/// from the attributes on; base offset and leader epoch are outside, so that a broker may rewrite them.
namespace batch_layout {
inline constexpr std::size_t base_offset = 0;
inline constexpr std::size_t length = 8; // of all that follows this field
inline constexpr std::size_t leader_epoch = 12;
inline constexpr std::size_t magic = 16;
inline constexpr std::size_t crc = 17;
inline constexpr std::size_t attributes = 21;
inline constexpr std::size_t last_offset_delta = 23;
inline constexpr std::size_t base_timestamp = 27;
inline constexpr std::size_t max_timestamp = 35;
inline constexpr std::size_t producer_id = 43;
inline constexpr std::size_t producer_epoch = 51;
inline constexpr std::size_t base_sequence = 53;
inline constexpr std::size_t record_count = 57;
inline constexpr std::size_t records = 61;
/// Bytes up to and including the length field.
inline constexpr std::size_t length_end = 12;
} // namespace batch_layout

inline constexpr std::size_t batch_header_size = batch_layout::records;

/// Bits of the attributes.
namespace batch_attributes {
inline constexpr std::int16_t codec_mask = 0x07;
inline constexpr std::int16_t log_append_time = 0x08;
inline constexpr std::int16_t transactional = 0x10;
inline constexpr std::int16_t control = 0x20;
inline constexpr std::int16_t delete_horizon = 0x40;
} // namespace batch_attributes

KASIO_END_NAMESPACE
