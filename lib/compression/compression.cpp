// SPDX-License-Identifier: BSL-1.0
#include "compression/compression.hpp"

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <limits>
#include <new>

KASIO_BEGIN_NAMESPACE

namespace {

std::unique_ptr<codec_encoder> encoder_for(compression codec, std::optional<int> level) {
    switch (codec) {
        case compression::gzip: return make_gzip_encoder(level);
        case compression::snappy: return make_snappy_encoder();
        case compression::lz4: return make_lz4_encoder(level);
        case compression::zstd: return make_zstd_encoder(level);
        case compression::none: break;
    }
    return nullptr;
}

std::unique_ptr<codec_decoder> decoder_for(compression codec) {
    switch (codec) {
        case compression::gzip: return make_gzip_decoder();
        case compression::snappy: return make_snappy_decoder();
        case compression::lz4: return make_lz4_decoder(true);
        case compression::zstd: return make_zstd_decoder();
        case compression::none: break;
    }
    return nullptr;
}

} // namespace

compressor::compressor(compression codec, std::optional<int> level)
    : codec_{codec}, encoder_{encoder_for(codec, level)} {
    if (!encoder_ && codec != compression::none) {
        throw boost::system::system_error{make_error_code(errc::compression_unavailable)};
    }
}

error_code compressor::compress(std::span<const std::byte> in, byte_buffer& out) {
    if (!encoder_) {
        out.append(in);
        return {};
    }
    return encoder_->encode(in, out);
}

error_code decompressor::decompress(compression codec, std::span<const std::byte> in, byte_buffer& out,
                                    std::size_t most) {
    const auto number = static_cast<std::size_t>(codec);
    if (number >= std::size(decoders_)) return errc::corrupt_batch;
    if (codec == compression::none) {
        if (in.size() > most) return errc::batch_too_large;
        out.append(in);
        return {};
    }
    if (!decoders_[number]) decoders_[number] = decoder_for(codec);
    return decompress(decoders_[number], in, out, most);
}

error_code decompressor::decompress_magic_0(compression codec, std::span<const std::byte> in,
                                            byte_buffer& out, std::size_t most) {
    if (codec != compression::lz4) return decompress(codec, in, out, most);
    if (!unchecked_lz4_) unchecked_lz4_ = make_lz4_decoder(false);
    return decompress(unchecked_lz4_, in, out, most);
}

error_code decompressor::decompress(std::unique_ptr<codec_decoder>& with, std::span<const std::byte> in,
                                    byte_buffer& out, std::size_t most) {
    if (!with) return errc::compression_unavailable;
    const auto before = out.size();
    // So that a byte more than the limit is a number still.
    constexpr auto largest = std::numeric_limits<std::size_t>::max() / 4;
    error_code error;
    try {
        error = with->decode(in, out, std::min(most, largest));
    } catch (const std::bad_alloc&) {
        error = errc::not_enough_memory;
    }
    if (error) out.shrink(before);
    return error;
}

std::size_t next_room(std::size_t in, std::size_t done, std::size_t most) noexcept {
    constexpr std::size_t least = 1024;
    const auto guess = done == 0 ? std::max(least, in * 4) : done;
    return std::min(guess, most - done + 1);
}

KASIO_END_NAMESPACE
