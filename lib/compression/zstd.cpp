// SPDX-License-Identifier: BSL-1.0
#include "compression/compression.hpp"

#include <kasio/features.hpp>

#if KASIO_HAS_ZSTD
#include <zstd.h>
#include <zstd_errors.h>
#endif

#include <algorithm>
#include <cstdint>
#include <new>

KASIO_BEGIN_NAMESPACE

#if KASIO_HAS_ZSTD

namespace {

// A stream keeps a window of the size that the input asks for: a header of some bytes would take 128 MiB. Up
// to here (the least that every reader of the format must offer) it may; frames that ask for more are read in
// one go, where the output is the window.
constexpr int largest_window = 23;
// One byte may stand for a whole block.
constexpr std::size_t largest_block = 128 * 1024;
constexpr std::size_t smallest_block = 4;

/// Are the frames all of the one format that there is since zstd 0.8, or such as are to be skipped? A library
/// may have been built to read the formats before it, none of which a Kafka client ever wrote: those readers
/// take a window of whatever size the header asks for.
bool frames_are_current(std::span<const std::byte> in) noexcept {
    while (in.size() >= sizeof(std::uint32_t)) {
        std::uint32_t magic = 0;
        for (int i = 3; i >= 0; --i) magic = magic << 8 | std::to_integer<std::uint32_t>(in[i]);
        if (magic != ZSTD_MAGICNUMBER && (magic & ZSTD_MAGIC_SKIPPABLE_MASK) != ZSTD_MAGIC_SKIPPABLE_START)
            return false;
        const auto size = ZSTD_findFrameCompressedSize(in.data(), in.size());
        if (ZSTD_isError(size) != 0) return true; // nothing is read behind it
        in = in.subspan(size);
    }
    return true;
}

error_code error_of(std::size_t code) noexcept {
    switch (ZSTD_getErrorCode(code)) {
        case ZSTD_error_memory_allocation: return errc::not_enough_memory;
        case ZSTD_error_frameParameter_windowTooLarge: return errc::batch_too_large;
        default: return errc::corrupt_batch;
    }
}

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
        if (ZSTD_isError(written) != 0) return error_of(written);
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
        if (in.empty() || !frames_are_current(in)) return errc::corrupt_batch;
        ZSTD_DCtx_reset(context_.get(), ZSTD_reset_session_only);
        const auto size = ZSTD_getFrameContentSize(in.data(), in.size());
        // Where the header is bad, reading it says how.
        const bool is_known = size != ZSTD_CONTENTSIZE_ERROR && size != ZSTD_CONTENTSIZE_UNKNOWN;
        if (is_known && size > most) return errc::batch_too_large;
        if (is_known && size / largest_block > in.size() / smallest_block) return errc::corrupt_batch;
        const auto room = is_known ? static_cast<std::size_t>(size) : 0;
        const auto start = out.size();
        const auto error = decode_by_pieces(in, out, most, room);
        if (error != errc::batch_too_large || !wants_large_window_) return error;
        out.shrink(start);
        return decode_at_once(in, out, most, room);
    }

private:
    /// Java writes frames without their size, so output may have to grow as it comes. `room`: where to start;
    /// 0 for a guess.
    error_code decode_by_pieces(std::span<const std::byte> in, byte_buffer& out, std::size_t most,
                                std::size_t room) {
        ZSTD_inBuffer from{in.data(), in.size(), 0};
        const auto start = out.size();
        wants_large_window_ = false;
        for (;;) {
            const auto done = out.size() - start;
            if (room == 0) room = next_room(in.size(), done, most);
            ZSTD_outBuffer to{out.prepare_exactly(room), room, 0};
            const auto read_before = from.pos;
            const auto wants = ZSTD_decompressStream(context_.get(), &to, &from);
            if (ZSTD_isError(wants) != 0) {
                wants_large_window_ = ZSTD_getErrorCode(wants) == ZSTD_error_frameParameter_windowTooLarge;
                return error_of(wants);
            }
            out.commit(to.pos);
            if (out.size() - start > most) return errc::batch_too_large;
            if (wants == 0 && from.pos == from.size) return {};
            if (to.pos == 0 && from.pos == read_before) return errc::corrupt_batch;
            room -= to.pos;
        }
    }

    /// From the start again with twice the room as often as it does not do: the work is at most doubled.
    error_code decode_at_once(std::span<const std::byte> in, byte_buffer& out, std::size_t most,
                              std::size_t room) {
        ZSTD_DCtx_reset(context_.get(), ZSTD_reset_session_only);
        if (room == 0) room = next_room(in.size(), 0, most);
        for (;;) {
            const auto written =
                ZSTD_decompressDCtx(context_.get(), out.prepare_exactly(room), room, in.data(), in.size());
            if (ZSTD_isError(written) == 0) {
                out.commit(written);
                return written > most ? error_code{errc::batch_too_large} : error_code{};
            }
            if (ZSTD_getErrorCode(written) != ZSTD_error_dstSize_tooSmall) return error_of(written);
            if (room > most) return errc::batch_too_large;
            room = std::min(room * 2, most + 1);
        }
    }

    std::unique_ptr<ZSTD_DCtx, free_context> context_;
    bool wants_large_window_ = false;
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
