// SPDX-License-Identifier: BSL-1.0
#include "record/batch_edit.hpp"

#include "base/big_endian.hpp"
#include "base/crc32c.hpp"
#include "record/batch_layout.hpp"

KASIO_BEGIN_NAMESPACE

void set_base_offset(std::span<std::byte> batch, std::int64_t offset) noexcept {
    store_big(batch.data() + batch_layout::base_offset, offset);
}

void set_leader_epoch(std::span<std::byte> batch, std::int32_t epoch) noexcept {
    store_big(batch.data() + batch_layout::leader_epoch, epoch);
}

void set_log_append_time(std::span<std::byte> batch, std::int64_t milliseconds) noexcept {
    auto* const at = batch.data() + batch_layout::attributes;
    store_big(at, static_cast<std::int16_t>(load_big<std::int16_t>(at) | batch_attributes::log_append_time));
    store_big(batch.data() + batch_layout::max_timestamp, milliseconds);
    write_crc(batch);
}

void set_producer(std::span<std::byte> batch, std::int64_t id, std::int16_t epoch,
                  std::int32_t base_sequence) noexcept {
    store_big(batch.data() + batch_layout::producer_id, id);
    store_big(batch.data() + batch_layout::producer_epoch, epoch);
    store_big(batch.data() + batch_layout::base_sequence, base_sequence);
    write_crc(batch);
}

void write_crc(std::span<std::byte> batch) noexcept {
    store_big(batch.data() + batch_layout::crc, crc32c(batch.subspan(batch_layout::attributes)));
}

KASIO_END_NAMESPACE
