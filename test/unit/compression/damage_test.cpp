// SPDX-License-Identifier: BSL-1.0
#include "packed.hpp"

#include <iostream>

using namespace kasio;
using namespace kasio_test;

namespace {

bool plausible(const error_code& error) {
    return !error || error == errc::corrupt_batch || error == errc::batch_too_large ||
           error == errc::not_enough_memory;
}

} // namespace

TEST_CASE("compressed bytes cut anywhere give an error, and nothing of what they held", "[F3]") {
    const auto plain = "a record, and a record, and another record: " + random_bytes(200);
    for (const auto codec : available_codecs()) {
        if (codec == compression::none) continue;
        const auto packed = pack(codec, plain);
        for (std::size_t size = 0; size < packed.size(); ++size) {
            CAPTURE(codec, size);
            const auto got = unpack(codec, packed.substr(0, size), 1 << 20);
            if (!got.error) {
                // The xerial header alone is a stream without blocks; nothing else is whole before its end.
                REQUIRE(codec == compression::snappy);
            } else {
                REQUIRE(got.error == errc::corrupt_batch);
            }
            REQUIRE(got.bytes.empty());
        }
    }
}

TEST_CASE("damaged compressed bytes give an error, or data within the bound", "[F3]") {
    constexpr std::uint64_t seed = 7'151'733;
    constexpr int cases = 4'000;
    constexpr std::size_t most = 4'000;
    std::mt19937_64 random{seed};
    const auto plain = std::string(1000, 'k') + random_bytes(300) + std::string(1000, 'r');
    for (const auto codec : available_codecs()) {
        CAPTURE(codec);
        const auto packed = pack(codec, plain);
        decompressor from;
        int errors = 0;
        for (int i = 0; i < cases; ++i) {
            auto bytes = packed;
            for (auto times = random() % 4 + 1; times > 0; --times) {
                const auto bound = random() % 2 == 0 ? std::min<std::size_t>(bytes.size(), 24) : bytes.size();
                bytes[random() % bound] = static_cast<char>(random());
            }
            const auto got = unpack(from, codec, bytes, most);
            REQUIRE(plausible(got.error));
            REQUIRE((got.error ? got.bytes.empty() : got.bytes.size() <= most));
            REQUIRE(got.capacity <= most + 1);
            errors += got.error ? 1 : 0;
        }
        CHECK((errors > 0) == (codec != compression::none));
        // What came through unharmed still does.
        CHECK(unpack(from, codec, packed, most).bytes == plain);
    }
    std::cout << "compression damage: " << cases << " cases a codec, seed " << seed << '\n';
}

TEST_CASE("bytes that were never compressed are corrupt") {
    for (const auto codec : available_codecs()) {
        if (codec == compression::none) continue;
        CAPTURE(codec);
        for (const auto& bytes :
             {std::string{}, std::string{"x"}, std::string(100, '\xff'), random_bytes(100)}) {
            CHECK(unpack(codec, bytes, 1 << 20).error == errc::corrupt_batch);
        }
    }
}
