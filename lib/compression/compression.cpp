// SPDX-License-Identifier: BSL-1.0
#include "compression/compression.hpp"

#include <boost/system/system_error.hpp>

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
    case compression::lz4: return make_lz4_decoder();
    case compression::zstd: return make_zstd_decoder();
    case compression::none: break;
    }
    return nullptr;
}

} // namespace

compressor::compressor(compression codec, std::optional<int> level) : codec_{codec}, encoder_{encoder_for(codec, level)} {
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
    try {
        auto& decoder = decoders_[number];
        if (!decoder) decoder = decoder_for(codec);
        if (!decoder) return errc::compression_unavailable;
        return decoder->decode(in, out, most);
    } catch (const std::bad_alloc&) {
        return errc::not_enough_memory;
    }
}

KASIO_END_NAMESPACE
