// SPDX-License-Identifier: BSL-1.0
// The frames of lz4 that are written, and those that are out there.
#include "packed.hpp"

#include <lz4frame.h>

using namespace kasio;
using namespace kasio_test;

namespace {

constexpr std::size_t most = 1 << 22;

unsigned at(const std::string& bytes, std::size_t index) {
    return static_cast<unsigned char>(bytes.at(index));
}

} // namespace

TEST_CASE("lz4: frames are as Java demands them") {
    const auto packed = pack(compression::lz4, text_like(200'000));
    REQUIRE(packed.size() > 7);
    CHECK(to_hex(packed.substr(0, 4)) == "04224d18");
    // Version 01, blocks independent, no check sums, no content size, no dictionary; blocks of 64 KiB; its
    // check.
    CHECK(at(packed, 4) == 0x60);
    CHECK(at(packed, 5) == 0x40);
    CHECK(at(packed, 6) == 0x82);
    // Also where everything fits in one block.
    CHECK(to_hex(pack(compression::lz4, "x").substr(0, 7)) == "04224d18604082");
}

TEST_CASE("lz4: frames with check sums, content size, other block sizes and linked blocks are read") {
    const auto sample = text_like(300'000);
    for (const auto block : {LZ4F_max64KB, LZ4F_max256KB, LZ4F_max1MB, LZ4F_max4MB}) {
        for (const auto mode : {LZ4F_blockIndependent, LZ4F_blockLinked}) {
            for (const bool sums : {false, true}) {
                LZ4F_preferences_t how = LZ4F_INIT_PREFERENCES;
                how.frameInfo.blockSizeID = block;
                how.frameInfo.blockMode = mode;
                how.frameInfo.contentChecksumFlag =
                    sums ? LZ4F_contentChecksumEnabled : LZ4F_noContentChecksum;
                how.frameInfo.blockChecksumFlag = sums ? LZ4F_blockChecksumEnabled : LZ4F_noBlockChecksum;
                how.frameInfo.contentSize = sums ? sample.size() : 0;
                std::string packed(LZ4F_compressFrameBound(sample.size(), &how), '\0');
                packed.resize(
                    LZ4F_compressFrame(packed.data(), packed.size(), sample.data(), sample.size(), &how));
                const auto got = unpack(compression::lz4, packed, sample.size());
                REQUIRE(got.error == error_code{});
                REQUIRE((got.bytes == sample));
                if (!sums) continue;
                CHECK(got.capacity == sample.size()); // told, so taken once
                const auto refused = unpack(compression::lz4, packed, sample.size() - 1);
                CHECK(refused.error == errc::batch_too_large);
                CHECK(refused.capacity == 0);
                packed.back() = static_cast<char>(packed.back() ^ 1);
                CHECK(unpack(compression::lz4, packed, sample.size()).error == errc::corrupt_batch);
            }
        }
    }
}

TEST_CASE("lz4: one frame is read; a frame to be skipped is none") {
    const auto one = pack(compression::lz4, "one");
    CHECK(unpack(compression::lz4, one + pack(compression::lz4, "two"), most).bytes == "one");
    CHECK(unpack(compression::lz4, from_hex("502a4d18 04000000 00000000") + one, most).error ==
          errc::corrupt_batch);
}

TEST_CASE("lz4: the check byte of the header counts, but not in messages of magic 0") {
    const auto sample = text_like(100'000);
    const auto right = pack(compression::lz4, sample);
    auto wrong = right;
    wrong[6] = 0x1a; // what the clients of that time wrote there
    CHECK(unpack(compression::lz4, wrong, most).error == errc::corrupt_batch);
    decompressor with;
    const auto read_old = [&](std::string_view in) {
        byte_buffer out;
        const auto error = with.decompress_magic_0(compression::lz4, bytes_of(in), out, most);
        return unpacked{error, text_of(out), out.capacity()};
    };
    CHECK((read_old(wrong).bytes == sample));
    CHECK((read_old(right).bytes == sample));
    // With a content size the header is longer.
    LZ4F_preferences_t how = LZ4F_INIT_PREFERENCES;
    how.frameInfo.contentSize = sample.size();
    std::string sized(LZ4F_compressFrameBound(sample.size(), &how), '\0');
    sized.resize(LZ4F_compressFrame(sized.data(), sized.size(), sample.data(), sample.size(), &how));
    CHECK((read_old(sized).bytes == sample));
    sized[14] = static_cast<char>(sized[14] ^ 0x3c);
    CHECK((read_old(sized).bytes == sample));
    for (std::size_t size = 0; size < 60; ++size) {
        CHECK(read_old(std::string{wrong, 0, size}).error == errc::corrupt_batch);
        CHECK(read_old(std::string{sized, 0, size}).error == errc::corrupt_batch);
    }
    // Other codecs never had that fault.
    byte_buffer out;
    const auto gzip = pack(compression::gzip, "text");
    CHECK(with.decompress_magic_0(compression::gzip, bytes_of(gzip), out, most) == error_code{});
    CHECK(text_of(out) == "text");
}

TEST_CASE("lz4: what was left before its end does not show in the next frame", "[F3]") {
    const auto good = pack(compression::lz4, "good"); // tells no size, as Java's
    LZ4F_preferences_t how = LZ4F_INIT_PREFERENCES;
    const auto sample = text_like(5'000);
    how.frameInfo.contentSize = sample.size();
    std::string sized(LZ4F_compressFrameBound(sample.size(), &how), '\0');
    sized.resize(LZ4F_compressFrame(sized.data(), sized.size(), sample.data(), sample.size(), &how));
    decompressor with;
    REQUIRE(unpack(with, compression::lz4, good, most).bytes == "good");
    for (std::size_t size = 0; size < sized.size(); ++size) {
        INFO(size);
        REQUIRE(unpack(with, compression::lz4, sized.substr(0, size), most).error == errc::corrupt_batch);
        REQUIRE(unpack(with, compression::lz4, good, most).bytes == "good");
    }
    REQUIRE(unpack(with, compression::lz4, sized, sample.size() - 1).error == errc::batch_too_large);
    REQUIRE(unpack(with, compression::lz4, good, most).bytes == "good");
    // Found by fuzzing: the size is told, and refused for what the bytes can hold.
    REQUIRE(
        unpack(with, compression::lz4, from_hex("04224d18 68 40 ffffff3f00000000 e5 00000000"), most).error);
    REQUIRE(unpack(with, compression::lz4, good, most).bytes == "good");
}

TEST_CASE("after any damage a decompressor reads what is whole", "[F3]") {
    std::mt19937_64 random{27};
    const auto sample = text_like(3'000);
    for (const auto codec : available_codecs()) {
        CAPTURE(codec);
        const auto packed = pack(codec, sample);
        decompressor with;
        for (int i = 0; i < 300; ++i) {
            auto damaged = packed;
            damaged[random() % std::min<std::size_t>(damaged.size(), 64)] = static_cast<char>(random());
            if (random() % 2 == 0) damaged.resize(random() % damaged.size());
            static_cast<void>(unpack(with, codec, damaged, 1 + random() % 8'000));
            REQUIRE((unpack(with, codec, packed, most).bytes == sample));
        }
    }
}
