// SPDX-License-Identifier: BSL-1.0
#include "compression/compression.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

KASIO_BEGIN_NAMESPACE

namespace {

constexpr int gzip_window = 15 + 16; // the largest window, gzip wrapping
constexpr std::size_t first_piece = 16 * 1024;

Bytef* raw(std::byte* bytes) noexcept { return reinterpret_cast<Bytef*>(bytes); }
Bytef* raw(const std::byte* bytes) noexcept { return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes)); }

class gzip_encoder final : public codec_encoder {
public:
    explicit gzip_encoder(int level) {
        if (deflateInit2(&stream_, level, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc{};
    }
    gzip_encoder(const gzip_encoder&) = delete;
    gzip_encoder& operator=(const gzip_encoder&) = delete;
    ~gzip_encoder() override { deflateEnd(&stream_); }

    error_code encode(std::span<const std::byte> in, byte_buffer& out) override {
        if (in.size() > std::numeric_limits<uInt>::max() / 2) return errc::batch_too_large;
        deflateReset(&stream_);
        const auto bound = deflateBound(&stream_, static_cast<uLong>(in.size()));
        stream_.next_in = raw(in.data());
        stream_.avail_in = static_cast<uInt>(in.size());
        stream_.next_out = raw(out.prepare(bound));
        stream_.avail_out = static_cast<uInt>(bound);
        if (deflate(&stream_, Z_FINISH) != Z_STREAM_END) return errc::corrupt_batch;
        out.commit(bound - stream_.avail_out);
        return {};
    }

private:
    z_stream stream_{};
};

class gzip_decoder final : public codec_decoder {
public:
    gzip_decoder() {
        if (inflateInit2(&stream_, gzip_window) != Z_OK) throw std::bad_alloc{};
    }
    gzip_decoder(const gzip_decoder&) = delete;
    gzip_decoder& operator=(const gzip_decoder&) = delete;
    ~gzip_decoder() override { inflateEnd(&stream_); }

    error_code decode(std::span<const std::byte> in, byte_buffer& out, std::size_t most) override {
        if (in.size() > std::numeric_limits<uInt>::max()) return errc::batch_too_large;
        inflateReset(&stream_);
        stream_.next_in = raw(in.data());
        stream_.avail_in = static_cast<uInt>(in.size());
        const auto start = out.size();
        for (;;) {
            const auto done = out.size() - start;
            // One byte beyond the limit tells a batch that just fits from one that does not.
            const auto room = std::min(std::max(first_piece, done), most + 1 - done);
            stream_.next_out = raw(out.prepare(room));
            stream_.avail_out = static_cast<uInt>(room);
            const auto result = inflate(&stream_, Z_NO_FLUSH);
            out.commit(room - stream_.avail_out);
            if (out.size() - start > most) return errc::batch_too_large;
            if (result == Z_STREAM_END) {
                if (stream_.avail_in == 0) return {};
                inflateReset(&stream_); // Java reads members that follow each other
            } else if (result == Z_MEM_ERROR) {
                return errc::not_enough_memory;
            } else if (result != Z_OK || (stream_.avail_in == 0 && stream_.avail_out != 0)) {
                return errc::corrupt_batch;
            }
        }
    }

private:
    z_stream stream_{};
};

} // namespace

std::unique_ptr<codec_encoder> make_gzip_encoder(std::optional<int> level) {
    return std::make_unique<gzip_encoder>(std::clamp(level.value_or(Z_DEFAULT_COMPRESSION), -1, 9));
}
std::unique_ptr<codec_decoder> make_gzip_decoder() { return std::make_unique<gzip_decoder>(); }

KASIO_END_NAMESPACE
