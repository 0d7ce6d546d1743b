// SPDX-License-Identifier: BSL-1.0
#include "compression/compression.hpp"

#include <kasio/features.hpp>

#if KASIO_HAS_ZSTD
#include <zstd.h>
#endif

#include <algorithm>
#include <new>

KASIO_BEGIN_NAMESPACE

#if KASIO_HAS_ZSTD

namespace {

constexpr int largest_window = 27; // what zstd itself accepts by default

struct free_context {
    void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
    void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
};

class zstd_encoder final : public codec_encoder {
public:
    explicit zstd_encoder(int level) : context_{ZSTD_createCCtx()} {
        if (!context_) throw std::bad_alloc{};
        ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level);
    }
    error_code encode(std::span<const std::byte> in, byte_buffer& out) override {
        const auto bound = ZSTD_compressBound(in.size());
        const auto written = ZSTD_compress2(context_.get(), out.prepare(bound), bound, in.data(), in.size());
        if (ZSTD_isError(written) != 0) return errc::not_enough_memory;
        out.commit(written);
        return {};
    }

private:
    std::unique_ptr<ZSTD_CCtx, free_context> context_;
};

class zstd_decoder final : public codec_decoder {
public:
    zstd_decoder() : context_{ZSTD_createDCtx()} {
        if (!context_) throw std::bad_alloc{};
        ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, largest_window);
    }
    error_code decode(std::span<const std::byte> in, byte_buffer& out, std::size_t most) override {
        // Java writes frames without their content size, so output grows as it comes.
        constexpr std::size_t first_piece = 64 * 1024;
        ZSTD_DCtx_reset(context_.get(), ZSTD_reset_session_only);
        ZSTD_inBuffer from{in.data(), in.size(), 0};
        const auto start = out.size();
        for (;;) {
            const auto done = out.size() - start;
            const auto room = std::min(std::max(first_piece, done), most + 1 - done);
            ZSTD_outBuffer to{out.prepare(room), room, 0};
            const auto read_before = from.pos;
            const auto wants = ZSTD_decompressStream(context_.get(), &to, &from);
            if (ZSTD_isError(wants) != 0) return errc::corrupt_batch;
            out.commit(to.pos);
            if (out.size() - start > most) return errc::batch_too_large;
            if (wants == 0 && from.pos == from.size) return {};
            if (to.pos == 0 && from.pos == read_before) return errc::corrupt_batch;
        }
    }

private:
    std::unique_ptr<ZSTD_DCtx, free_context> context_;
};

} // namespace

std::unique_ptr<codec_encoder> make_zstd_encoder(std::optional<int> level) {
    return std::make_unique<zstd_encoder>(level.value_or(ZSTD_CLEVEL_DEFAULT));
}
std::unique_ptr<codec_decoder> make_zstd_decoder() { return std::make_unique<zstd_decoder>(); }

#else

std::unique_ptr<codec_encoder> make_zstd_encoder(std::optional<int>) { return nullptr; }
std::unique_ptr<codec_decoder> make_zstd_decoder() { return nullptr; }

#endif

KASIO_END_NAMESPACE
