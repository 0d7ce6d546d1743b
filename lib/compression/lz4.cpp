// SPDX-License-Identifier: BSL-1.0
#include "compression/compression.hpp"

#include <lz4frame.h>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>

KASIO_BEGIN_NAMESPACE

namespace {

// What Java reads (Lz4BlockInputStream): frames of version 1 whose blocks stand alone; it writes 64 KiB
// blocks without check sums or content size.
class lz4_encoder final : public codec_encoder {
public:
    explicit lz4_encoder(std::optional<int> level) {
        preferences_.frameInfo.blockSizeID = LZ4F_max64KB;
        preferences_.frameInfo.blockMode = LZ4F_blockIndependent;
        preferences_.compressionLevel = level.value_or(0);
    }
    error_code encode(std::span<const std::byte> in, byte_buffer& out) override {
        const auto bound = LZ4F_compressFrameBound(in.size(), &preferences_);
        const auto written =
            LZ4F_compressFrame(out.prepare(bound), bound, in.data(), in.size(), &preferences_);
        if (LZ4F_isError(written) != 0) return errc::not_enough_memory;
        out.commit(written);
        return {};
    }

private:
    LZ4F_preferences_t preferences_ = LZ4F_INIT_PREFERENCES;
};

constexpr std::size_t largest_header = 19;
constexpr std::size_t largest_ratio = 255; // of lz4

std::uint32_t little(const std::byte* at) noexcept {
    std::uint32_t value = 0;
    for (int i = 3; i >= 0; --i) value = value << 8 | std::to_integer<std::uint32_t>(at[i]);
    return value;
}

/// xxHash with 32 bits and seed 0, of less than 16 bytes.
std::uint32_t short_xxh32(std::span<const std::byte> bytes) noexcept {
    auto hash = 374761393U + static_cast<std::uint32_t>(bytes.size());
    for (; bytes.size() >= 4; bytes = bytes.subspan(4)) {
        hash = std::rotl(hash + little(bytes.data()) * 3266489917U, 17) * 668265263U;
    }
    for (const auto each : bytes) {
        hash = std::rotl(hash + std::to_integer<std::uint32_t>(each) * 374761393U, 11) * 2654435761U;
    }
    hash = (hash ^ hash >> 15) * 2246822519U;
    hash = (hash ^ hash >> 13) * 3266489917U;
    return hash ^ hash >> 16;
}

/// A frame's header with the right check byte.
struct mended_header {
    std::array<std::byte, largest_header> bytes;
    std::size_t size = 0; // 0: there is none

    explicit mended_header(std::span<const std::byte> in) noexcept {
        if (in.size() < 7) return;
        const auto flags = std::to_integer<unsigned>(in[4]);
        const auto end = 6U + (flags & 0x08U) + ((flags & 0x01U) != 0 ? 4U : 0U); // content size, dictionary
        if (in.size() <= end) return;
        std::memcpy(bytes.data(), in.data(), end);
        bytes[end] = static_cast<std::byte>(short_xxh32({bytes.data() + 4, end - 4}) >> 8 & 0xff);
        size = end + 1;
    }
};

error_code error_of(std::size_t code) noexcept {
    const std::string_view name = LZ4F_getErrorName(code);
    return name == "ERROR_allocation_failed" ? errc::not_enough_memory : errc::corrupt_batch;
}

class lz4_decoder final : public codec_decoder {
public:
    explicit lz4_decoder(bool checks_header) : checks_header_{checks_header} {}
    lz4_decoder(const lz4_decoder&) = delete;
    lz4_decoder& operator=(const lz4_decoder&) = delete;
    ~lz4_decoder() override { LZ4F_freeDecompressionContext(context_); }

    error_code decode(std::span<const std::byte> in, byte_buffer& out, std::size_t most) override {
        start_anew();
        LZ4F_frameInfo_t info{};
        auto read = in.size();
        if (const auto error = read_header(in, info, read)) return error;
        if (info.contentSize > most) return errc::batch_too_large;
        if (info.contentSize / largest_ratio > in.size()) return errc::corrupt_batch;
        const auto start = out.size();
        auto room = static_cast<std::size_t>(info.contentSize); // 0: not told
        for (;;) {
            const auto done = out.size() - start;
            if (room == 0) room = next_room(in.size(), done, most);
            auto written = room;
            auto taken = in.size() - read;
            auto* const to = out.prepare_exactly(room);
            const auto wants = LZ4F_decompress(context_, to, &written, in.data() + read, &taken, nullptr);
            if (LZ4F_isError(wants) != 0) return error_of(wants);
            out.commit(written);
            read += taken;
            if (out.size() - start > most) return errc::batch_too_large;
            if (wants == 0) { // one frame; what follows it is not looked at, as in Java
                is_clean_ = true;
                return {};
            }
            if (written == 0 && taken == 0) return errc::corrupt_batch;
            room -= written;
        }
    }

private:
    /// A frame that is left before its end leaves behind how much of it was to come, which lz4 does not reset
    /// (seen in 1.9.4): from then on every frame that does not tell its size would be taken for damaged.
    void start_anew() {
        if (is_clean_) {
            LZ4F_resetDecompressionContext(context_);
        } else {
            LZ4F_freeDecompressionContext(context_);
            context_ = nullptr;
            if (LZ4F_isError(LZ4F_createDecompressionContext(&context_, LZ4F_VERSION)) != 0)
                throw std::bad_alloc{};
        }
        is_clean_ = false;
    }

    /// `read`: bytes of the input on the way in, of the header on the way out.
    error_code read_header(std::span<const std::byte> in, LZ4F_frameInfo_t& info,
                           std::size_t& read) const noexcept {
        std::size_t result = 0;
        if (checks_header_) {
            result = LZ4F_getFrameInfo(context_, &info, in.data(), &read);
        } else {
            const mended_header header{in};
            read = header.size;
            result = LZ4F_getFrameInfo(context_, &info, header.bytes.data(), &read);
        }
        if (LZ4F_isError(result) != 0) return error_of(result);
        return info.frameType == LZ4F_frame ? error_code{} : errc::corrupt_batch;
    }

    LZ4F_dctx* context_ = nullptr;
    bool checks_header_;
    /// The last frame was read to its end.
    bool is_clean_ = false;
};

} // namespace

std::unique_ptr<codec_encoder> make_lz4_encoder(std::optional<int> level) {
    return std::make_unique<lz4_encoder>(level);
}
std::unique_ptr<codec_decoder> make_lz4_decoder(bool checks_header) {
    return std::make_unique<lz4_decoder>(checks_header);
}

KASIO_END_NAMESPACE
