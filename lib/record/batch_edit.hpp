// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/config.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

KASIO_BEGIN_NAMESPACE

// What is changed in a batch that stands already. `batch` is one whole, valid batch of magic 2.

/// What a broker sets as it takes a batch in. Outside the check sum.
void set_base_offset(std::span<std::byte> batch, std::int64_t offset) noexcept;
void set_leader_epoch(std::span<std::byte> batch, std::int32_t epoch) noexcept;
/// Every record has that time from now on; the check sum is made anew.
void set_log_append_time(std::span<std::byte> batch, std::int64_t milliseconds) noexcept;
/// Whose batch it is, and the number of its first record (KIP-98); the check sum is made anew, the records
/// stay.
void set_producer(std::span<std::byte> batch, std::int64_t id, std::int16_t epoch,
                  std::int32_t base_sequence) noexcept;
/// Writes the check sum over what stands there.
void write_crc(std::span<std::byte> batch) noexcept;

KASIO_END_NAMESPACE
