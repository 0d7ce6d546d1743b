// SPDX-License-Identifier: BSL-1.0
// Few bytes that become many, and sizes that are only claimed.
#include "packed.hpp"

#include <algorithm>

using namespace kasio;
using namespace kasio_test;

namespace {

constexpr std::size_t bomb_size = 64 << 20;
constexpr std::size_t most = 100'000;

} // namespace

TEST_CASE("a bomb is stopped at the bound, and takes no more memory than that", "[F3]") {
    const std::string plain(bomb_size, '\0');
    for (const auto codec : available_codecs()) {
        if (codec == compression::none) continue;
        CAPTURE(codec);
        const auto packed = pack(codec, plain);
        CHECK(packed.size() < bomb_size / 10);
        const auto got = unpack(codec, packed, most);
        CHECK(got.error == errc::batch_too_large);
        CHECK(got.capacity <= most + 1);
        CHECK(unpack(codec, packed, 0).error == errc::batch_too_large);
    }
    CHECK(unpack(compression::none, std::string(most + 1, 'x'), most).error == errc::batch_too_large);
}

TEST_CASE("members of gzip and frames of zstd cannot get round the bound together", "[F3]") {
    const std::string plain(most / 2, '\0');
    for (const auto codec : {compression::gzip, compression::zstd}) {
        if (!is_available(codec)) continue;
        CAPTURE(codec);
        const auto one = pack(codec, plain);
        CHECK(unpack(codec, one + one, most).error == error_code{});
        CHECK(unpack(codec, one + one + one, most).error == errc::batch_too_large);
    }
}

TEST_CASE("no output at all is never waited for", "[F3]") {
    // Members and frames that hold nothing: as many as one likes end, and give nothing.
    for (const auto codec : {compression::gzip, compression::zstd}) {
        if (!is_available(codec)) continue;
        CAPTURE(codec);
        const auto empty = pack(codec, "");
        std::string many;
        for (int i = 0; i < 10'000; ++i) many += empty;
        const auto got = unpack(codec, many, most);
        CHECK(got.error == error_code{});
        CHECK(got.bytes.empty());
    }
}

TEST_CASE("a claimed content size is refused where it is beyond the bound, and nothing is allocated",
          "[F3]") {
    // lz4 frame: version 1, blocks alone, content size of 2^40; then the end mark. One of the check sums is
    // right.
    int too_large = 0;
    for (int sum = 0; sum < 256; ++sum) {
        const auto frame =
            from_hex("04224d18 68 40 0000000000010000") + static_cast<char>(sum) + from_hex("00000000");
        const auto got = unpack(compression::lz4, frame, most);
        CHECK((got.error == errc::corrupt_batch || got.error == errc::batch_too_large));
        too_large += got.error == errc::batch_too_large ? 1 : 0;
        CHECK(got.capacity == 0);
    }
    CHECK(too_large == 1);
    if (!is_available(compression::zstd)) return;
    // zstd frame: content size of 2^40 in eight bytes, a window of its own; one raw block of a byte.
    const auto frame = from_hex("28b52ffd c0 48 0000000000010000 090000 78");
    const auto got = unpack(compression::zstd, frame, most);
    CHECK(got.error == errc::batch_too_large);
    CHECK(got.capacity == 0);
    // A window of 2^41 bytes.
    CHECK(unpack(compression::zstd, from_hex("28b52ffd 00 f8 090000 78"), most).error ==
          errc::batch_too_large);
}
