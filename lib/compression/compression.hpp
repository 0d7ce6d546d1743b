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
    /// `batch_too_large` when there is more; a size that the input only claims is never allocated beyond `most`.
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

/// Decompresses batches of any codec; contexts are made when first needed and kept.
class decompressor {
public:
    error_code decompress(compression codec, std::span<const std::byte> in, byte_buffer& out, std::size_t most);

private:
    std::unique_ptr<codec_decoder> decoders_[5];
};

// Makers of each codec; null where it was not built in.
[[nodiscard]] std::unique_ptr<codec_encoder> make_gzip_encoder(std::optional<int> level);
[[nodiscard]] std::unique_ptr<codec_decoder> make_gzip_decoder();
[[nodiscard]] std::unique_ptr<codec_encoder> make_snappy_encoder();
[[nodiscard]] std::unique_ptr<codec_decoder> make_snappy_decoder();
[[nodiscard]] std::unique_ptr<codec_encoder> make_lz4_encoder(std::optional<int> level);
[[nodiscard]] std::unique_ptr<codec_decoder> make_lz4_decoder();
[[nodiscard]] std::unique_ptr<codec_encoder> make_zstd_encoder(std::optional<int> level);
[[nodiscard]] std::unique_ptr<codec_decoder> make_zstd_decoder();

KASIO_END_NAMESPACE
