// SPDX-License-Identifier: BSL-1.0
// pure: no Asio, no clock, no thread
#pragma once

#include "base/byte_buffer.hpp"

#include <kasio/compression.hpp>
#include <kasio/error.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

KASIO_BEGIN_NAMESPACE

/// One codec in one direction, with whatever context it keeps between calls. Not for several threads at once.
class codec_encoder {
public:
    virtual ~codec_encoder() = default;
    /// Appends the compressed form of `in` to `out`.
    virtual error_code encode(std::span<const std::byte> in, byte_buffer& out) = 0;
};
class codec_decoder {
public:
    virtual ~codec_decoder() = default;
    /// Appends what `in` holds to `out`, at most `most` bytes. `corrupt_batch` for damaged input,
    /// `batch_too_large` when there is more, at once when the input says so itself. What the input claims is
    /// believed as far as its bytes can reach, and never beyond `most`. After an error `out` may have grown.
    virtual error_code decode(std::span<const std::byte> in, byte_buffer& out, std::size_t most) = 0;
};

/// Compresses batches, one after the other, with one context.
class compressor {
public:
    /// `level`: the codec's own default when absent. Throws `boost::system::system_error`
    /// (`errc::compression_unavailable`) for a codec that was not built in.
    explicit compressor(compression codec, std::optional<int> level = {});
    [[nodiscard]] compression codec() const noexcept { return codec_; }
    error_code compress(std::span<const std::byte> in, byte_buffer& out);

private:
    compression codec_;
    std::unique_ptr<codec_encoder> encoder_;
};

/// Decompresses batches of any codec; contexts are made when first needed and kept. Not for several threads
/// at once.
class decompressor {
public:
    /// Appends what `in` holds to `out`, at most `most` bytes. After an error `out` holds what it held
    /// before. `corrupt_batch`, also for a number that is no codec; `batch_too_large`;
    /// `compression_unavailable` when the codec was not built in; `not_enough_memory`.
    error_code decompress(compression codec, std::span<const std::byte> in, byte_buffer& out,
                          std::size_t most);
    /// The same for the value of a message of magic 0: the check byte in the header of its lz4 frames is
    /// wrong, since clients of that time computed it over the wrong bytes (KIP-57), and not looked at.
    error_code decompress_magic_0(compression codec, std::span<const std::byte> in, byte_buffer& out,
                                  std::size_t most);

private:
    error_code decompress(std::unique_ptr<codec_decoder>& with, std::span<const std::byte> in,
                          byte_buffer& out, std::size_t most);

    std::unique_ptr<codec_decoder> decoders_[5];
    std::unique_ptr<codec_decoder> unchecked_lz4_;
};

/// Room for the next piece of output whose size nobody knows: a guess from the size of the input, then as
/// much as there is already. One byte beyond the limit tells output that just fits from output that does not.
[[nodiscard]] std::size_t next_room(std::size_t in, std::size_t done, std::size_t most) noexcept;

// Makers of each codec; null where it was not built in.
[[nodiscard]] std::unique_ptr<codec_encoder> make_gzip_encoder(std::optional<int> level);
[[nodiscard]] std::unique_ptr<codec_decoder> make_gzip_decoder();
[[nodiscard]] std::unique_ptr<codec_encoder> make_snappy_encoder();
[[nodiscard]] std::unique_ptr<codec_decoder> make_snappy_decoder();
[[nodiscard]] std::unique_ptr<codec_encoder> make_lz4_encoder(std::optional<int> level);
[[nodiscard]] std::unique_ptr<codec_decoder> make_lz4_decoder(bool checks_header);
[[nodiscard]] std::unique_ptr<codec_encoder> make_zstd_encoder(std::optional<int> level);
[[nodiscard]] std::unique_ptr<codec_decoder> make_zstd_decoder();

KASIO_END_NAMESPACE
