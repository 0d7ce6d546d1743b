// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include <kasio/config.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

KASIO_BEGIN_NAMESPACE

// What a broker changes in a batch it takes in. `batch` is one whole, valid batch of magic 2.

/// Outside the check sum.
void set_base_offset(std::span<std::byte> batch, std::int64_t offset) noexcept;
void set_leader_epoch(std::span<std::byte> batch, std::int32_t epoch) noexcept;
/// Every record has that time from now on; the check sum is made anew.
void set_log_append_time(std::span<std::byte> batch, std::int64_t milliseconds) noexcept;
/// Writes the check sum over what stands there.
void write_crc(std::span<std::byte> batch) noexcept;

KASIO_END_NAMESPACE
