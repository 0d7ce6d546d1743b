// SPDX-License-Identifier: BSL-1.0
#include "compression/compression.hpp"

#include "base/big_endian.hpp"

#include <kasio/features.hpp>

#if KASIO_HAS_SNAPPY
#include <snappy.h>
#endif

#include <algorithm>
#include <array>
#include <cstring>

KASIO_BEGIN_NAMESPACE

#if KASIO_HAS_SNAPPY

namespace {

// The framing of snappy-java (xerial): a magic, two versions, then blocks of compressed bytes, each with its length.
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
            ::snappy::RawCompress(text(piece.data()), piece.size(), reinterpret_cast<char*>(to + 4), &written);
            store_big<std::int32_t>(to, static_cast<std::int32_t>(written));
            out.commit(4 + written);
        }
        return {};
    }
};

class snappy_decoder final : public codec_decoder {
public:
    error_code decode(std::span<const std::byte> in, byte_buffer& out, std::size_t most) override {
        const auto start = out.size();
        if (!starts_frame(in)) return block(in, out, most); // other clients write one bare block
        while (!in.empty()) {
            if (starts_frame(in)) { // also in mid-stream, where streams were joined
                in = in.subspan(frame_header);
                continue;
            }
            if (in.size() < 4) return errc::corrupt_batch;
            const auto length = load_big<std::int32_t>(in.data());
            in = in.subspan(4);
            if (length < 0 || static_cast<std::size_t>(length) > in.size()) return errc::corrupt_batch;
            const auto left = most - (out.size() - start);
            if (const auto error = block(in.first(static_cast<std::size_t>(length)), out, left)) return error;
            in = in.subspan(static_cast<std::size_t>(length));
        }
        return {};
    }

private:
    static error_code block(std::span<const std::byte> in, byte_buffer& out, std::size_t most) {
        std::size_t size = 0;
        if (!::snappy::GetUncompressedLength(text(in.data()), in.size(), &size)) return errc::corrupt_batch;
        if (size > most) return errc::batch_too_large;
        // A claim is only believed as far as the format can reach: a copy of 64 bytes takes two bytes at least.
        if (size / 64 > in.size()) return errc::corrupt_batch;
        auto* const to = out.prepare(size);
        if (!::snappy::RawUncompress(text(in.data()), in.size(), reinterpret_cast<char*>(to))) return errc::corrupt_batch;
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
