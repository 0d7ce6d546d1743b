// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "base/byte_buffer.hpp"
#include "compression/compression.hpp"
#include "record/batch_view.hpp"

#include <kasio/error.hpp>
#include <kasio/record.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

KASIO_BEGIN_NAMESPACE

/// An entry of magic 0 or 1 (Kafka's LegacyRecord): one record, or a wrapper whose value is a compressed run
/// of entries. Owns nothing.
struct legacy_entry {
    std::int64_t offset = 0;
    std::int8_t magic = 0;
    std::int8_t attributes = 0;
    /// -1 in magic 0, which has none.
    std::int64_t time = -1;
    bytes_view key;
    bytes_view value;
    std::span<const std::byte> whole;

    [[nodiscard]] compression codec() const noexcept {
        return static_cast<compression>(attributes & batch_attributes::codec_mask);
    }
    [[nodiscard]] bool log_append_time() const noexcept {
        return magic == 1 && (attributes & batch_attributes::log_append_time) != 0;
    }
    /// Compares the check sum (CRC-32 as in gzip) with the bytes.
    [[nodiscard]] bool crc_fits() const noexcept;
};

/// Reads the one entry that `bytes` start with, lengths checked; `whole` says where it ends. False when there
/// is no whole, possible one.
[[nodiscard]] bool read_legacy_entry(std::span<const std::byte> bytes, legacy_entry& entry) noexcept;

/// Turns entries of magic 0 and 1 into batches of magic 2, so that nobody else has to know of them. Brokers
/// keep what was written before Kafka 0.11, or with an old `log.message.format.version`, as it is.
class legacy_reader {
public:
    explicit legacy_reader(decompressor& codecs) noexcept : codecs_{codecs} {}

    /// `entry`: what `batch_reader` calls `legacy`. `batch` becomes what a batch of magic 2 with the same
    /// records would be, uncompressed and without producer, its records in `out`, whose content they replace;
    /// its `whole` is the entry. `most`: how many bytes the entry may decompress to.
    ///
    /// `corrupt_batch`; `batch_too_large`; `compression_unavailable`; `not_enough_memory`.
    error_code read(std::span<const std::byte> entry, std::size_t most, bool check_crcs, byte_buffer& out,
                    batch_view& batch);

private:
    error_code unwrap(const legacy_entry& wrapper, std::size_t most, std::span<const std::byte>& inner);

    decompressor& codecs_;
    byte_buffer unpacked_;
};

KASIO_END_NAMESPACE
