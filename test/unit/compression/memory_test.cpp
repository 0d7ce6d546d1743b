// SPDX-License-Identifier: BSL-1.0
// How much memory output takes, and what is left after an error.
#include "packed.hpp"

#include <limits>

using namespace kasio;
using namespace kasio_test;

namespace {

constexpr std::size_t megabyte = 1 << 20;

} // namespace

TEST_CASE("no limit at all is a limit too") {
    constexpr auto largest = std::numeric_limits<std::size_t>::max();
    for (const auto codec : available_codecs()) {
        if (codec == compression::none) continue;
        CAPTURE(codec);
        CHECK(unpack(codec, pack(codec, "text"), largest).bytes == "text");
    }
    CHECK(unpack(compression::none, "text", largest).bytes == "text");
}

TEST_CASE("memory for the output is about what the output takes") {
    // What a consumer holds of a small batch is counted by this.
    const auto sample = text_like(2'000);
    const auto large = text_like(1 << 20);
    for (const auto codec : available_codecs()) {
        if (codec == compression::none) continue;
        CAPTURE(codec);
        CHECK(unpack(codec, pack(codec, sample), 1 << 20).capacity <= 2 * sample.size());
        CHECK(unpack(codec, pack(codec, large), 1 << 21).capacity <= 2 * large.size());
        CHECK(unpack(codec, pack(codec, large), large.size()).capacity <= large.size() + 1);
    }
}

TEST_CASE("output that tells its size is refused before memory is taken", "[F3]") {
    const std::string zeros(megabyte, '\0');
    for (const auto codec : {compression::snappy, compression::zstd}) { // what we write of these tells it
        if (!is_available(codec)) continue;
        CAPTURE(codec);
        const auto got = unpack(codec, pack(codec, zeros), megabyte - 1);
        CHECK(got.error == errc::batch_too_large);
        CHECK(got.capacity == 0);
    }
}

TEST_CASE("a size beyond what the bytes can hold is not believed", "[F3]") {
    constexpr std::size_t most = 1 << 30;
    const auto refused = [](compression codec, const std::string& in) {
        CAPTURE(codec);
        const auto got = unpack(codec, in, most);
        CHECK(got.error == errc::corrupt_batch);
        CHECK(got.capacity <= 64 * 1024);
    };
    // gzip: the trailer's last four bytes.
    auto gzip = pack(compression::gzip, "text");
    gzip.replace(gzip.size() - 4, 4, from_hex("ffffff3f"));
    refused(compression::gzip, gzip);
    // lz4: content size in the header, whose check byte is right.
    refused(compression::lz4, from_hex("04224d18 68 40 ffffff3f00000000 e5 00000000"));
    if (is_available(compression::snappy)) {
        refused(compression::snappy, from_hex("ffffffff03 0c74657874"));
        refused(compression::snappy,
                from_hex("82534e4150505900 00000001 00000001 0000000a ffffffff03 0c74657874"));
    }
    // zstd: a single segment of 2^30 - 1 bytes.
    if (is_available(compression::zstd)) refused(compression::zstd, from_hex("28b52ffd a0 ffffff3f 01 0000"));
}

TEST_CASE("compressed bytes within compressed bytes are bytes", "[F3]") {
    const std::string zeros(16 * megabyte, '\0');
    for (const auto codec : available_codecs()) {
        if (codec == compression::none) continue;
        CAPTURE(codec);
        const auto inner = pack(codec, zeros);
        const auto got = unpack(codec, pack(codec, inner), inner.size());
        CHECK(got.error == error_code{});
        CHECK((got.bytes == inner));
    }
}

TEST_CASE("frames that follow each other are bounded together", "[F3]") {
    const std::string zeros(megabyte, '\0');
    for (const auto codec : available_codecs()) {
        if (codec == compression::none) continue;
        CAPTURE(codec);
        const auto one = pack(codec, zeros);
        std::string many;
        for (int i = 0; i < 100; ++i) many += one;
        const auto got = unpack(codec, many, 10 * megabyte);
        if (codec == compression::lz4) { // as Java: one frame only
            CHECK((got.bytes == zeros));
        } else {
            CHECK(got.error == errc::batch_too_large);
            CHECK(got.capacity <= 10 * megabyte + 1);
        }
    }
}
