// SPDX-License-Identifier: BSL-1.0
#include "compression/compression.hpp"

#include "base/big_endian.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

KASIO_BEGIN_NAMESPACE

namespace {

constexpr int gzip_window = 15 + 16;        // the largest window, gzip wrapping
constexpr std::size_t smallest_member = 18; // header and trailer
constexpr std::size_t largest_ratio = 1032; // of deflate

Bytef* raw(std::byte* bytes) noexcept { return reinterpret_cast<Bytef*>(bytes); }
Bytef* raw(const std::byte* bytes) noexcept {
    return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes));
}

class gzip_encoder final : public codec_encoder {
public:
    explicit gzip_encoder(int level) {
        if (deflateInit2(&stream_, level, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK)
            throw std::bad_alloc{};
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
        auto room = std::min(claimed_size(in, most), most) + 1;
        for (;;) {
            room = std::min<std::size_t>(room, std::numeric_limits<uInt>::max());
            stream_.next_out = raw(out.prepare_exactly(room));
            stream_.avail_out = static_cast<uInt>(room);
            const auto result = inflate(&stream_, Z_NO_FLUSH);
            out.commit(room - stream_.avail_out);
            const auto done = out.size() - start;
            if (done > most) return errc::batch_too_large;
            if (result == Z_STREAM_END) {
                if (!member_follows()) return {};
                inflateReset(&stream_);
            } else if (result == Z_MEM_ERROR) {
                return errc::not_enough_memory;
            } else if (result != Z_OK || (stream_.avail_in == 0 && stream_.avail_out != 0)) {
                return errc::corrupt_batch;
            }
            room = stream_.avail_out > 0 ? stream_.avail_out : next_room(in.size(), done, most);
        }
    }

private:
    /// The size that the last member's trailer tells, so that most batches need memory once; a guess when
    /// that cannot be.
    static std::size_t claimed_size(std::span<const std::byte> in, std::size_t most) noexcept {
        if (in.size() < smallest_member) return 0;
        const auto big = load_big<std::uint32_t>(in.data() + in.size() - 4);
        const std::size_t size = byte_swapped(big);
        return size / largest_ratio <= in.size() ? size : next_room(in.size(), 0, most) - 1;
    }
    /// Java's GZIPInputStream reads members that follow each other, and overlooks whatever else follows.
    [[nodiscard]] bool member_follows() const noexcept {
        return stream_.avail_in >= smallest_member && stream_.next_in[0] == 0x1f &&
               stream_.next_in[1] == 0x8b;
    }

    z_stream stream_{};
};

} // namespace

std::unique_ptr<codec_encoder> make_gzip_encoder(std::optional<int> level) {
    return std::make_unique<gzip_encoder>(std::clamp(level.value_or(Z_DEFAULT_COMPRESSION), -1, 9));
}
std::unique_ptr<codec_decoder> make_gzip_decoder() { return std::make_unique<gzip_decoder>(); }

KASIO_END_NAMESPACE
