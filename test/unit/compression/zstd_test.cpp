// SPDX-License-Identifier: BSL-1.0
// The frames of zstd that are written, and those that are out there.
#include "packed.hpp"

#include <kasio/features.hpp>

#if KASIO_HAS_ZSTD

#include <zstd.h>

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

TEST_CASE("a window beyond 2^27 is refused", "[F3]") {
    // A frame without content: window descriptor, one last raw block of no bytes. Exponent 17 is 2^27, 18 is
    // 2^28.
    CHECK(unpack(compression::zstd, from_hex("28b52ffd 00 88 010000"), most).error == error_code{});
    CHECK(unpack(compression::zstd, from_hex("28b52ffd 00 90 010000"), most).error == errc::batch_too_large);
}

#endif
