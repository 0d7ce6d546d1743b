// SPDX-License-Identifier: BSL-1.0
#include "compression/compression.hpp"

#include "base/big_endian.hpp"

#include <kasio/features.hpp>

#if KASIO_HAS_SNAPPY
#include <snappy.h>
#endif

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

KASIO_BEGIN_NAMESPACE

#if KASIO_HAS_SNAPPY

namespace {

// The framing of snappy-java (xerial): a magic, two versions, then blocks of compressed bytes, each with its
// length.
constexpr std::array<unsigned char, 8> magic{0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0};
constexpr std::size_t frame_header = 16;
constexpr std::size_t block_size = 32 * 1024;

const char* text(const std::byte* bytes) noexcept { return reinterpret_cast<const char*>(bytes); }

bool starts_frame(std::span<const std::byte> in) noexcept {
    return in.size() >= frame_header && std::memcmp(in.data(), magic.data(), magic.size()) == 0;
}

class snappy_encoder final : public codec_encoder {
public:
    error_code encode(std::span<const std::byte> in, byte_buffer& out) override {
        auto* to = out.prepare(frame_header);
        std::memcpy(to, magic.data(), magic.size());
        store_big<std::int32_t>(to + 8, 1);
        store_big<std::int32_t>(to + 12, 1);
        out.commit(frame_header);
        while (!in.empty()) {
            const auto piece = in.first(std::min(in.size(), block_size));
            in = in.subspan(piece.size());
            to = out.prepare(4 + ::snappy::MaxCompressedLength(piece.size()));
            std::size_t written = 0;
            ::snappy::RawCompress(text(piece.data()), piece.size(), reinterpret_cast<char*>(to + 4),
                                  &written);
            store_big<std::int32_t>(to, static_cast<std::int32_t>(written));
            out.commit(4 + written);
        }
        return {};
    }
};

class snappy_decoder final : public codec_decoder {
public:
    error_code decode(std::span<const std::byte> in, byte_buffer& out, std::size_t most) override {
        std::size_t size = 0;
        if (!starts_frame(in)) { // other clients write one bare block
            if (const auto error = measure(in, most, size)) return error;
            (void)out.prepare_exactly(size);
            return unpack(in, out);
        }
        // Every block tells its size: all are measured before memory is taken.
        std::span<const std::byte> block;
        auto what = step::end;
        for (auto left = in; (what = next(left, block)) == step::block;) {
            if (const auto error = measure(block, most, size)) return error;
        }
        if (what == step::corrupt) return errc::corrupt_batch;
        (void)out.prepare_exactly(size);
        while (next(in, block) == step::block) {
            if (const auto error = unpack(block, out)) return error;
        }
        return {};
    }

private:
    enum class step : std::uint8_t { block, end, corrupt };

    /// Takes the next block off the front.
    static step next(std::span<const std::byte>& in, std::span<const std::byte>& block) noexcept {
        while (starts_frame(in))
            in = in.subspan(frame_header); // also in mid-stream, where streams were joined
        if (in.empty()) return step::end;
        if (in.size() < 4) return step::corrupt;
        const auto length = load_big<std::int32_t>(in.data());
        in = in.subspan(4);
        if (length < 0 || static_cast<std::size_t>(length) > in.size()) return step::corrupt;
        block = in.first(static_cast<std::size_t>(length));
        in = in.subspan(block.size());
        return step::block;
    }
    /// Adds what the block holds to `total`.
    static error_code measure(std::span<const std::byte> block, std::size_t most, std::size_t& total) {
        std::size_t size = 0;
        if (!::snappy::GetUncompressedLength(text(block.data()), block.size(), &size))
            return errc::corrupt_batch;
        if (size > most - total) return errc::batch_too_large;
        // A claim is only believed as far as the format can reach: a copy of 64 bytes takes two bytes at
        // least.
        if (size / 64 > block.size()) return errc::corrupt_batch;
        total += size;
        return {};
    }
    /// A block that was measured.
    static error_code unpack(std::span<const std::byte> block, byte_buffer& out) {
        std::size_t size = 0;
        (void)::snappy::GetUncompressedLength(text(block.data()), block.size(), &size);
        auto* const to = reinterpret_cast<char*>(out.prepare_exactly(size));
        if (!::snappy::RawUncompress(text(block.data()), block.size(), to)) return errc::corrupt_batch;
        out.commit(size);
        return {};
    }
};

} // namespace

std::unique_ptr<codec_encoder> make_snappy_encoder() { return std::make_unique<snappy_encoder>(); }
std::unique_ptr<codec_decoder> make_snappy_decoder() { return std::make_unique<snappy_decoder>(); }

#else

std::unique_ptr<codec_encoder> make_snappy_encoder() { return nullptr; }
std::unique_ptr<codec_decoder> make_snappy_decoder() { return nullptr; }

#endif

KASIO_END_NAMESPACE
