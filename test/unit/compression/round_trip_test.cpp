// SPDX-License-Identifier: BSL-1.0
#include "packed.hpp"

#include <algorithm>

using namespace kasio;
using namespace kasio_test;

namespace {

constexpr std::size_t mebibyte = 1 << 20;

std::vector<std::string> samples() {
    std::string repetitive;
    while (repetitive.size() < mebibyte) repetitive += "the same again; ";
    return {"",
            "x",
            std::string(1000, 'k'),
            repetitive,
            random_bytes(mebibyte),
            random_bytes(32 * 1024),
            random_bytes(32 * 1024 + 1)};
}

} // namespace

TEST_CASE("every codec gives back what went in, up to exactly the bound") {
    for (const auto codec : available_codecs()) {
        for (const auto& plain : samples()) {
            CAPTURE(codec, plain.size());
            const auto packed = pack(codec, plain);
            const auto got = unpack(codec, packed, plain.size());
            CHECK(got.error == error_code{});
            CHECK(got.bytes == plain);
            if (plain.empty()) continue;
            const auto less = unpack(codec, packed, plain.size() - 1);
            CHECK(less.error == errc::batch_too_large);
        }
    }
}

TEST_CASE("what repeats becomes small, what does not stays about as it is") {
    for (const auto codec : available_codecs()) {
        if (codec == compression::none) continue;
        CAPTURE(codec);
        CHECK(pack(codec, std::string(mebibyte, 'k')).size() < mebibyte / 10);
        CHECK(pack(codec, random_bytes(mebibyte)).size() < mebibyte + mebibyte / 100);
    }
}

TEST_CASE("a context that is used again does what it did the first time") {
    decompressor from;
    for (const auto codec : available_codecs()) {
        compressor with{codec};
        CHECK(with.codec() == codec);
        for (int round = 0; round < 2; ++round) {
            for (const auto& plain : samples()) {
                CAPTURE(codec, round, plain.size());
                const auto packed = pack(with, plain);
                CHECK(packed == pack(codec, plain));
                CHECK(unpack(from, codec, packed, 2 * mebibyte).bytes == plain);
                // A failure leaves nothing behind either.
                if (packed.size() > 1 && codec != compression::none) {
                    (void)unpack(from, codec, packed.substr(0, packed.size() / 2), 2 * mebibyte);
                    (void)unpack(from, codec, packed, 0);
                }
            }
        }
    }
}

TEST_CASE("output is appended to what is there, in both directions") {
    for (const auto codec : available_codecs()) {
        CAPTURE(codec);
        compressor with{codec};
        byte_buffer packed;
        packed.append(bytes_of("before"));
        REQUIRE(with.compress(bytes_of("plain"), packed) == error_code{});
        const auto text = text_of(packed);
        REQUIRE(text.starts_with("before"));
        decompressor from;
        byte_buffer out;
        out.append(bytes_of("first,"));
        REQUIRE(from.decompress(codec, bytes_of(std::string_view{text}.substr(6)), out, 5) == error_code{});
        CHECK(text_of(out) == "first,plain");
        // An error leaves it as it was.
        CHECK(from.decompress(codec, bytes_of(std::string_view{text}.substr(6)), out, 4) ==
              errc::batch_too_large);
        CHECK(text_of(out) == "first,plain");
    }
}

TEST_CASE("levels are taken, those beyond the codec's range too") {
    const auto plain = random_bytes(1000) + std::string(10'000, 'k') + random_bytes(1000);
    for (const auto codec : available_codecs()) {
        for (const int level : {-1000, -1, 0, 1, 3, 9, 12, 22, 1000}) {
            CAPTURE(codec, level);
            compressor with{codec, level};
            CHECK(unpack(codec, pack(with, plain), plain.size()).bytes == plain);
        }
    }
}

TEST_CASE("gzip members that follow each other are read as one") {
    const auto joined =
        pack(compression::gzip, "one,") + pack(compression::gzip, "") + pack(compression::gzip, "two");
    const auto got = unpack(compression::gzip, joined, 7);
    CHECK(got.error == error_code{});
    CHECK(got.bytes == "one,two");
    CHECK(unpack(compression::gzip, joined, 6).error == errc::batch_too_large);
}

TEST_CASE("zstd frames that follow each other are read as one") {
    if (!is_available(compression::zstd)) return;
    const auto joined = pack(compression::zstd, "one,") + pack(compression::zstd, "two");
    const auto got = unpack(compression::zstd, joined, 7);
    CHECK(got.error == error_code{});
    CHECK(got.bytes == "one,two");
}
