// SPDX-License-Identifier: BSL-1.0
#include "compression/compression.hpp"

#include <lz4frame.h>

#include <algorithm>
#include <new>

KASIO_BEGIN_NAMESPACE

namespace {

// What Java reads (Lz4BlockInputStream): frames of version 1 whose blocks stand alone; it writes 64 KiB blocks without
// check sums or content size.
class lz4_encoder final : public codec_encoder {
public:
    explicit lz4_encoder(std::optional<int> level) {
        preferences_.frameInfo.blockSizeID = LZ4F_max64KB;
        preferences_.frameInfo.blockMode = LZ4F_blockIndependent;
        preferences_.compressionLevel = level.value_or(0);
    }
    error_code encode(std::span<const std::byte> in, byte_buffer& out) override {
        const auto bound = LZ4F_compressFrameBound(in.size(), &preferences_);
        const auto written = LZ4F_compressFrame(out.prepare(bound), bound, in.data(), in.size(), &preferences_);
        if (LZ4F_isError(written) != 0) return errc::not_enough_memory;
        out.commit(written);
        return {};
    }

private:
    LZ4F_preferences_t preferences_ = LZ4F_INIT_PREFERENCES;
};

class lz4_decoder final : public codec_decoder {
public:
    lz4_decoder() {
        if (LZ4F_isError(LZ4F_createDecompressionContext(&context_, LZ4F_VERSION)) != 0) throw std::bad_alloc{};
    }
    lz4_decoder(const lz4_decoder&) = delete;
    lz4_decoder& operator=(const lz4_decoder&) = delete;
    ~lz4_decoder() override { LZ4F_freeDecompressionContext(context_); }

    error_code decode(std::span<const std::byte> in, byte_buffer& out, std::size_t most) override {
        constexpr std::size_t first_piece = 64 * 1024;
        LZ4F_resetDecompressionContext(context_);
        const auto start = out.size();
        std::size_t read = 0;
        for (;;) {
            const auto done = out.size() - start;
            auto room = std::min(std::max(first_piece, done), most + 1 - done);
            auto left = in.size() - read;
            auto* const to = out.prepare(room);
            const auto wants = LZ4F_decompress(context_, to, &room, in.data() + read, &left, nullptr);
            if (LZ4F_isError(wants) != 0) return errc::corrupt_batch;
            out.commit(room);
            read += left;
            if (out.size() - start > most) return errc::batch_too_large;
            if (wants == 0) return {}; // one frame; what follows it is not looked at, as in Java
            if (room == 0 && left == 0) return errc::corrupt_batch;
        }
    }

private:
    LZ4F_dctx* context_ = nullptr;
};

} // namespace

std::unique_ptr<codec_encoder> make_lz4_encoder(std::optional<int> level) { return std::make_unique<lz4_encoder>(level); }
std::unique_ptr<codec_decoder> make_lz4_decoder() { return std::make_unique<lz4_decoder>(); }

KASIO_END_NAMESPACE
