// SPDX-License-Identifier: BSL-1.0
// The frames of zstd that are written, and those that are out there.
#include "packed.hpp"

#include <kasio/features.hpp>

#if KASIO_HAS_ZSTD

#include <zstd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <algorithm>

using namespace kasio;
using namespace kasio_test;

namespace {

constexpr std::size_t most = 1 << 22;

/// As Java writes it: in a stream whose size nobody told, cut into flushed pieces.
std::string streamed_zstd(std::string_view text, std::size_t piece) {
    auto* const context = ZSTD_createCCtx();
    std::string packed(ZSTD_compressBound(text.size()) + 1'000 + text.size() / piece * 64, '\0');
    ZSTD_outBuffer out{packed.data(), packed.size(), 0};
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
        ZSTD_inBuffer in{text.data(), std::min(piece, text.size()), 0};
        REQUIRE(ZSTD_compressStream2(context, &out, &in, ZSTD_e_flush) == 0);
    }
    ZSTD_inBuffer none{nullptr, 0, 0};
    REQUIRE(ZSTD_compressStream2(context, &out, &none, ZSTD_e_end) == 0);
    ZSTD_freeCCtx(context);
    packed.resize(out.pos);
    return packed;
}

/// The same in one piece, with a header that asks for a window of 2^27 bytes, and says the size or not.
std::string with_large_window(std::string_view text, bool with_size) {
    const auto packed = streamed_zstd(text, text.size());
    REQUIRE(packed[4] == 0); // no size, no check sum; then the window
    if (!with_size) return packed.substr(0, 4) + from_hex("00 88") + packed.substr(6);
    std::string header = packed.substr(0, 4) + from_hex("80 88");
    for (std::size_t shift = 0; shift < 32; shift += 8)
        header += static_cast<char>(text.size() >> shift & 0xff);
    return header + packed.substr(6);
}

/// What malloc has from the system for large blocks; always 0 under the address sanitizer.
std::size_t mapped_bytes() {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
    return mallinfo2().hblkhd;
#else
    return 0;
#endif
}

} // namespace

TEST_CASE("zstd: frames without their size are read, at exactly the limit too") {
    const auto sample = text_like(1'000'000) + random_bytes(100'000);
    const auto packed = streamed_zstd(sample, 16 * 1024);
    REQUIRE(ZSTD_getFrameContentSize(packed.data(), packed.size()) == ZSTD_CONTENTSIZE_UNKNOWN);
    CHECK((unpack(compression::zstd, packed, sample.size()).bytes == sample));
    const auto refused = unpack(compression::zstd, packed, sample.size() - 1);
    CHECK(refused.error == errc::batch_too_large);
    CHECK(refused.capacity <= sample.size());
}

TEST_CASE("zstd: what kasio writes tells its size, so that readers take memory once") {
    const auto sample = text_like(300'000);
    const auto packed = pack(compression::zstd, sample);
    CHECK(ZSTD_getFrameContentSize(packed.data(), packed.size()) == sample.size());
    CHECK(unpack(compression::zstd, packed, most).capacity == sample.size());
}

TEST_CASE("zstd: frames that follow each other, and frames to be skipped, are read") {
    const auto known = pack(compression::zstd, "known ");
    const auto unknown = streamed_zstd("unknown ", 3);
    const auto skipped = from_hex("502a4d18 04000000 00000000");
    CHECK(unpack(compression::zstd, known + unknown + known, most).bytes == "known unknown known ");
    CHECK(unpack(compression::zstd, skipped + unknown + skipped, most).bytes == "unknown ");
    CHECK(unpack(compression::zstd, known + unknown, 14).bytes == "known unknown ");
    CHECK(unpack(compression::zstd, known + unknown, 13).error == errc::batch_too_large);
    CHECK(unpack(compression::zstd, known + "rest", most).error == errc::corrupt_batch);
}

TEST_CASE("zstd: a wrong check sum is corrupt") {
    auto* const context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    const auto sample = text_like(5'000);
    std::string packed(ZSTD_compressBound(sample.size()), '\0');
    packed.resize(ZSTD_compress2(context, packed.data(), packed.size(), sample.data(), sample.size()));
    ZSTD_freeCCtx(context);
    CHECK((unpack(compression::zstd, packed, most).bytes == sample));
    packed.back() = static_cast<char>(packed.back() ^ 1);
    CHECK(unpack(compression::zstd, packed, most).error == errc::corrupt_batch);
}

TEST_CASE("a window that the input asks for takes no memory", "[F3]") {
    // Frames without content: window descriptor, one last raw block of no bytes. Exponents 13, 16, 17, 18 are
    // 2^23, 2^26, 2^27 and 2^28.
    decompressor with;
    const auto mapped = mapped_bytes();
    for (const char* window : {"68", "80", "88", "90"}) {
        INFO(window);
        const auto got =
            unpack(with, compression::zstd, from_hex(std::string{"28b52ffd 00"} + window + "010000"), most);
        CHECK(got.error == error_code{});
        CHECK(got.bytes.empty());
    }
    const auto kept = mapped_bytes() - mapped;
    CHECK(kept < 16 * 1024 * 1024);
}

TEST_CASE("frames of the formats before zstd 0.8 are refused, wherever they stand", "[F3]") {
    // Found by fuzzing: version 0.7, whose reader takes 84 MiB for the window that this header asks for.
    const auto old = from_hex(
        "27b52ffd0082534e00e0e01a000000e0e0e0e0e0e021e0e0e0e0e0e0e05be0018c04310200d8800a035050593d4c4c00000a"
        "c8"
        "0101000000000064");
    decompressor with;
    const auto mapped = mapped_bytes();
    for (const char* magic :
         {"22b52ffd", "23b52ffd", "24b52ffd", "25b52ffd", "26b52ffd", "27b52ffd", "1eb52ffd"}) {
        INFO(magic);
        const auto frame = from_hex(magic) + old.substr(4);
        CHECK(unpack(with, compression::zstd, frame, most).error == errc::corrupt_batch);
        const auto behind = pack(compression::zstd, "good") + frame;
        CHECK(unpack(with, compression::zstd, behind, most).error == errc::corrupt_batch);
    }
    CHECK(mapped_bytes() - mapped < 16 * 1024 * 1024);
    // Frames to be skipped are of the format.
    const auto skipped = from_hex("502a4d18 03000000 616263");
    CHECK(unpack(compression::zstd, skipped + pack(compression::zstd, "text") + skipped, most).bytes ==
          "text");
}

TEST_CASE("frames with a large window are read to their content, within the limit", "[F3]") {
    const auto plain = text_like(3'000'000);
    for (const bool with_size : {false, true}) {
        INFO(with_size);
        const auto packed = with_large_window(plain, with_size);
        decompressor with;
        const auto got = unpack(with, compression::zstd, packed, plain.size());
        CHECK(got.error == error_code{});
        CHECK((got.bytes == plain));
        CHECK(got.capacity <= plain.size() + 1);
        CHECK(unpack(with, compression::zstd, packed, plain.size() - 1).error == errc::batch_too_large);
        CHECK(unpack(with, compression::zstd, packed.substr(0, packed.size() / 2), plain.size()).error ==
              errc::corrupt_batch);
        // A small window first, so that some output is there already.
        const auto twice = streamed_zstd("before", 6) + packed;
        CHECK((unpack(with, compression::zstd, twice, 4'000'000).bytes == "before" + plain));
        CHECK(unpack(with, compression::zstd, pack(compression::zstd, "after"), most).bytes == "after");
    }
}

#endif
